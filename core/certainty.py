"""Writing what a model can give: numbers that come near a certainty, never one that is rounded to it."""


def percent(probability: float) -> str:
    """Return a probability in whole per cent without the sign: never 0 or 100, which a model cannot know."""
    whole = round(100 * probability)
    if whole < 1:
        return "<1"
    return ">99" if whole > 99 else str(whole)


def score_in_words(score: float) -> str:
    """Return a score from 0 to 1 with two decimals: never 0.00 or 1.00, which a model cannot know."""
    if score < 0.005:
        return "<0.01"
    return ">0.99" if score >= 0.995 else f"{score:.2f}"
