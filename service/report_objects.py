"""What signing stores of a report: which objects the site chose, which of them this report has, and making them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from highdicom import Volume
from pydicom.dataset import Dataset

from core.errors import ProsectorError
from core.report import Check, Report, SignedReport
from core.settings import ReportObject
from core.study import Role
from reporting.drawn_slices import unplaced_drawings
from reporting.gsps import presentation_states, state_count
from reporting.images import ReportImages
from reporting.key_objects import key_images_of, key_object_selection
from reporting.limits import SHORT
from reporting.overlay import overlay_of_report
from reporting.seg import has_segments, segmentation
from reporting.signing_key import SigningKey
from reporting.sr import verified_sr
from reporting.words import reader_name
from service.analysis import report_images
from service.notify import not_told
from service.nudged import nudged
from service.reading import OpenStudy
from service.workspace import Workspace

SR, SEG, OVERLAY, PDF = (
    "Structured report (SR, signed)",
    "Lesion & gland segmentation",
    "Colour overlay series",
    "Report (PDF)",
)
GSPS, KEY_IMAGES, SUSPICION = "Outlines & drawings", "Key images", "AI suspicion map"
OHIF_SR, BASIC_TEXT_SR = "Outlines for OHIF (SR, signed)", "Text report (SR, signed)"

REQUIRED = (SEG, SR)
"""What a report is not stored without; the others can be sent later."""

_LABELS: dict[ReportObject, tuple[str, str]] = {
    "seg": (SEG, "SEG"),
    "overlay": (OVERLAY, "SC"),
    "gsps": (GSPS, "GSPS"),
    "key_images": (KEY_IMAGES, "KOS"),
    "suspicion_map": (SUSPICION, "PM"),
    "pdf": (PDF, "Encapsulated"),
    "basic_text_sr": (BASIC_TEXT_SR, "TID 2000"),
    "ohif_sr": (OHIF_SR, "TID 1410"),
    "sr": (SR, "TID 1500"),
}
"""Label and kind, in the order in which they are stored: the structured report last, so that what it cites is there."""


@dataclass(frozen=True, slots=True)
class PlannedObject:
    """One line of what signing will store."""

    label: str
    kind: str
    count: int


def planned(ws: Workspace, report: Report, opened: OpenStudy) -> tuple[PlannedObject, ...]:
    """Return what signing will make of the report, the structured report first."""
    lacking = _lacking(ws, report, opened)
    made: list[ReportObject] = [name for name in _chosen(ws) if not lacking[name]]
    return tuple(PlannedObject(*_LABELS[name], _count(name, report, opened)) for name in (made[-1], *made[:-1]))


def not_stored(ws: Workspace, report: Report, opened: OpenStudy) -> tuple[str, ...]:
    """Return what of the site's choice signing will not store, a sentence each with the reason."""
    lacking = _lacking(ws, report, opened)
    return (*filter(None, (lacking[name] for name in _chosen(ws))), *_too_long(report))


_HERE_ONLY = "shown in Prosector only: write in the report what others should know"


def drawings_check(ws: Workspace, report: Report) -> tuple[Check, ...]:
    """Return what becomes of the reader's drawings when the report is sent; nothing without drawings."""
    count = len(report.annotations)
    if not count:
        return ()
    if "gsps" not in ws.settings.reporting.objects:
        return (Check(False, False, f"{_drawings(count)} {_HERE_ONLY}"),)
    try:
        left = len(unplaced_drawings(report))
    except ProsectorError as error:
        return (Check(False, False, f"{_drawings(count)} shown in Prosector only: {error}"),)
    if left:
        why = "in no image of the study (an oblique plane, or a series that was moved)"
        return (Check(False, False, f"{_drawings(left)} {why} and {_HERE_ONLY}"),)
    return (Check(True, False, f"{_drawings(count)} sent with the report (GSPS)"),)


def _drawings(count: int) -> str:
    return "A drawing on the images is" if count == 1 else f"{count} drawings on the images are"


def accession_checks(ws: Workspace, report: Report) -> tuple[Check, ...]:
    """Return what becomes of a report that RIS and archive cannot file as they do; nothing of one they can."""
    if held := not_told(ws, report):
        return tuple(Check(False, False, sentence) for sentence in held)
    if report.recognised.study.accession_number.strip() or (report.order and report.order.accession_number):
        return ()
    told = "The study has no accession number: the report is stored without one and found by its patient and study"
    return (Check(False, False, told),)


def objects_of(
    ws: Workspace, signed: SignedReport, key: SigningKey, opened: OpenStudy
) -> list[tuple[str, list[Dataset]]]:
    """Return what the site chose and the report has, by label, the structured report last."""
    lacking = _lacking(ws, signed.report, opened)
    making = _Making(signed, key, opened, _kept_map(ws, signed.report))
    return [(_LABELS[name][0], making.of(name)) for name in _chosen(ws) if not lacking[name]]


def signed_report_pdf(signed: SignedReport, key: SigningKey, images: ReportImages | None) -> bytes:
    """Return the PDF of a signed report with a PAdES signature of `key`; raises `CannotSign`."""
    from reporting.pades import sign_pdf
    from reporting.pdf import report_pdf

    pdf = report_pdf(signed.report, images, signed)
    return sign_pdf(pdf, key, reason=signed.status.value, reader=reader_name(signed.reader.name))


def images_of(report: Report, opened: OpenStudy) -> ReportImages | None:
    """Return what the pictures are made from, or None for a study without axial T2, whose report has none."""
    return None if opened.volume(Role.T2_AXIAL) is None else report_images(nudged(opened, report.nudges))


