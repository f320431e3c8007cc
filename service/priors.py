"""Earlier examinations of the patient: found in the archive, fetched, laid on the study that is read, and compared."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pydicom
from highdicom import Volume

from core.audit import Action
from core.errors import ProsectorError
from core.progress import Progress
from core.report import Lesion, Report
from core.study import Role, Study, StudyMatch
from core.volume import PointLps
from inference.register import Alignment, Matrix, placed, register_rigidly
from pacs.archive import Archive, StudyQuery
from reporting.sr_words import sr_title, sr_words
from service.reading import (
    LoadedSeries,
    OpenStudy,
    bring_here,
    open_study,
    retrieve,
    signed_report,
    structured_reports_of_others,
)
from service.workspace import Workspace

SAME_PLACE_MM = 12.0
"""Lesions of two examinations whose centres are further apart than this are not taken for one another."""

_PROSTATE = ("prost", "mp-mri", "mpmri", "bpmri", "pi-rads", "pirads")


class PriorsUnknown(ProsectorError):
    """The study does not say whose it is, so nothing earlier can be looked for."""


@dataclass(frozen=True, slots=True)
class Prior:
    """An earlier MR of the patient in an archive; `why` says what speaks for its being of the prostate, or not."""

    match: StudyMatch
    of_prostate: bool
    why: str


@dataclass(frozen=True, slots=True)
class PdfDocument:
    """A report as a PDF."""

    title: str
    pdf: bytes


@dataclass(frozen=True, slots=True)
class TextDocument:
    """A structured report that another system wrote, as lines of text."""

    title: str
    text: str


Document = PdfDocument | TextDocument


@dataclass(frozen=True, slots=True, eq=False)
class PriorStudy:
    """An earlier study, opened. `alignment` lays it on the present axial T2; None, and `problem` says why, when it
    cannot be. `report` is what was signed of it here, and `documents` are the reports in it that can be read."""

    opened: OpenStudy
    alignment: Alignment | None
    report: Report | None
    documents: tuple[Document, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class LesionChange:
    """One lesion now and before; one of the two is None when it is new or gone."""

    now: Lesion | None
    before: Lesion | None

    @property
    def size_mm(self) -> float | None:
        """By how much the long axis grew; None when it was measured on T2 one time and on ADC the other."""
        if not self.now or not self.before or self.now.measures.measured_on is not self.before.measures.measured_on:
            return None
        return self.now.measures.long_axis_mm - self.before.measures.long_axis_mm

    @property
    def volume_percent(self) -> float | None:
        """By how much the volume grew, in percent of what it was."""
        if not self.now or not self.before:
            return None
        return 100 * (self.now.measures.volume_ml / self.before.measures.volume_ml - 1)

    @property
    def adc_percent(self) -> float | None:
        """By how much the mean ADC rose, in percent of what it was."""
        if not self.now or not self.before or not self.now.measures.adc_mean or not self.before.measures.adc_mean:
            return None
        return 100 * (self.now.measures.adc_mean / self.before.measures.adc_mean - 1)


def find_priors(ws: Workspace, archive: Archive, opened: OpenStudy) -> tuple[Prior, ...]:
    """Return the earlier MR studies of an open study's patient; see `earlier_studies`."""
    return earlier_studies(ws, archive, opened.recognised.study)


def earlier_studies(ws: Workspace, archive: Archive, study: Study | StudyMatch) -> tuple[Prior, ...]:
    """Return the patient's earlier MR studies in an archive, those of the prostate first, then the newest.

    A study with the same patient ID whose birth date or sex contradicts is another person's and left out. Raises
    `PriorsUnknown`, `ArchiveUnreachable`, `ArchiveRefused`.
    """
    patient = study.patient
    if not patient.patient_id:
        raise PriorsUnknown("The study names no patient ID, so earlier examinations cannot be looked for.")
    with ws.trail.step(Action.QUERY, [study.study_instance_uid], archive=archive.name) as detail:
        matches = archive.find_studies(StudyQuery(patient=patient.patient_id))
        earlier = [
            replace(match, series=archive.find_series(match.study_instance_uid))
            for match in matches
            if _same_person(match, study) and _is_earlier(match, study)
        ]
        detail["priors"] = len(earlier)
    priors = [_prior(match) for match in earlier]
    return tuple(sorted(priors, key=lambda prior: (prior.of_prostate, _day(prior.match) or date.min), reverse=True))


def open_prior(
    ws: Workspace,
    archive: Archive,
    prior: Prior,
    current: OpenStudy,
    gland: Volume | None,
    progress: Progress,
) -> PriorStudy:
    """Fetch an earlier study if it is not here whole, open it and register its axial T2 onto the present one.

    A report is often written after the images were fetched. Raises what `retrieve` and `open_study` raise, and
    `Cancelled`.
    """
    uid = prior.match.study_instance_uid
    bring_here(ws, archive, uid, progress)
    opened = open_study(ws, uid, progress)
    if _is_behind(opened.recognised.study, prior.match):
        retrieve(ws, archive, uid, progress)
        opened = open_study(ws, uid, progress)
    report, problem = _signed(opened)
    t2, before = current.volume(Role.T2_AXIAL), opened.volume(Role.T2_AXIAL)
    if t2 is None or before is None:
        which = "present" if t2 is None else "earlier"
        problem = problem or f"The {which} study has no axial T2, so the two cannot be linked; scroll them by hand."
        return PriorStudy(opened, None, report, _documents(opened), problem)
    alignment = register_rigidly(t2, before, region=gland, progress=progress)
    return PriorStudy(opened, alignment, report, _documents(opened), problem)


