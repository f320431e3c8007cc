"""What is peculiar to a product is data, and each profile works with an archive that behaves so."""

import logging
import threading
import time
import types
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from behaving_scp import AE_TITLE, PRIVATE_SYNTAX, PRODUCTS, STORAGE_AE_TITLE, BehavingArchive, Behaviour
from pydicom import dcmread
from pydicom.uid import JPEGLSLossless, generate_uid

from core.errors import ArchiveRefused, ArchiveUnreachable, SettingsInvalid
from core.progress import Silent
from core.settings import DimseNode, ThisNode
from pacs.archive import StudyQuery
from pacs.association import ServiceNotOffered
from pacs.commitment import ask
from pacs.dimse import DimseArchive
from pacs.matching import text_of
from pacs.server import PortTaken
from pacs.site_profile import PLAIN, profile_names, site_profile
from pacs.ways import ways

Behaving = Callable[..., BehavingArchive]
MakeStudy = Callable[..., list[Path]]


def _node(archive: Any = None, **changes: Any) -> DimseNode:
    port = archive.port if archive else 104
    known = {"name": "PACS", "ae_title": AE_TITLE, "host": "127.0.0.1", "port": port}
    return DimseNode.model_validate(known | changes)


@pytest.fixture
def client(this_node: ThisNode) -> Callable[..., DimseArchive]:
    return lambda archive, **changes: DimseArchive(_node(archive, **changes), this_node)


# ------------------------------------------------------------------ the data


def test_there_is_a_profile_of_each_product_and_each_says_where_it_was_learnt() -> None:
    assert set(profile_names()) == set(PRODUCTS)
    for name in profile_names():
        profile = site_profile(_node(profile=name))
        assert profile.title
        assert profile.sources, name


def test_an_archive_without_a_profile_is_a_plain_one() -> None:
    generic = site_profile(_node())
    assert (generic.retrieve, generic.wildcards, generic.max_pdu) == (PLAIN.retrieve, PLAIN.wildcards, PLAIN.max_pdu)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"profile": "centricty"}, "no site profile “centricty”; `profile` of an archive may be dcm4chee, dcmtk, ge-"),
        ({"quirks": {"wildcard": "end"}}, r"archives.PACS.quirks cannot be used. wildcard: "),
        ({"quirks": {"wildcards": "start"}}, "wildcards: Input should be 'both' or 'end'"),
        ({"quirks": {"retrieve": ["pull"]}}, "retrieve"),
        ({"quirks": {"max_pdu": 100}}, "max_pdu: Input should be greater than or equal to 4096"),
    ],
)
def test_a_mistake_in_a_profile_or_a_quirk_is_named(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsInvalid, match=told):
        DimseArchive(_node(**changes), ThisNode.model_validate({}))


def test_what_the_settings_say_wins_over_the_profile() -> None:
    sectra = _node(profile="sectra")
    assert (site_profile(sectra).retrieve, site_profile(sectra).retrieve_timeout_s) == (("move", "get"), 300)
    told = _node(profile="sectra", retrieve="get", retrieve_timeout_s=20, quirks={"wildcards": "end", "max_pdu": 16384})
    profile = site_profile(told)
    assert (profile.retrieve, profile.retrieve_timeout_s) == (("get",), 20)
    assert (profile.wildcards, profile.max_pdu, profile.title) == ("end", 16384, "Sectra PACS")


# ------------------------------------------------------------------ each product


_STAR = pytest.mark.filterwarnings("ignore:Invalid value for VR CS")  # pydicom's word on dcm4chee's “*”


@_STAR
@pytest.mark.parametrize("product", PRODUCTS)
def test_each_product_is_asked_retrieved_from_and_sent_to_with_its_profile(
    product: str, behaving: Behaving, make_study: MakeStudy, client: Callable[..., DimseArchive], tmp_path: Path
) -> None:
    archive = behaving(PRODUCTS[product])
    storage = {"store_ae_title": STORAGE_AE_TITLE, "store_port": archive.storage_port}
    pacs = client(archive, profile=product, **(storage if PRODUCTS[product].separate_storage else {}))
    files = make_study(PatientName="Müller^Jürgen", PatientID="P-17")

    pacs.store(files, Silent())
    asked = StudyQuery("müller", date_from=date(2024, 1, 1), date_to=date(2024, 12, 31))
    (study,) = pacs.find_studies(asked)
    assert pacs.retrieve(study.study_instance_uid, tmp_path / "got", Silent()) == 8

    for file in files:
        sent = dcmread(file)
        assert dcmread(tmp_path / "got" / f"{sent.SOPInstanceUID}.dcm") == sent
    assert "MR" in study.modalities
    assert archive.queries[0].get("ModalitiesInStudy", "") == ("" if product == "dcmtk" else "MR")