def _chosen(ws: Workspace) -> tuple[ReportObject, ...]:
    return tuple(name for name in _LABELS if name in ws.settings.reporting.objects)


def _lacking(ws: Workspace, report: Report, opened: OpenStudy) -> dict[ReportObject, str]:
    """Return for each object the sentence why this report has none, empty when it has."""
    has_t2 = opened.volume(Role.T2_AXIAL) is not None
    chosen = _chosen(ws)
    return {
        "sr": "",
        "pdf": "",
        "basic_text_sr": "",
        "seg": _unless(
            has_segments(report.gland, report.lesions), "No segmentation: neither the gland nor a lesion is outlined."
        ),
        "overlay": _unless(has_t2, "No overlay series: the study has no axial T2 that can be read."),
        "gsps": _why_not(
            "No outlines & drawings (GSPS)",
            "nothing is outlined or drawn on an image of the study.",
            lambda: "gsps" not in chosen or state_count(report) > 0,
        ),
        "key_images": _why_not(
            "No key images (KOS)",
            "none is marked, and no lesion is reported.",
            lambda: "key_images" not in chosen or bool(key_images_of(report)),
        ),
        "suspicion_map": _no_map(ws, report) if "suspicion_map" in chosen else "",
        "ohif_sr": _unless(
            has_t2 and bool(report.reported_lesions), "No outlines for OHIF: no lesion is reported on an axial T2."
        ),
    }


def _unless(there: bool, sentence: str) -> str:
    return "" if there else sentence


def _why_not(what: str, why: str, there: Callable[[], bool]) -> str:
    try:
        return _unless(there(), f"{what}: {why}")
    except ProsectorError as error:
        return f"{what}: {error}"


def _no_map(ws: Workspace, report: Report) -> str:
    if not report.models:
        return "No AI suspicion map: the AI has not run on this study."
    if report.quality.withheld:
        return "No AI suspicion map: the AI did not look for lesions, as the images were not good enough for it."
    kept = "No AI suspicion map: it is no longer kept on this workstation; run the AI again to send it."
    return _unless(_kept_map(ws, report) is not None, kept)


def _kept_map(ws: Workspace, report: Report) -> Volume | None:
    if "suspicion_map" not in ws.settings.reporting.objects or not report.models or report.quality.withheld:
        return None
    return ws.drafts.kept_map(report.study_instance_uid, report.models)


def _count(name: ReportObject, report: Report, opened: OpenStudy) -> int:
    t2 = opened.volume(Role.T2_AXIAL)
    if name == "overlay" and t2 is not None:
        return t2.spatial_shape[0]
    return state_count(report) if name == "gsps" else 1


def _too_long(report: Report) -> tuple[str, ...]:
    """Return which identifiers DICOM cannot hold and what becomes of them (reporting/limits.py)."""
    order, study = report.order, report.recognised.study
    found = {
        "accession number": (study.accession_number, order.accession_number if order else ""),
        "study ID": (study.study_id,),
        "requested procedure ID": (order.requested_procedure_id if order else "",),
    }
    return tuple(
        f"The {name} {value} has {len(value)} characters and DICOM allows {SHORT}: the objects are stored without it."
        for name, values in found.items()
        for value in dict.fromkeys(values)
        if len(value) > SHORT
    )


@dataclass(frozen=True, eq=False)
class _Making:
    """One signed report being turned into its objects; what several of them need is made once."""

    signed: SignedReport
    key: SigningKey
    opened: OpenStudy
    suspicion: Volume | None

    @cached_property
    def images(self) -> ReportImages | None:
        """What pictures are made from."""
        return images_of(self.signed.report, self.opened)

    @cached_property
    def seg(self) -> Dataset | None:
        """The segmentation, or None without anything outlined."""
        report = self.signed.report
        if not has_segments(report.gland, report.lesions):
            return None
        return segmentation(report.recognised, report.gland, report.lesions)

    def of(self, name: ReportObject) -> list[Dataset]:
        """Return the instances of one object of the report."""
        makers: dict[ReportObject, Callable[[], list[Dataset]]] = {
            "sr": lambda: [verified_sr(self.signed, self.seg, self.key)],
            "seg": lambda: [] if self.seg is None else [self.seg],
            "overlay": lambda: [] if self.images is None else list(overlay_of_report(self.signed.report, self.images)),
            "gsps": lambda: list(presentation_states(self.signed.report, self.signed)),
            "key_images": lambda: [key_object_selection(self.signed.report, self.signed)],
            "suspicion_map": self._suspicion_map,
            "pdf": self._pdf,
            "ohif_sr": self._ohif_sr,
            "basic_text_sr": self._basic_text_sr,
        }
        return makers[name]()

    def _suspicion_map(self) -> list[Dataset]:
        from reporting.suspicion_map import suspicion_map

        return [] if self.suspicion is None else [suspicion_map(self.signed.report, self.suspicion)]

    def _pdf(self) -> list[Dataset]:
        from reporting.pdf import encapsulated_pdf

        pdf = signed_report_pdf(self.signed, self.key, self.images)
        return [encapsulated_pdf(pdf, self.signed.report, self.signed)]

    def _ohif_sr(self) -> list[Dataset]:
        from reporting.ohif_sr import ohif_sr

        return [ohif_sr(self.signed, self.key)]

    def _basic_text_sr(self) -> list[Dataset]:
        from reporting.basic_text_sr import basic_text_sr

        return [basic_text_sr(self.signed, self.key)]
