"""Running the AI on a study and writing what it found."""

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.alignment import Alignment
from core.audit import Action
from core.bend import Bend
from core.errors import CannotWrite, ProsectorError
from core.findings import Candidate, Findings, Gland
from core.nudge import Nudges
from core.pirads import Category
from core.progress import UNKNOWN, Progress, Schedule
from core.quality import Quality
from core.study import RecognisedStudy, Role, RoleChoice
from core.wording import Language
from inference.child import analyse_in_child
from inference.models import Models
from reporting.images import ReportImages
from reporting.overlay import overlay_of_findings
from reporting.seg import segmentation
from reporting.sr import unverified_sr
from service.analysis_cache import AnalysisCache, content_key
from service.models import chosen_models
from service.nudged import nudged
from service.reading import OpenStudy
from service.stage_times import StageTimes
from service.use import counted
from service.workspace import Workspace

_UNMOVED = Nudges()


def analyse(
    ws: Workspace,
    opened: OpenStudy,
    progress: Progress,
    on_gland: Callable[[Gland], object] = lambda _gland: None,
    nudges: Nudges = _UNMOVED,
) -> Findings:
    """Run the AI in a child process, audited; raises `CannotAnalyse`, `WorkerDied`, `ModelMissing`, `Cancelled` …

    An answer to the very same images, models and program is kept and given again (`Findings.kept_since`). `on_gland`
    is called in this thread as soon as the gland is known. Series that have a link in `nudges` are analysed where the
    reader laid them; of the others the analysis finds out by itself how they lie. Where the settings have a [cluster],
    it does all of this, on the images that the archive has (service/cluster.py).
    """
    laid = nudges.of_linked(opened.recognised.choices)
    recognised = opened.recognised
    with ws.trail.step(Action.ANALYSE, [recognised.study.study_instance_uid]) as detail:
        if ws.settings.cluster is not None:
            from service.cluster import analyse_on_cluster

            detail["cluster"] = ws.settings.cluster.address
            findings = analyse_on_cluster(ws, opened, progress, laid)
        else:
            findings = _kept_or_run(ws, recognised, progress, on_gland, laid, detail)
        detail["candidates"] = len(findings.candidates)
        if laid.links:
            detail["laid_on_t2"] = "; ".join(link.in_words for link in laid.links)
        if findings.kept_since is not None:
            detail["kept_since"] = findings.kept_since.isoformat()
        for model in findings.models:
            detail[f"sha256 {model.name}"] = model.sha256
    return findings


def _kept_or_run(
    ws: Workspace,
    recognised: RecognisedStudy,
    progress: Progress,
    on_gland: Callable[[Gland], object],
    nudges: Nudges,
    detail: dict[str, str | int | float],
) -> Findings:
    models = _models(ws)
    detail |= models.engines
    kept = AnalysisCache(ws.settings.data_folder / "analyses")
    key = content_key(recognised, models, nudges)
    findings = kept.find(key, recognised) if key else None
    if findings is None:
        findings = _run(ws, recognised, models, progress, on_gland, nudges)
        if key:
            kept.keep(key, findings)
    return findings


def _run(
    ws: Workspace,
    recognised: RecognisedStudy,
    models: Models,
    progress: Progress,
    on_gland: Callable[[Gland], object],
    nudges: Nudges,
) -> Findings:
    began = time.perf_counter()
    with counted(ws, models):
        findings = analyse_in_child(recognised, progress, models, on_gland, nudges)
    _stage_times(ws).add(models, time.perf_counter() - began, findings.timings_s)
    return findings


def expected(ws: Workspace) -> Schedule:
    """Return how long the stages of an analysis took on this machine; it knows nothing before the first one."""
    try:
        return _stage_times(ws).schedule(_models(ws))
    except ProsectorError:  # the analysis itself will say which model is wrong
        return UNKNOWN


def _models(ws: Workspace) -> Models:
    return replace(chosen_models(ws.settings.models_folder), bends=ws.settings.analysis.bend_diffusion)


def _stage_times(ws: Workspace) -> StageTimes:
    return StageTimes(ws.settings.data_folder / "stage_times.json")


def report_images(opened: OpenStudy) -> ReportImages:
    """Return the volumes that pictures of a report are made from; raises `CannotWrite` without an axial T2."""
    t2 = opened.volume(Role.T2_AXIAL)
    if t2 is None:
        raise CannotWrite("No picture can be made for the report: the study has no axial T2 that can be read.")
    return ReportImages(t2=t2, adc=opened.on_t2_grid(Role.ADC), high_b=opened.on_t2_grid(Role.HIGH_B))


def write_findings(findings: Findings, opened: OpenStudy, output: Path, language: Language = Language.ENGLISH) -> None:
    """Write `findings.json`, `seg.dcm`, `sr.dcm` and `overlay/*.dcm` into the new folder `output`, all or nothing.

    `language` is that of the structured report.
    """
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise CannotWrite(f"{output} is there already; give the name of a new folder.")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{output.name}.", dir=output.parent))
    except OSError as error:
        raise CannotWrite(f"{output} could not be made ({error.strerror}); choose another folder.") from error
    try:
        _write_objects(findings, opened, beside, language)
        beside.chmod(0o755)
        beside.replace(output)
    except OSError as error:
        raise CannotWrite(f"{output} could not be written ({error.strerror}); nothing was left there.") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _write_objects(findings: Findings, opened: OpenStudy, folder: Path, language: Language) -> None:
    placed = nudged(opened, Nudges(alignments=findings.alignments))
    seg = segmentation(findings.recognised, findings.gland, findings.candidates)
    seg.save_as(folder / "seg.dcm")
    unverified_sr(findings, seg, language).save_as(folder / "sr.dcm")
    (folder / "overlay").mkdir()
    for number, overlay in enumerate(overlay_of_findings(findings, report_images(placed)), start=1):
        overlay.save_as(folder / "overlay" / f"{number:03d}.dcm")
    text = json.dumps(as_json(findings), indent=2, ensure_ascii=False)
    (folder / "findings.json").write_text(text + "\n", encoding="utf-8")


