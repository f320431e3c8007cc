"""Two readers never hold one study: claims in one database, whatever the order in which they ask."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.settings import Settings, WatchSettings, WorklistSettings
from service.claims import Claims, ClaimsUnreachable, are_shared, claim, claims_of, release
from service.workspace import Workspace


def _take(url: str, owner: str) -> str:
    return Claims(url, owner, "WS", 8.0).take("1.2.3").owner


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without claims: a file, and a real PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'claims.sqlite'}"
    server = str(request.getfixturevalue("postgresql"))
    everyone = Claims(server, "nobody", "WS", 8.0)
    for held in everyone.all().values():
        Claims(server, held.owner, held.machine, 8.0).give_back(held.study_instance_uid)
    return server


def test_of_many_who_claim_at_once_all_see_the_same_one(url: str) -> None:
    readers = [f"reader {n}" for n in range(16)]
    with ThreadPoolExecutor(8) as pool:
        holders = list(pool.map(lambda reader: _take(url, reader), readers))
    assert len(set(holders)) == 1
    assert holders[0] in readers


def test_the_same_reader_at_another_machine_is_another_holder(url: str) -> None:
    here, there = Claims(url, "A", "WS1", 8.0), Claims(url, "A", "WS2", 8.0)
    held = here.take("1.2.3")
    assert here.is_mine(held)
    assert there.take("1.2.3") == held
    assert not there.is_mine(held)
    assert not there.give_back("1.2.3")
    assert here.give_back("1.2.3")


def test_a_claim_taken_again_by_its_holder_holds_anew(url: str) -> None:
    claims = Claims(url, "A", "WS1", 8.0)
    first = claims.take("1.2.3")
    assert claims.take("1.2.3").until >= first.until
    assert list(claims.all()) == ["1.2.3"]


@pytest.mark.parametrize("url", ["sqlite:////no/such/folder/x.sqlite", "nonsense://x", "not a url"])
def test_a_database_that_does_not_answer_says_so_and_what_to_see_to(url: str) -> None:
    with pytest.raises(ClaimsUnreachable, match=r"\[worklist\] claims_url"):
        Claims(url, "A", "WS1", 8.0).all()


def test_a_claim_ends_by_the_databases_clock_and_may_be_taken_over_before(url: str) -> None:
    gone, there, here = Claims(url, "A", "WS1", -1.0), Claims(url, "B", "WS2", 8.0), Claims(url, "C", "WS3", 8.0)
    gone.take("1.2.3")
    assert gone.all() == {}
    assert there.is_mine(there.take("1.2.3"))
    assert not here.is_mine(here.take("1.2.3"))
    assert here.is_mine(here.take("1.2.3", over=True))
    assert here.all()["1.2.3"].owner == "C"


def test_claims_are_audited(workspace: Workspace) -> None:
    held = claim(workspace, "1.2.3")
    assert claims_of(workspace).is_mine(held)
    release(workspace, "1.2.3")
    release(workspace, "1.2.3")  # there is none any more, so nothing was done
    lines = workspace.trail.path.read_text("utf-8").splitlines()
    assert [one for one in lines if '"action": "claim"' in one or '"action": "release"' in one].__len__() == 2


def test_whether_claims_are_shared_is_what_the_settings_name(tmp_path: Path) -> None:
    def settings(**sections: object) -> Settings:
        return Settings(data_folder=tmp_path, **sections)  # type: ignore[arg-type]

    assert not are_shared(settings())
    assert not are_shared(settings(watch=WatchSettings(store_to="PACS")))
    assert are_shared(settings(watch=WatchSettings(store_to="PACS", database_url="postgresql+psycopg://db/x")))
    assert are_shared(settings(worklist=WorklistSettings(claims_url="postgresql+psycopg://db/x")))
