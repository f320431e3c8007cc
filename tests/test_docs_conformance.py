"""docs/conformance.md says what the code does: its tables are compared with it both ways."""

import ast
import importlib
import inspect
import re
import socket
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import pynetdicom
import pytest
from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset
from pydicom.sr.coding import Code
from pynetdicom.presentation import PresentationContext, build_context

from core.ai_result import FAILED_TITLE
from core.settings import DicomWebNode, DimseNode, ReportObject, ThisNode
from pacs import association, commitment, contexts, dicomweb, find, matching, offered, retrieve, secure, server, store
from pacs.archive import StudyQuery
from pacs.association import Patience, associate
from pacs.embedded import EmbeddedArchive
from pacs.listener import Listener
from pacs.site_profile import PLAIN, SiteProfile
from reporting import codes
from service.check_dimse import KINDS

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "conformance.md").read_text("utf-8")
_ANNEX_N = (
    "1 Overview",
    "2 Contents",
    "3 Introduction",
    "4 Implementation model",
    "5 Service and interoperability description",
    "6 Configuration",
    "7 Network and media communication details",
    "8 Security",
    "Annex A Information objects",
    "Annex B Structured report content",
    "Annex C Security details",
    "Annex D Mapping of attributes",
    "Annex E Coded terminology",
    "Annex F Storage SOP classes accepted",
)
"""The sections of PS3.2 Annex N in their order; F is a list of ours that would not fit into 5.2.5."""

PLAIN_SYNTAXES = [str(uid) for uid in contexts.LITTLE_ENDIAN]
SERVICES = (
    contexts.VERIFICATION,
    contexts.FIND,
    contexts.MOVE,
    contexts.GET,
    contexts.PATIENT_ROOT_FIND,
    contexts.PATIENT_ROOT_MOVE,
    contexts.PATIENT_ROOT_GET,
    contexts.COMMITMENT,
)


def rows(table: str) -> list[list[str]]:
    """Return the cells of a table by its number, without its head."""
    after = PAGE.split(f"**Table {table}.")[1].split("\n\n|", 1)[1].split("\n\n")[0]
    lines = [line for line in f"|{after}".splitlines() if line.startswith("|")]
    cells = [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]
    assert set(cells[1]) == {"---"}
    return cells[2:]


def column(table: str, place: int) -> list[str]:
    """Return one column of a table, of which no value may stand twice."""
    values = [row[place] for row in rows(table)]
    assert len(set(values)) == len(values)
    return values


def test_the_sections_stand_in_the_order_of_annex_n() -> None:
    assert tuple(re.findall(r"^## (.+)$", PAGE, re.MULTILINE)) == _ANNEX_N
    for number in ("1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"):
        assert f"\n### {number} " in PAGE


def test_every_page_that_it_links_to_exists() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / "docs" / target).exists(), target


# ---------------------------------------------------------------------- what is accepted, over real associations


def accepted(here: ThisNode, port: int, proposed: Sequence[PresentationContext]) -> dict[str, set[str]]:
    """Return what the server on `port` accepts of what is proposed: transfer syntaxes by SOP class."""
    peer = {"name": "us", "ae_title": here.ae_title, "host": here.host, "port": port}
    found: dict[str, set[str]] = {}
    for start in range(0, len(proposed), contexts.MAXIMUM_CONTEXTS):
        some = list(proposed[start : start + contexts.MAXIMUM_CONTEXTS])
        with associate(DimseNode.model_validate(peer), ThisNode(ae_title="MODALITY"), some, Patience(30)) as made:
            for context in made.accepted_contexts:
                found.setdefault(str(context.abstract_syntax), set()).add(str(context.transfer_syntax[0]))
    return found


@pytest.fixture
def here() -> ThisNode:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return ThisNode(ae_title="PROSECTOR", host="127.0.0.1", port=free.getsockname()[1])


@pytest.fixture
def listener(here: ThisNode, tmp_path: Path) -> Iterator[Listener]:
    with Listener(here, tmp_path) as running:
        yield running