def as_json(findings: Findings) -> dict[str, Any]:
    """Return the findings as the headless contract has them (docs/headless.md)."""
    return {
        "study_instance_uid": findings.study_instance_uid,
        "intended_use": "Research use only — not a medical device",
        "series": _series_by_role(findings.recognised),
        "gland": {"volume_ml": round(findings.gland.volume_ml, 2)},
        "candidates": [_candidate(candidate) for candidate in findings.candidates],
        "alignments": [_alignment(one) for one in findings.alignments],
        "quality": _quality(findings.quality),
        "models": [
            {"name": m.name, "version": m.version, "sha256": m.sha256, "licence": m.licence} for m in findings.models
        ],
        "timings_s": {stage: round(seconds, 3) for stage, seconds in findings.timings_s.items()},
        "kept_since": findings.kept_since and findings.kept_since.isoformat(timespec="seconds"),
        "warnings": list(findings.warnings),
    }


def _alignment(found: Alignment) -> dict[str, Any]:
    return {
        "moved": found.moved.value,
        "applied": found.applied,
        "reason": found.reason,
        "shift_mm": [round(mm, 2) for mm in found.shift_mm],
        "turn_deg": round(found.turn_deg, 2),
        "matrix_lps_mm": [[round(x, 6) for x in row] for row in found.rows],
        "measured_on": found.measured_on,
        "mutual_information": {"before": round(found.before, 4), "after": round(found.after, 4)},
        "bend": found.bend and _bend(found.bend),
        "bend_reason": found.bend_told,
    }


def _bend(bend: Bend) -> dict[str, Any]:
    return {
        "most_mm": round(bend.most_mm, 2),
        "mutual_information": round(bend.score, 4),
        "mutual_information_of_adc": round(bend.witness, 4),
        "origin_lps_mm": list(bend.origin),
        "axes_lps": [list(axis) for axis in bend.axes],
        "spacing_mm": list(bend.spacing_mm),
        "shape": list(bend.shape),
        "moves_mm": [list(move) for move in bend.moves],
    }


def _quality(quality: Quality) -> dict[str, Any]:
    return {
        "lesions_withheld": quality.withheld,
        "adequacy": {sequence.value: quality.adequacy(sequence).value for sequence in quality.sequences},
        "checks": [
            {
                "sequence": check.sequence.value,
                "name": check.name.value,
                "found": check.found,
                "required": check.required,
                "verdict": check.verdict.value,
                "source": check.source,
            }
            for check in quality.checks
        ],
    }


def _series_by_role(recognised: RecognisedStudy) -> Mapping[str, Any]:
    single = {
        choice.role.value: _series(choice) for choice in recognised.choices if choice.role not in (Role.DWI, Role.DCE)
    }
    several = {
        role.value: [_series(choice) for choice in recognised.all(role)]
        for role in (Role.DWI, Role.DCE)
        if recognised.all(role)
    }
    return {**single, **several}


def _series(choice: RoleChoice) -> dict[str, Any]:
    series = choice.stack.series
    described: dict[str, Any] = {
        "uid": series.series_instance_uid,
        "description": series.description,
        "reason": choice.reason,
        "confidence": round(choice.confidence, 3),
    }
    if choice.role in (Role.DWI, Role.HIGH_B):
        described |= {"b_value": choice.b_value, "calculated": choice.calculated}
    if choice.fitted:
        described |= {"fitted_from_b_values": [stack.b_value for stack in choice.stacks]}
    return described


def _suggested(candidate: Candidate) -> str | None:
    return None if candidate.suggested_category is Category.PENDING else candidate.suggested_category.value


def _candidate(candidate: Candidate) -> dict[str, Any]:
    measures = candidate.measures
    return {
        "tracking_uid": candidate.tracking_uid,
        "centroid_lps_mm": [round(x, 2) for x in candidate.centroid_lps_mm],
        "volume_ml": round(measures.volume_ml, 3),
        "long_axis_mm": round(measures.long_axis_mm, 1),
        "short_axis_mm": round(measures.short_axis_mm, 1),
        "adc_mean": measures.adc_mean and round(measures.adc_mean, 1),
        "adc_p10": measures.adc_p10 and round(measures.adc_p10, 1),
        "adc_b_values": list(measures.adc_b_values),
        "score": round(candidate.score, 4),
        "calibrated_on": candidate.calibrated_on or None,
        "zone": candidate.sector.zone.value,
        "sector": candidate.sector.key,
        "sector_code": candidate.sector.code,
        "suggested_pirads": _suggested(candidate),
        "explanation": list(candidate.explanation),
        "contributions": {added.feature.value: round(added.log_odds, 3) for added in candidate.contributions},
    }