@_STAR
@pytest.mark.parametrize("product", ["orthanc", "dcm4chee"])
def test_a_query_with_more_answers_than_the_archive_gives_is_put_again_in_halves_of_its_dates(
    product: str, behaving: Behaving, make_study: MakeStudy, client: Callable[..., DimseArchive]
) -> None:
    archive = behaving(PRODUCTS[product])
    days = ["20240105", "20240107", "20240301", "20240302", "20240610"]
    for day in days:
        archive.hold(make_study(StudyDate=day))

    pacs = client(archive, profile=product)
    found = pacs.find_studies(StudyQuery(date_from=date(2024, 1, 1), date_to=date(2024, 6, 30)))

    assert [f"{study.study_datetime:%Y%m%d}" for study in found] == sorted(days, reverse=True)
    asked = [text_of(query, "StudyDate") for query in archive.queries if query.QueryRetrieveLevel == "STUDY"]
    assert asked[:2] == ["20240101-20240630", "20240401-20240630"]
    assert len(asked) == len(set(asked)) < 10


def test_too_many_answers_of_one_day_are_told_at_once(
    behaving: Behaving, make_study: MakeStudy, client: Callable[..., DimseArchive]
) -> None:
    archive = behaving(PRODUCTS["orthanc"])
    for _ in range(3):
        archive.hold(make_study(StudyDate="20240105"))
    pacs = client(archive, profile="orthanc")
    with pytest.raises(ArchiveRefused, match=r"it has more matches than it tells; status 0xFE00\); narrow it down"):
        pacs.find_studies(StudyQuery(date_from=date(2024, 1, 5), date_to=date(2024, 1, 5)))
    with pytest.raises(ArchiveRefused, match="0xFE00"):
        pacs.find_studies(StudyQuery())  # without a first day there is nothing to halve
    assert len(archive.queries) == 2


def test_names_with_a_case_are_found_however_they_are_typed(
    behaving: Behaving, make_study: MakeStudy, client: Callable[..., DimseArchive]
) -> None:
    archive = behaving(PRODUCTS["dcmtk"], make_study(PatientName="ZWIEBEL^ANTON", PatientID="B"))
    archive.hold(make_study(PatientName="Zwiebel^Berta", PatientID="A"))
    found = [m.patient.patient_id for m in client(archive, profile="dcmtk").find_studies(StudyQuery("zwiebel"))]
    assert sorted(found) == ["A", "B"]
    assert client(archive).find_studies(StudyQuery("zwiebel")) == ()  # as an archive without the profile is asked


def test_dcmqrscp_itself_is_worked_with_by_its_profile(dcmqrscp: Any, make_study: MakeStudy, tmp_path: Path) -> None:
    pacs = DimseArchive(dcmqrscp.node(profile="dcmtk"), dcmqrscp.this_node)
    files = make_study(PatientName="LAUCH^ANNA", PatientID="PROFILE")
    pacs.store(files, Silent())
    (study,) = pacs.find_studies(StudyQuery("lauch anna"))
    assert (study.patient.patient_id, study.modalities) == ("PROFILE", ("MR",))
    assert pacs.retrieve(study.study_instance_uid, tmp_path, Silent()) == 8


def test_orthanc_itself_is_worked_with_by_its_profile(orthanc: Any, make_study: MakeStudy, tmp_path: Path) -> None:
    pacs = DimseArchive(orthanc.node(profile="orthanc"), orthanc.this_node)
    pacs.store(make_study(PatientName="Lauch^Anna", PatientID="PROFILE"), Silent())
    (study,) = pacs.find_studies(StudyQuery("lauch anna"))
    assert pacs.retrieve(study.study_instance_uid, tmp_path, Silent()) == 8


def test_no_compression_is_proposed_to_an_archive_that_never_sends_one(
    behaving: Behaving, make_study: MakeStudy, client: Callable[..., DimseArchive], tmp_path: Path
) -> None:
    archive = behaving(PRODUCTS["dcmtk"], make_study())
    study = str(archive.images[0].StudyInstanceUID)
    client(archive, profile="dcmtk").retrieve(study, tmp_path / "a", Silent())
    assert JPEGLSLossless not in archive.proposed_to_it
    client(archive).retrieve(study, tmp_path / "b", Silent())
    assert JPEGLSLossless in archive.proposed_to_it


