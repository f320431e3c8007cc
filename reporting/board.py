"""What the tumour board gets: one page, and the biopsy targets as SEG, RT Structure Set, surfaces and numbers."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

from pydicom.dataset import Dataset

from core.amendment import AsSigned
from core.errors import ProsectorError
from core.report import Report
from reporting.board_deidentify import Pseudonym, deidentified
from reporting.board_targets import targets_csv
from reporting.images import ReportImages
from reporting.rtstruct import rt_structure_set
from reporting.seg import segmentation
from reporting.stl import stl, surface
from reporting.svg_sector_map import sector_map_svg
from reporting.words import patient_name


class NothingForBoard(ProsectorError):
    """The report is not ready for the tumour board."""


def board_files(report: Report, images: ReportImages, pseudonym: Pseudonym | None) -> dict[str, bytes]:
    """Return each file by its name; with a pseudonym none of them tells who the patient is.

    Raises `NothingForBoard` while a lesion waits for review or none is reported.
    """
    require_reviewed(report)
    reported = without_words(report) if pseudonym else report
    return dict(_files(reported, images, pseudonym))


def require_reviewed(report: Report) -> None:
    """Raise `NothingForBoard` unless every lesion was reviewed and one is reported."""
    study = report.study_instance_uid
    if report.unreviewed_lesions:
        waiting = [lesion.label for lesion in report.unreviewed_lesions]
        raise NothingForBoard(
            f"{', '.join(waiting)} of study {study} {'was' if len(waiting) == 1 else 'were'} not reviewed; accept or"
            " reject each AI lesion, then make the sheet."
        )
    if not report.reported_lesions:
        raise NothingForBoard(f"No lesion is reported in study {study}, so there is no target for the tumour board.")


def without_words(report: Report) -> Report:
    """Return the report without what was typed, which may name the patient."""
    return replace(report, staging=replace(report.staging, nodes_words="", bone_words=""))


def _files(report: Report, images: ReportImages, pseudonym: Pseudonym | None) -> Iterator[tuple[str, bytes]]:
    from reporting.board_pdf import Sheet, board_pdf  # reportlab, which the window does not need to start

    yield "board.pdf", board_pdf(report, images, Sheet(_who(report, pseudonym), isinstance(report.amends, AsSigned)))
    yield "sector-map.svg", sector_map_svg(report.named_lesions, language=report.language).encode()
    seg = segmentation(report.recognised, None, report.reported_lesions)
    yield "targets.seg.dcm", _written(seg, pseudonym)
    yield "targets.rtstruct.dcm", _written(rt_structure_set(report), pseudonym)
    for lesion in report.reported_lesions:
        yield f"{lesion.label}.stl", stl(surface(lesion.mask))
    yield "targets.csv", targets_csv(report).encode()


def _who(report: Report, pseudonym: Pseudonym | None) -> str:
    if pseudonym is not None:
        return pseudonym.name
    study = report.recognised.study
    day = f"{study.study_datetime:%Y-%m-%d}" if study.study_datetime else ""
    parts = (patient_name(study.patient.name), study.patient.patient_id, study.accession_number, day)
    return " · ".join(filter(None, parts))


def _written(made: Dataset, pseudonym: Pseudonym | None) -> bytes:
    file = BytesIO()
    (made if pseudonym is None else deidentified(made, pseudonym)).save_as(file, enforce_file_format=True)
    return file.getvalue()