def test_the_listener_accepts_the_storage_classes_of_the_page_and_no_other(here: ThisNode, listener: Listener) -> None:
    known = {str(uid) for uid in column("F-1", 0)}
    strange = ["1.2.840.10008.5.1.4.1.1.7.99", "1.2.840.10008.5.1.4.31", "1.2.840.10008.5.1.4.34.6.1"]
    offered_all = [build_context(uid, PLAIN_SYNTAXES[0]) for uid in (*sorted(known), *strange)]
    assert accepted(here, listener.port, offered_all).keys() - {contexts.VERIFICATION} == known
    assert known == set(contexts.STORAGE_CLASSES)
    assert f"pynetdicom {pynetdicom.__version__} knows" in PAGE


def test_the_listener_accepts_the_transfer_syntaxes_of_the_page_and_no_other(
    here: ThisNode, listener: Listener
) -> None:
    mr = "1.2.840.10008.5.1.4.1.1.4"
    strange = "1.2.840.10008.1.2.4.102"  # MPEG-4
    told = {uid for _, uid, _, takes in rows("7-3") if takes == "yes"}
    proposed = [build_context(mr, uid) for uid in (*column("7-3", 1), strange)]
    assert accepted(here, listener.port, proposed)[mr] == told
    commitment_class = str(contexts.COMMITMENT)
    proposed = [build_context(commitment_class, uid) for uid in column("7-3", 1)]
    answer = accepted(here, listener.port, proposed)
    assert answer.get(commitment_class) == set(PLAIN_SYNTAXES)


def test_the_transfer_syntaxes_stand_as_they_are_proposed_and_preferred() -> None:
    proposed = contexts.for_retrieving(["1.2.840.10008.5.1.4.1.1.4"], 100)
    syntaxes = [str(uid) for context in proposed for uid in context.transfer_syntax]
    assert syntaxes == [uid for _, uid, proposes, _ in rows("7-3") if proposes == "yes"]
    (first, *_) = contexts.for_accepting()
    assert [str(uid) for uid in first.transfer_syntax] == [uid for _, uid, _, takes in rows("7-3") if takes == "yes"]


def _scp(place: int) -> set[str]:
    return {row[1] for row in rows("1-2") if row[place] not in ("–", "")}


def test_the_services_of_the_page_are_those_that_are_accepted(
    here: ThisNode, listener: Listener, tmp_path: Path
) -> None:
    proposed = [build_context(uid, PLAIN_SYNTAXES[0]) for uid in SERVICES]
    assert set(accepted(here, listener.port, proposed)) == _scp(3)
    with EmbeddedArchive(tmp_path / "archive") as archive:
        us = here.model_copy(update={"ae_title": archive.ae_title})
        assert set(accepted(us, archive.port, proposed)) == _scp(4)
    assert set(column("1-2", 1)) == set(SERVICES)
    asked = {contexts.VERIFICATION, contexts.FIND, contexts.MOVE, contexts.GET, contexts.COMMITMENT}
    assert _scp(2) == asked


def test_every_service_that_the_code_names_is_on_the_page() -> None:
    named = set(re.findall(r'UID\("([0-9.]+)"\)', (ROOT / "pacs" / "contexts.py").read_text("utf-8")))
    assert named == set(column("1-2", 1))


def test_the_association_parameters_are_those_of_the_code(here: ThisNode, listener: Listener) -> None:
    told = dict(rows("7-1"))
    peer = {"name": "us", "ae_title": here.ae_title, "host": here.host, "port": listener.port}
    with associate(DimseNode.model_validate(peer), ThisNode(ae_title="MODALITY"), [], Patience(30)) as made:
        for side in (made.acceptor, made.requestor):
            assert str(side.implementation_class_uid) == told["Implementation Class UID"]
            assert side.implementation_version_name == told["Implementation Version Name"]
            assert side.maximum_length == int(told["Maximum PDU that we ask for (bytes)"])
        assert made.acceptor.primitive.application_context_name == told["Application Context Name"]
        (entity,) = [one for one in [listener._server.entity] if one is not None]
    assert entity.maximum_associations == int(told["Associations accepted at a time"])
    assert entity.acse_timeout == int(told["Listener: wait for the association request (s)"])
    assert entity.network_timeout == int(told["Listener: idle association is aborted after (s)"])
    assert association.MAXIMUM_PDU == PLAIN.max_pdu == entity.maximum_pdu_size
    least = SiteProfile.__pydantic_fields__["max_pdu"].metadata[0].ge
    assert least == int(told["Maximum PDU that a profile may ask for instead (bytes)"])
    peers = DimseNode.model_fields["associations"].default
    assert peers == int(told["Associations requested at a time, for one retrieve or store"])
    assert int(told["Presentation contexts in a request, at most"]) == contexts.MAXIMUM_CONTEXTS + 1
    assert entity.network_timeout == server._IDLE_S