def test_a_private_compression_is_not_accepted_so_the_archive_sends_what_everybody_reads(
    behaving: Behaving, make_study: MakeStudy, client: Callable[..., DimseArchive], tmp_path: Path
) -> None:
    archive = behaving(PRODUCTS["ge-centricity"], files := make_study())
    pacs = client(archive, profile="ge-centricity")
    assert pacs.retrieve(str(archive.images[0].StudyInstanceUID), tmp_path, Silent()) == 8
    assert archive.offered_when_sending
    assert PRIVATE_SYNTAX not in archive.offered_when_sending
    assert dcmread(tmp_path / f"{dcmread(files[0]).SOPInstanceUID}.dcm").pixel_array.shape == (32, 48)


def test_objects_go_to_the_storage_title_and_queries_to_the_other(
    behaving: Behaving, make_study: MakeStudy, client: Callable[..., DimseArchive]
) -> None:
    archive = behaving(PRODUCTS["philips-intellispace"])
    with pytest.raises(ArchiveRefused, match="does not take MR Image Storage"):
        client(archive, profile="philips-intellispace").store(make_study()[:1], Silent())
    where = {"store_ae_title": STORAGE_AE_TITLE, "store_port": archive.storage_port}
    client(archive, profile="philips-intellispace", **where).store(make_study()[:1], Silent())
    assert len(archive.images) == 1


def test_commitment_is_asked_of_the_storage_title_and_not_at_all_of_a_product_without_it(
    behaving: Behaving, this_node: ThisNode
) -> None:
    archive = behaving(Behaviour(separate_storage=True, takes_requests_for_commitment=True))
    where = {"store_ae_title": STORAGE_AE_TITLE, "store_port": archive.storage_port, "commitment_wait_s": 0.1}
    reference, heard = [("1.2.840.10008.5.1.4.1.1.7", "1.2.3")], []
    ask(_node(archive, **where), this_node, reference, "1.2.3.4", heard.append, lambda: False)  # it is taken
    with pytest.raises(ServiceNotOffered, match="does not offer storage commitment"):
        ask(_node(archive), this_node, reference, "1.2.3.4", heard.append, lambda: False)
    with pytest.raises(ServiceNotOffered, match="DCMTK dcmqrscp knows no storage commitment"):
        ask(_node(port=1, profile="dcmtk"), this_node, reference, "1.2.3.4", heard.append, lambda: False)
    assert heard == []


