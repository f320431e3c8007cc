"""docs/conformance.md, table 1-1 and annexes A, B: every object that we make is what the page says of it."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from highdicom import Volume
from pydicom.dataset import Dataset

from core.findings import Findings
from core.report import Report, SignedReport
from core.study import Role
from core.volume import on_grid_of
from reporting.basic_text_sr import basic_text_sr
from reporting.codes import OWN_SCHEME
from reporting.failed_sr import failed_sr
from reporting.gsps import presentation_states
from reporting.images import ReportImages
from reporting.key_objects import key_object_selection
from reporting.ohif_sr import ohif_sr
from reporting.overlay import overlay_of_report
from reporting.pdf import encapsulated_pdf, report_pdf
from reporting.rtstruct import rt_structure_set
from reporting.seg import segmentation
from reporting.signature import SigningKey
from reporting.sources import any_header
from reporting.sr import unverified_sr, verified_sr
from reporting.suspicion_map import suspicion_map

PAGE = (Path(__file__).parents[2] / "docs" / "conformance.md").read_text("utf-8")
FAILURE, BOARD = "watcher, failed analysis", "tumour board"


def _rows(table: str) -> list[list[str]]:
    after = PAGE.split(f"**Table {table}.")[1].split("\n\n|", 1)[1].split("\n\n")[0]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in after.splitlines()][2:]


OBJECTS = {row[0]: row[2:] for row in _rows("1-1")}


@pytest.fixture(scope="module")
def made(
    signed_report: SignedReport, signing_key: SigningKey, made_volumes: Mapping[Role, Volume]
) -> Callable[[str], Dataset]:
    """Make an object of one report by its name in table 1-1, each once."""
    report, t2 = signed_report.report, made_volumes[Role.T2_AXIAL]
    seg = segmentation(report.recognised, report.gland, report.lesions)
    suspicion = on_grid_of(t2, np.full(t2.spatial_shape, 0.5, np.float32))
    makers: dict[str, Callable[[], Dataset]] = {
        "sr": lambda: verified_sr(signed_report, seg, signing_key),
        "seg": lambda: seg,
        "overlay": lambda: overlay_of_report(report, ReportImages(t2, None, None))[0],
        "pdf": lambda: encapsulated_pdf(report_pdf(report, None, signed_report), report, signed_report),
        "gsps": lambda: presentation_states(report, signed_report)[0],
        "key_images": lambda: key_object_selection(report, signed_report),
        "suspicion_map": lambda: suspicion_map(report, suspicion),
        "ohif_sr": lambda: ohif_sr(signed_report, signing_key),
        "basic_text_sr": lambda: basic_text_sr(signed_report, signing_key),
        FAILURE: lambda: failed_sr(any_header(report.recognised), "The analysis failed."),
        BOARD: lambda: rt_structure_set(report),
    }
    assert makers.keys() == OBJECTS.keys()
    return cache(lambda name: makers[name]())


def _all(dataset: Dataset) -> Iterator[Dataset]:
    yield dataset
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value:
                yield from _all(item)


def _templates(dataset: Dataset) -> set[str]:
    return {str(item.TemplateIdentifier) for item in _all(dataset) if "TemplateIdentifier" in item}


@pytest.mark.parametrize("name", OBJECTS)
def test_every_object_is_of_the_class_modality_series_and_template_of_the_page(
    name: str, made: Callable[[str], Dataset]
) -> None:
    sop_class, modality, number, template = OBJECTS[name]
    one = made(name)
    root = one.ContentTemplateSequence[0].TemplateIdentifier if "ContentTemplateSequence" in one else "–"
    assert (one.SOPClassUID, one.Modality, str(one.SeriesNumber), root) == (sop_class, modality, number, template)


@pytest.mark.parametrize("name", OBJECTS)
def test_every_object_has_what_the_page_says_of_all(name: str, made: Callable[[str], Dataset]) -> None:
    one = made(name)
    assert one.SpecificCharacterSet == "ISO_IR 192"
    assert [element.tag for item in _all(one) for element in item if element.tag.is_private] == []
    assert (one.Manufacturer, one.ManufacturerModelName) == ("Prosector contributors", "Prosector")
    assert one.SeriesDescription.endswith("(research use)")
    syntax = "1.2.840.10008.1.2" if name == BOARD else "1.2.840.10008.1.2.1"
    assert one.file_meta.TransferSyntaxUID == syntax


def test_the_templates_of_the_page_are_those_that_objects_name(made: Callable[[str], Dataset]) -> None:
    found: dict[str, set[str]] = {}
    for name in OBJECTS:
        for template in _templates(made(name)):
            found.setdefault(template, set()).add("watcher's failure" if name == FAILURE else name)
    told = {
        tid: set(re.findall(r"`?(watcher's failure|\b(?:" + "|".join(OBJECTS) + r")\b)", where))
        for tid, _, where in _rows("B-1")
    }
    assert told == found


def test_no_object_has_a_code_of_ours_that_is_not_on_the_page(made: Callable[[str], Dataset]) -> None:
    known = {tuple(row) for row in _rows("E-2")}
    used = {
        (str(item.CodeValue), str(item.CodeMeaning))
        for name in OBJECTS
        for item in _all(made(name))
        if item.get("CodingSchemeDesignator") == OWN_SCHEME
    }
    assert len(used) > 20
    assert used <= known


def test_the_coding_schemes_of_the_objects_are_on_the_page(made: Callable[[str], Dataset]) -> None:
    known = {row[0] for row in _rows("E-1")} | {"ASTM-sigpurpose"}
    used = {
        str(x.CodingSchemeDesignator) for name in OBJECTS for x in _all(made(name)) if "CodingSchemeDesignator" in x
    }
    assert used <= known


def test_signatures_are_on_the_objects_that_the_page_names(made: Callable[[str], Dataset]) -> None:
    signed = {name for name in OBJECTS if "DigitalSignaturesSequence" in made(name)}
    named = PAGE.split("**8.4.5 Digital signatures:**")[1].split(":", 1)[0]
    assert set(re.findall(r"`(\w+)`", named)) == signed


def _flags(sr: Dataset) -> str:
    return f"{sr.CompletionFlag}, {sr.VerificationFlag}, {sr.PreliminaryFlag}"


def test_the_flags_of_reports_are_those_of_the_page(
    made: Callable[[str], Dataset], made_findings: Findings, draft_report: Report
) -> None:
    rows = {line.split(" | ")[0].removeprefix("| "): line for line in PAGE.splitlines() if line.startswith("| ")}
    seg = segmentation(made_findings.recognised, made_findings.gland, made_findings.candidates)
    assert f"{_flags(made('sr'))} when signed as final" in rows["Comprehensive 3D SR"]
    assert f"{_flags(unverified_sr(made_findings, seg))} from the AI" in rows["Comprehensive 3D SR"]
    assert _flags(made(FAILURE)) in rows["Basic Text SR of a failure"]