# ---------------------------------------------------------------------- statuses


def _value(module: ModuleType, node: ast.expr) -> int | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    return getattr(module, node.id) if isinstance(node, ast.Name) else None


def _first_arguments(module: str, *functions: str) -> set[int]:
    """Return the numbers that a module gives as first argument (of `refusal`, as second) to one of the functions."""
    chosen = [
        (node.func.id, node.args)
        for node in _nodes(ROOT / f"{module.replace('.', '/')}.py")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in functions
    ]
    if not chosen:
        return set()
    loaded = importlib.import_module(module)
    values = (_value(loaded, arguments[name == "refusal"]) for name, arguments in chosen)
    return {value for value in values if value is not None}


def _hexadecimal(numbers: set[int]) -> set[str]:
    return {f"0x{number:04X}" for number in numbers}


def test_the_storage_scp_answers_what_the_page_says_and_nothing_else() -> None:
    modules = [f"pacs.{path.stem}" for path in sorted((ROOT / "pacs").glob("*.py"))]
    answers = {number for name in modules for number in _first_arguments(name, "NotWanted", "Verdict", "refusal")}
    assert _hexadecimal(answers) == set(column("7-4", 0))


def _told(service: str) -> dict[str, str]:
    return {status: what for name, status, what in rows("7-5") if name == service}


def test_every_status_of_others_that_the_code_knows_is_on_the_page() -> None:
    queries = {*find._PENDING, *find._TOO_MANY, *find._WORDS, 0x0000}
    assert _told("C-FIND").keys() == _hexadecimal(queries)
    retrieves = {*retrieve._PENDING, retrieve._UNKNOWN_DESTINATION, 0x0000}
    assert _told("C-GET, C-MOVE").keys() == _hexadecimal(retrieves)
    stores = _hexadecimal({*store._HELD, *store._WORDS}) - {"0xA700"}  # of which the page says 0xA7xx
    assert _told("C-STORE").keys() == stores | {"0xA7xx", "0xBxxx"}
    assert store._OUT_OF_RESOURCES == 0xA7
    assert {status: f"tell: {why}" for status, why in _words(commitment._REASONS)} == _told("commitment failure")
    assert _told("HTTP").keys() == {str(status) for status in {*dicomweb._WORDS, *dicomweb._FOR_NOW}}
    now = {status for status, what in _told("HTTP").items() if what.startswith("for now")}
    assert now == {str(status) for status in dicomweb._FOR_NOW}


def _words(reasons: dict[int, str]) -> list[tuple[str, str]]:
    return [(f"0x{status:04X}", why) for status, why in reasons.items()]


# ---------------------------------------------------------------------- queries, settings, TLS


_ASKED_FOR = {
    "query": StudyQuery(
        patient="Doe", accession_number="A1", date_from=date(2026, 1, 1), modality="MR", study_instance_uid="1.2"
    ),
    "study_instance_uid": "1.2",
    "series_instance_uid": "1.2.3",
}


def _identifiers() -> list[Dataset]:
    """Return what each function of `pacs.matching` that makes identifiers makes, with every key filled in."""
    made: list[Dataset] = []
    for name, function in vars(matching).items():
        if re.fullmatch(r"[a-z]\w+_identifiers?", name):
            needed = [x for x in inspect.signature(function).parameters.values() if x.default is x.empty]
            identifiers = function(*(_ASKED_FOR[parameter.name] for parameter in needed))
            made += [identifiers] if isinstance(identifiers, Dataset) else identifiers
    return made


def _asked() -> Iterator[tuple[str, str, str]]:
    """Yield (level, keyword, use) of everything that can be asked for."""
    for level in ("STUDY", "SERIES", "IMAGE"):
        identifiers = [one for one in _identifiers() if one.QueryRetrieveLevel == level]
        for keyword in {element.keyword for one in identifiers for element in one} - {"QueryRetrieveLevel"}:
            holding = [one for one in identifiers if keyword in one]
            yield level, keyword, "matching" if any(_filled(one, keyword) for one in holding) else "return"


