"""The objects that a watcher stores, with the same UIDs whenever the same models found it in the same images."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from pydicom.dataset import Dataset

from core.audit import Action
from core.errors import ArchiveRefused, StudyUnreadable
from core.files import write_bytes
from core.findings import Findings
from core.nudge import Nudges
from core.progress import Progress
from core.wording import Language
from pacs.archive import Archive
from reporting.equipment import SOFTWARE_VERSION, stable_uid
from reporting.failed_sr import failed_sr
from reporting.overlay import overlay_of_findings
from reporting.seg import segmentation
from reporting.sr import unverified_sr
from service.analysis import report_images
from service.nudged import nudged
from service.reading import OpenStudy
from service.watch_left_alone import header_of
from service.workspace import Workspace

_NEW = ("SOPInstanceUID", "SeriesInstanceUID")


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """What is stored of one analysis, in that order: the report last, so that all it cites is there."""

    objects: tuple[Dataset, ...]

    @property
    def report(self) -> tuple[str, str, str]:
        """SOP class, series and SOP instance UID of the structured report."""
        sr = self.objects[-1]
        return str(sr.SOPClassUID), str(sr.SeriesInstanceUID), str(sr.SOPInstanceUID)


def results_of(
    findings: Findings, opened: OpenStudy, content: str, replaces: Sequence[str], language: Language
) -> Results:
    """Return segmentation, overlay series and UNVERIFIED SR; `content` is the digest of the study's images.

    `replaces` is `Results.report` of the analysis that this one follows, or empty. Raises as those who make them.
    """
    key = (*_key(findings, content), language.value)
    findings = _tracked(findings, key)
    placed = nudged(opened, Nudges(alignments=findings.alignments))
    seg = segmentation(findings.recognised, findings.gland, findings.candidates)
    overlay = overlay_of_findings(findings, report_images(placed))
    return _named((seg, *overlay, unverified_sr(findings, seg, language)), key, replaces)


def failure_results(folder: Path, sentence: str, content: str, replaces: Sequence[str]) -> Results:
    """Return the SR that says why the study in `folder` could not be analysed; raises `StudyUnreadable`."""
    header = _any_header(folder)
    key = ("failed", str(header.StudyInstanceUID), content, SOFTWARE_VERSION, sentence)
    return _named((failed_sr(header, sentence),), key, replaces)


def store(ws: Workspace, archive: Archive, results: Results, progress: Progress) -> None:
    """Store what the archive does not hold, and see that it then holds all; audited.

    Raises `ArchiveUnreachable`, `ArchiveRefused`, `CannotWrite` and `Cancelled`, after which it can be done again.
    """
    study_uid = str(results.objects[0].StudyInstanceUID)
    with ws.trail.step(Action.SEND, [study_uid], announce=True, archive=archive.name, by="watch") as detail:
        detail["sr"] = results.report[-1]
        missing = _not_held(archive, results)
        with TemporaryDirectory(prefix="prosector-results-") as folder:
            paths = [Path(folder) / f"{one.SOPInstanceUID}.dcm" for one in missing]
            for path, one in zip(paths, missing, strict=True):
                write_bytes(path, _encoded(one))
            archive.store(paths, progress)
        if missing and (lost := _not_held(archive, results)):
            raise ArchiveRefused(
                f"{archive.name} took the results of {study_uid} but does not list {len(lost)} of {len(missing)}; ask "
                "its administrator if it happens again."
            )
        detail["instances"] = len(missing)


def _not_held(archive: Archive, results: Results) -> list[Dataset]:
    study_uid = str(results.objects[0].StudyInstanceUID)
    series = dict.fromkeys(str(one.SeriesInstanceUID) for one in results.objects)
    held = {uid for one in series for uid in archive.find_instances(study_uid, one)}
    return [one for one in results.objects if str(one.SOPInstanceUID) not in held]


def _key(findings: Findings, content: str) -> tuple[str, ...]:
    models = [f"{model.name} {model.version} {model.sha256}" for model in findings.models]
    roles = [
        f"{choice.role} {choice.stack.series.series_instance_uid} {choice.b_value}"
        for choice in findings.recognised.choices
    ]
    bends = [f"{one.bend} {one.bend_told}" for one in findings.alignments if one.bend_told]
    return (findings.study_instance_uid, content, SOFTWARE_VERSION, *models, *roles, *bends)


def _tracked(findings: Findings, key: Sequence[str]) -> Findings:
    candidates = tuple(
        replace(candidate, tracking_uid=str(stable_uid("candidate", str(number), *key)))
        for number, candidate in enumerate(findings.candidates)
    )
    return replace(findings, candidates=candidates)


def _named(objects: Sequence[Dataset], key: Sequence[str], replaces: Sequence[str]) -> Results:
    """Give objects the UIDs that follow from `key` in place of those that they were made with."""
    names: dict[str, str] = {}
    for number, one in enumerate(objects):
        for keyword in _NEW:
            names.setdefault(str(one[keyword].value), str(stable_uid(keyword, str(number), *key)))
        for item in one.get("DimensionOrganizationSequence", []):
            names[str(item.DimensionOrganizationUID)] = str(stable_uid("dimensions", str(number), *key))
    for one in objects:
        _rename(one, names)
        one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID
    if replaces:
        objects[-1].PredecessorDocumentsSequence = [_reference(str(objects[-1].StudyInstanceUID), replaces)]
    return Results(tuple(objects))


def _rename(dataset: Dataset, names: dict[str, str]) -> None:
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value:
                _rename(item, names)
        elif element.VR == "UI" and str(element.value) in names:
            element.value = names[str(element.value)]


def _reference(study_instance_uid: str, report: Sequence[str]) -> Dataset:
    """Return the Hierarchical SOP Instance Reference of a document (PS3.3 10.4)."""
    instance, series, study = Dataset(), Dataset(), Dataset()
    instance.ReferencedSOPClassUID, series.SeriesInstanceUID, instance.ReferencedSOPInstanceUID = report
    series.ReferencedSOPSequence = [instance]
    study.StudyInstanceUID, study.ReferencedSeriesSequence = study_instance_uid, [series]
    return study


def _any_header(folder: Path) -> Dataset:
    for path in sorted(folder.rglob("*.dcm")):
        if (header := header_of(path)) is not None:
            return header
    raise StudyUnreadable(f"{folder} holds no image that can be read, so that it failed could not be stored.")


def _encoded(dataset: Dataset) -> bytes:
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()
