from core.certainty import percent, score_in_words


def test_no_per_cent_says_never_or_always() -> None:
    assert [percent(x) for x in (0.0004, 0.0049, 0.012, 0.4349, 0.994, 0.996)] == ["<1", "<1", "1", "43", "99", ">99"]


def test_no_score_is_rounded_to_a_certainty() -> None:
    told = [score_in_words(x) for x in (0.0, 0.0049, 0.005, 0.8125, 0.9949, 0.995, 0.9999, 1.0)]
    assert told == ["<0.01", "<0.01", "0.01", "0.81", "0.99", ">0.99", ">0.99", ">0.99"]