def laid_on(prior: PriorStudy, current: OpenStudy) -> tuple[LoadedSeries, ...]:
    """Return the prior's series in the frame of reference of the present axial T2; as they are without an alignment.

    Only series of the frame of reference of the prior's axial T2 move with it.
    """
    t2, before = current.volume(Role.T2_AXIAL), prior.opened.volume(Role.T2_AXIAL)
    if prior.alignment is None or t2 is None or before is None:
        return prior.opened.series
    matrix, frame = prior.alignment.matrix, before.frame_of_reference_uid
    return tuple(
        replace(one, volume=placed(one.volume, t2, matrix))
        if one.volume is not None and one.volume.frame_of_reference_uid == frame
        else one
        for one in prior.opened.series
    )


def compare_lesions(report: Report, before: Report, matrix: Matrix) -> tuple[LesionChange, ...]:
    """Return each lesion of both reports once, matched where their centres come within `SAME_PLACE_MM`.

    `matrix` leads from positions now to positions before. The matching is the one with the least sum of distances.
    """
    from scipy.optimize import linear_sum_assignment

    now, then = report.reported_lesions, before.reported_lesions
    back: Matrix = np.asarray(np.linalg.inv(matrix), dtype=np.float64)
    places = [_moved(back, lesion.centroid_lps_mm) for lesion in then]
    apart = np.array([[math.dist(x.centroid_lps_mm, place) for place in places] for x in now])
    apart = apart.reshape(len(now), len(then))
    # a pair that is too far costs as much as two lesions without a partner, so it is never better than none
    rows, columns = linear_sum_assignment(np.minimum(apart, SAME_PLACE_MM))
    pairs = {int(a): int(b) for a, b in zip(rows, columns, strict=True) if apart[a, b] < SAME_PLACE_MM}
    changes = [LesionChange(x, then[pairs[i]] if i in pairs else None) for i, x in enumerate(now)]
    gone = [LesionChange(None, x) for i, x in enumerate(then) if i not in pairs.values()]
    return (*changes, *gone)


def _same_person(match: StudyMatch, study: Study | StudyMatch) -> bool:
    here, there = study.patient, match.patient
    pairs = ((here.birth_date, there.birth_date), (here.sex, there.sex))
    return here.patient_id == there.patient_id and not any(a and b and a != b for a, b in pairs)


def _is_earlier(match: StudyMatch, study: Study | StudyMatch) -> bool:
    if match.study_instance_uid == study.study_instance_uid:
        return False
    return study.study_datetime is None or match.study_datetime is None or match.study_datetime < study.study_datetime


def _prior(match: StudyMatch) -> Prior:
    said = [match.description, *(series.description for series in match.series)]
    word = next((word for text in said for word in _PROSTATE if word in text.lower()), "")
    if word:
        return Prior(match, True, "its descriptions speak of the prostate")
    return Prior(match, False, "nothing in it says that it is of the prostate")


def _day(match: StudyMatch) -> date | None:
    return match.study_datetime.date() if match.study_datetime else None


def _signed(opened: OpenStudy) -> tuple[Report | None, str]:
    """Return the report signed here, or why it is not shown."""
    try:
        return signed_report(opened), ""
    except ProsectorError as error:
        return None, str(error)


def _is_behind(study: Study, match: StudyMatch) -> bool:
    """Tell whether the archive had more of a study, when it was asked, than lies here."""
    here = {series.series_instance_uid: len(series.instances) for series in study.series}
    return any(here.get(series.series_instance_uid, 0) < (series.instance_count or 1) for series in match.series)


def _documents(opened: OpenStudy) -> tuple[Document, ...]:
    texts = (TextDocument(sr_title(sr), sr_words(sr)) for sr in structured_reports_of_others(opened))
    return (*_pdfs(opened), *texts)


def _pdfs(opened: OpenStudy) -> Iterator[PdfDocument]:
    for series in opened.recognised.study.series:
        for instance in series.instances if series.modality == "DOC" else ():
            found = pydicom.dcmread(instance.path)
            if found.get("MIMETypeOfEncapsulatedDocument") == "application/pdf":
                title = str(found.get("DocumentTitle") or series.description or "Report")
                yield PdfDocument(title, bytes(found.EncapsulatedDocument).rstrip(b"\0"))


def _moved(matrix: Matrix, point: PointLps) -> PointLps:
    x, y, z = (float(c) for c in (matrix @ (*point, 1.0))[:3])
    return x, y, z