def test_an_archive_that_is_silent_for_minutes_before_the_first_image_is_waited_for_by_its_profile(
    behaving: Behaving,
    make_study: MakeStudy,
    client: Callable[..., DimseArchive],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    archive, passed, given_up = behaving(PRODUCTS["sectra"], make_study()), [0.0], threading.Event()
    study = str(archive.images[0].StudyInstanceUID)
    clock = types.SimpleNamespace(monotonic=lambda: time.monotonic() + sum(passed))
    monkeypatch.setattr("pacs.association.time", clock)

    archive.be_silent = lambda seconds: (passed.append(seconds), given_up.wait(20))
    with pytest.raises(ArchiveUnreachable, match="stopped answering for 120 s while sending a study"):
        client(archive, quirks={"retrieve": ["move"]}).retrieve(study, tmp_path / "a", Silent())
    given_up.set()

    archive.be_silent = lambda seconds: (passed.append(seconds), time.sleep(0.3))
    assert client(archive, profile="sectra").retrieve(study, tmp_path / "b", Silent()) == 8


# ------------------------------------------------------------------ single quirks


@pytest.mark.parametrize(
    ("behaviour", "quirks", "text"),
    [
        (Behaviour(wildcards="end"), {"wildcards": "end"}, "Mül"),
        (Behaviour(wildcards="end"), {"wildcards": "end"}, "P-1"),
        (Behaviour(reads="latin-1"), {"character_set": "ISO_IR 6"}, "müller"),
        (Behaviour(reads="ascii"), {"character_set": "ISO_IR 6"}, "jürgen"),
        (Behaviour(modalities="unknown"), {"modality_key": False}, "Mül"),
    ],
)
def test_a_query_is_put_as_the_archive_understands_it(
    behaviour: Behaviour,
    quirks: dict[str, Any],
    text: str,
    behaving: Behaving,
    make_study: MakeStudy,
    client: Callable[..., DimseArchive],
) -> None:
    archive = behaving(behaviour, make_study(PatientName="Müller^Jürgen", PatientID="P-17"))
    archive.hold(make_study(PatientName="Möller^Jargen", PatientID="Q-1"))
    found = client(archive, quirks=quirks).find_studies(StudyQuery(text))
    assert [match.patient.patient_id for match in found] == ["P-17"]


def test_a_query_in_latin_1_says_so_and_is_read(
    behaving: Behaving, make_study: MakeStudy, client: Callable[..., DimseArchive]
) -> None:
    archive = behaving(Behaviour(), make_study(PatientName="Müller^Jürgen"))
    assert len(client(archive, quirks={"character_set": "ISO_IR 100"}).find_studies(StudyQuery("müller"))) == 1
    assert archive.queries[0].SpecificCharacterSet == "ISO_IR 100"
    client(archive, quirks={"character_set": "ISO_IR 100"}).find_studies(StudyQuery("Łukasz"))
    named = next(query for query in reversed(archive.queries) if query.PatientName)
    assert (str(named.PatientName), "SpecificCharacterSet" in named) == ("*?ukasz*", False)


@pytest.mark.parametrize(
    ("behaviour", "quirks", "levels"),
    [
        (Behaviour(), {}, ["IMAGE"]),
        (Behaviour(finest_retrieve="SERIES"), {"retrieve_level": "series"}, ["SERIES"]),
        (Behaviour(finest_retrieve="STUDY"), {"retrieve_level": "study"}, ["STUDY"]),
        (Behaviour(lists_of_uids=False), {"uids_at_once": 1}, ["IMAGE", "IMAGE"]),
    ],
)
@pytest.mark.parametrize("way", ["get", "move"])
def test_what_is_missing_is_asked_for_as_finely_as_the_archive_understands(
    way: str,
    behaviour: Behaviour,
    quirks: dict[str, Any],
    levels: list[str],
    behaving: Behaving,
    make_study: MakeStudy,
    client: Callable[..., DimseArchive],
    tmp_path: Path,
) -> None:
    archive = behaving(behaviour, make_study())
    pacs, study = client(archive, retrieve=way, quirks=quirks), str(archive.images[0].StudyInstanceUID)
    pacs.retrieve(study, tmp_path, Silent())
    for image in archive.images[:2]:
        (tmp_path / f"{image.SOPInstanceUID}.dcm").unlink()
    archive.retrieves.clear()

    assert pacs.retrieve(study, tmp_path, Silent()) == 8

    assert [asked.QueryRetrieveLevel for asked in archive.retrieves] == levels


@pytest.mark.parametrize("way", ["get", "move"])
@pytest.mark.parametrize(
    ("behaviour", "looked_up", "levels"),
    [
        (Behaviour(), 2, ["SERIES", "SERIES"]),  # it counts nothing
        (Behaviour(counts_off_by=0), 0, ["SERIES", "SERIES"]),
        (Behaviour(counts_off_by=1), 2, ["SERIES", "SERIES"]),
        (Behaviour(counts_off_by=-1), 2, ["SERIES", "SERIES"]),
        (Behaviour(counts_off_by=0, sends_twice=True, also_sends_another_study=True), 0, ["SERIES", "SERIES"]),
    ],
)
def test_images_are_asked_for_one_by_one_only_where_not_as_many_came_as_the_archive_counts(
    behaviour: Behaviour,
    looked_up: int,
    levels: list[str],
    way: str,
    behaving: Behaving,
    make_study: MakeStudy,
    client: Callable[..., DimseArchive],
    tmp_path: Path,
) -> None:
    archive = behaving(behaviour, make_study())
    study = archive.hold(make_study())
    assert client(archive, retrieve=way).retrieve(study, tmp_path, Silent()) == 8
    assert {dcmread(file).StudyInstanceUID for file in tmp_path.iterdir()} == {study}
    assert len(list(tmp_path.iterdir())) == 8
    assert [query.QueryRetrieveLevel for query in archive.queries].count("IMAGE") == looked_up
    assert [asked.QueryRetrieveLevel for asked in archive.retrieves] == levels


def test_images_of_a_class_that_the_archive_did_not_tell_are_fetched_in_a_second_go(
    behaving: Behaving, make_study: MakeStudy, client: Callable[..., DimseArchive], tmp_path: Path
) -> None:
    archive = behaving(Behaviour(counts_off_by=0, tells_wrong_classes=True), make_study())
    study = str(archive.images[0].StudyInstanceUID)
    assert client(archive, retrieve="get").retrieve(study, tmp_path, Silent()) == 8
    assert len(archive.retrieves) == 4


def test_a_connection_that_breaks_in_a_series_that_was_only_counted_is_made_anew_for_the_rest(
    behaving: Behaving, make_study: MakeStudy, client: Callable[..., DimseArchive], tmp_path: Path
) -> None:
    archive = behaving(Behaviour(counts_off_by=0, aborts_get_after=3), make_study())
    study = str(archive.images[0].StudyInstanceUID)
    assert client(archive, retrieve="get").retrieve(study, tmp_path, Silent()) == 8
    (begun,) = [asked for asked in archive.retrieves if asked.QueryRetrieveLevel == "IMAGE"]
    assert len(text_of(begun, "SOPInstanceUID").split("\\")) == 2  # five images, three of which had come


def test_the_longest_pdu_is_what_the_quirk_says(
    behaving: Behaving, client: Callable[..., DimseArchive], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    archive = behaving()
    monkeypatch.setattr(archive, "_requested", lambda event: asked.append(event.assoc.requestor.maximum_length))
    archive._server._server.bind(__import__("pynetdicom").evt.EVT_REQUESTED, archive._requested)
    client(archive, quirks={"max_pdu": 16384}).echo()
    assert asked == [16384]


# ------------------------------------------------------------------ the way that works


def test_an_archive_without_c_get_sends_by_c_move_and_that_is_remembered_and_said(
    behaving: Behaving,
    make_study: MakeStudy,
    client: Callable[..., DimseArchive],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    archive = behaving(Behaviour(gets=False), make_study())
    study, pacs = str(archive.images[0].StudyInstanceUID), client(archive)
    assert ways(_node(archive)) == ("get", "move")
    with caplog.at_level(logging.WARNING, "pacs.ways"):
        assert pacs.retrieve(study, tmp_path / "a", Silent()) == 8
        assert pacs.retrieve(study, tmp_path / "b", Silent()) == 8
    assert ways(_node(archive)) == ("move", "get")
    (record,) = caplog.records
    assert "PACS sends by C-MOVE; that is tried first from now on. PACS at 127.0.0.1" in record.getMessage()
    assert "does not offer retrieving by C-GET" in record.getMessage()


def test_an_archive_that_does_not_know_us_as_a_destination_sends_by_c_get(
    behaving: Behaving, make_study: MakeStudy, client: Callable[..., DimseArchive], tmp_path: Path
) -> None:
    archive = behaving(Behaviour(), make_study(), knows_us=False)
    pacs = client(archive, quirks={"retrieve": ["move", "get"]})
    assert pacs.retrieve(str(archive.images[0].StudyInstanceUID), tmp_path, Silent()) == 8
    assert ways(_node(archive)) == ("get", "move")


def test_when_no_way_works_both_are_told(
    behaving: Behaving, make_study: MakeStudy, client: Callable[..., DimseArchive], tmp_path: Path
) -> None:
    archive = behaving(Behaviour(gets=False), make_study(), knows_us=False)
    with pytest.raises(
        ArchiveRefused, match=r"does not offer retrieving by C-GET.* it cannot send to PROSECTOR"
    ) as told:
        client(archive).retrieve(str(archive.images[0].StudyInstanceUID), tmp_path, Silent())
    assert "register PROSECTOR at 127.0.0.1" in str(told.value)


def test_a_listener_that_cannot_start_is_told_after_what_the_archive_said(
    behaving: Behaving, make_study: MakeStudy, this_node: ThisNode, client: Callable[..., DimseArchive], tmp_path: Path
) -> None:
    import socket

    archive = behaving(Behaviour(gets=False), make_study())
    with socket.create_server((this_node.host, this_node.port)):
        with pytest.raises(ArchiveRefused, match=r"does not offer retrieving by C-GET.* cannot listen on 127.0.0.1"):
            client(archive).retrieve(str(archive.images[0].StudyInstanceUID), tmp_path / "a", Silent())
        with pytest.raises(PortTaken):
            client(archive, retrieve="move").retrieve(str(archive.images[0].StudyInstanceUID), tmp_path / "b", Silent())


def test_a_way_that_the_settings_name_is_the_only_one(
    behaving: Behaving, make_study: MakeStudy, client: Callable[..., DimseArchive], tmp_path: Path
) -> None:
    archive = behaving(Behaviour(gets=False), make_study())
    with pytest.raises(ArchiveRefused, match="does not offer retrieving by C-GET"):
        client(archive, retrieve="get").retrieve(str(archive.images[0].StudyInstanceUID), tmp_path, Silent())
    assert archive.retrieves == []


def test_a_study_that_the_archive_does_not_hold_is_not_asked_for_twice(
    behaving: Behaving, client: Callable[..., DimseArchive], tmp_path: Path
) -> None:
    archive = behaving()
    with pytest.raises(ArchiveRefused, match="holds no images of the study"):
        client(archive).retrieve(generate_uid(), tmp_path, Silent())
    assert archive.retrieves == []