def _filled(identifier: Dataset, keyword: str) -> bool:
    return bool(identifier[keyword].value)


def test_the_query_keys_of_the_page_are_those_that_are_asked() -> None:
    assert {(level, keyword, use) for level, _, keyword, use, _ in rows("5-1")} == set(_asked())
    for _, tag, keyword, _, _ in rows("5-1"):
        assert keyword_for_tag(int(tag.strip("()").replace(",", ""), 16)) == keyword


_EMPTY = {"": "empty", None: "none", True: "true", False: "false"}


def _default(field: Any) -> str:
    if field.is_required():
        return "–"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, float):
        return f"{value:g}"
    return _EMPTY[value] if isinstance(value, str | bool | None) and value in _EMPTY else str(value)


def test_the_settings_of_the_page_are_those_of_the_code() -> None:
    sections = {"this_node": ThisNode, "archives (DIMSE)": DimseNode, "archives (DICOMweb)": DicomWebNode}
    known = {
        (section, key, _default(field))
        for section, model in sections.items()
        for key, field in model.model_fields.items()
    }
    assert {tuple(row) for row in rows("6-1")} == known


def test_the_tls_of_the_page_is_that_of_the_code() -> None:
    told = dict(rows("8-2"))
    assert told["cipher suites of TLS 1.2 (OpenSSL's notation)"] == secure._CIPHERS
    assert f"TLSVersion.{told['lowest version'].replace('.', '_')}" in Path(str(secure.__file__)).read_text("utf-8")


def test_the_small_requests_of_the_page_are_those_of_the_code() -> None:
    assert dicomweb._AS_STORED in {cell for row in rows("5-2") for cell in row}
    assert f"up to {dicomweb._POST_BYTES // 1024**2} MiB" in PAGE
    assert f"runs of {store._MANY} or more of one kind" in " ".join(PAGE.split())
    assert f"up to {PLAIN.uids_at_once} in a request" in " ".join(PAGE.split())
    assert offered.LITTLE_ENDIAN == contexts.LITTLE_ENDIAN


# ---------------------------------------------------------------------- objects and codes


def test_every_object_that_signing_can_store_is_on_the_page() -> None:
    named = {row[0] for row in rows("1-1")} - {"watcher, failed analysis", "tumour board"}
    assert named == set(get_args(ReportObject))


def _codes(value: object) -> Iterator[Code]:
    if isinstance(value, Code):
        yield value
    elif isinstance(value, dict):
        for inside in value.values():
            yield from _codes(inside)


def _all_codes() -> set[tuple[str, str, str]]:
    found = {code for value in vars(codes).values() for code in _codes(value)}
    return {(code.value, code.scheme_designator, code.meaning) for code in found} | {FAILED_TITLE}


def test_our_own_codes_on_the_page_are_those_of_the_code() -> None:
    own = {(value, meaning) for value, scheme, meaning in _all_codes() if scheme == codes.OWN_SCHEME}
    assert {tuple(row) for row in rows("E-2")} == own
    assert len(column("E-2", 0)) == len(own)


def test_no_other_module_makes_codes_of_our_own() -> None:
    packages = ("core", "pacs", "inference", "reporting", "service", "viewer")
    files = [path for package in packages for path in (ROOT / package).rglob("*.py")]
    naming = {
        path.relative_to(ROOT).as_posix()
        for path in files
        if codes.OWN_SCHEME in path.read_text("utf-8")
        and any(isinstance(node, ast.Constant) and node.value == codes.OWN_SCHEME for node in _nodes(path))
    }
    assert naming == {"reporting/codes.py", "core/ai_result.py"}


def _nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text("utf-8"))))


def test_the_coding_schemes_of_the_page_are_those_of_the_code() -> None:
    assert set(column("E-1", 0)) == {scheme for _, scheme, _ in _all_codes()}


def test_what_a_check_asks_an_archive_to_take_is_what_signing_makes() -> None:
    classes = {row[0]: row[2] for row in rows("1-1")}
    assert {name: classes[name] for name in KINDS} == dict(KINDS)


def test_readme_and_archives_page_link_to_the_statement() -> None:
    assert "docs/conformance.md" in (ROOT / "README.md").read_text("utf-8")
    assert "(conformance.md)" in (ROOT / "docs" / "pacs.md").read_text("utf-8")
