"""One study through the whole analysis: what is refused, what is warned of, and what is found on real studies."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
import torch
from highdicom import Volume

from core.alignment import Moved
from core.errors import CannotAnalyse, SeriesIncomplete
from core.findings import Findings, Gland, ModelIdentity
from core.frame_link import FrameLink, LinkedBy, translation
from core.nudge import Nudge, Nudges
from core.pirads import Category, Zone
from core.progress import Cancelled, Silent
from core.sectors import Side
from core.study import Patient, RecognisedStudy, Role, RoleChoice, Series, Stack, Study
from core.volume import on_grid_of
from inference import pipeline
from inference.atlas import load_atlas
from inference.lesion import sphere
from inference.models import Models
from inference.packs.concepts import LESION
from inference.packs.pack import RESEARCH_ONLY, Channel, Grid, Output, Pack, Task, WeightFile, digest_of
from inference.pipeline import analyse
from inference.read import read_study
from inference.recognise import recognise

_FRAME, _OTHER_FRAME = "1.2.3", "1.2.4"
_UNMOVED = Nudge()
_LESION = (-12.0, 10.0, 1.5)


class _Messages:
    """A `Progress` that remembers what was said, and cancels at one message."""

    def __init__(self, cancel_at: str = "") -> None:
        self.said: list[tuple[float, str]] = []
        self._cancel_at = cancel_at

    def report(self, fraction: float, message: str) -> None:
        self.said.append((fraction, message))
        if message == self._cancel_at:
            raise Cancelled


def _grid(frame: str = _FRAME, step: float = 1.0) -> Volume:
    shape = (16, int(90 / step), int(90 / step))
    affine = np.zeros((4, 4))
    affine[2, 0], affine[1, 1], affine[0, 2], affine[3, 3] = 3.0, step, step, 1.0
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    return Volume(
        array=np.zeros(shape, np.uint8), affine=affine, coordinate_system="PATIENT", frame_of_reference_uid=frame
    )


def _inside(grid: Volume) -> np.ndarray:
    offsets = grid.affine[:3, :3] @ np.indices(grid.spatial_shape).reshape(3, -1) + grid.affine[:3, 3:]
    return (((offsets / np.array([[24.0], [18.0], [20.0]])) ** 2).sum(axis=0) <= 1).reshape(grid.spatial_shape)


def _image(background: float, focus: float, *, frame: str = _FRAME, step: float = 2.0) -> Volume:
    """A diffusion image on a grid of its own with one focus in the right PZ."""
    grid = _grid(frame, step)
    lesion = sphere(grid, _LESION, 12.0).array > 0
    return on_grid_of(grid, np.where(lesion, focus, background).astype(np.float32))


def _choice(role: Role, *, frame: str = _FRAME, b: float | None = None, fitted: bool = False) -> RoleChoice:
    series = Series(f"2.25.{list(Role).index(role) + 1}", "MR", 7, role.value, frame, ())
    stacks = (Stack(series, (), 50.0), Stack(series, (), 800.0)) if fitted else (Stack(series, (), b),)
    return RoleChoice(role, stacks, "made up", fitted=fitted)


def _study(*choices: RoleChoice) -> RecognisedStudy:
    study = Study("2.25.99", Patient("P1", "Made^Up", None, "M"), "", None, "", "", "", "", ())
    return RecognisedStudy(study, choices, ())


@pytest.fixture
def volumes(monkeypatch: pytest.MonkeyPatch) -> dict[Role, Volume]:
    """What each role loads as; the network is replaced by the outline of the made-up gland."""
    images = {
        Role.T2_AXIAL: on_grid_of(_grid(), np.full(_grid().spatial_shape, 200, np.uint16)),
        Role.ADC: _image(1550.0, 750.0),
        Role.HIGH_B: _image(100.0, 210.0),
    }

    def gland_of(t2: Volume, _engine: object) -> Gland:
        return Gland(on_grid_of(t2, _inside(t2).astype(np.uint8)), 36.0, ModelIdentity("made up", "0", "0" * 64, "MIT"))

    monkeypatch.setattr(pipeline, "load", lambda choice: images[choice.role])
    monkeypatch.setattr(pipeline, "load_told", lambda choice: (images[choice.role], ""))
    monkeypatch.setattr(pipeline, "segment_gland", gland_of)
    monkeypatch.setattr(pipeline, "adc_b_values", lambda recognised: (50.0, 800.0))
    return images


_COMPLETE = (_choice(Role.T2_AXIAL), _choice(Role.ADC), _choice(Role.HIGH_B, b=1400.0))


def test_stages_are_told_in_order_and_in_words_and_timed(volumes: dict[Role, Volume]) -> None:
    progress = _Messages()

    findings = analyse(_study(*_COMPLETE), progress)

    assert [message for _, message in progress.said] == [
        "Reading the images",
        "Segmenting the prostate",
        "Registering to T2",
        "Drawing the zones",
        "Checking the image quality",
        "Looking for lesions",
        "Measuring",
        "Done",
    ]
    fractions = [fraction for fraction, _ in progress.said]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert list(findings.timings_s) == ["load", "gland", "register", "zones", "quality", "detect", "measure"]
    assert min(findings.timings_s.values()) >= 0


def test_a_candidate_carries_its_measures_place_and_models(volumes: dict[Role, Volume]) -> None:
    findings = analyse(_study(*_COMPLETE), Silent())

    [candidate] = findings.candidates
    assert candidate.centroid_lps_mm == pytest.approx(_LESION, abs=2.0)
    assert (candidate.sector.zone, candidate.sector.side) == (Zone.PZ, Side.RIGHT)
    assert candidate.measures.long_axis_mm == pytest.approx(12.0, abs=2.5)
    assert candidate.measures.adc_p10 == pytest.approx(750.0, abs=40.0)
    assert candidate.suggested_category in (Category.FOUR, Category.FIVE)
    assert candidate.mask.spatial_shape == findings.zones.spatial_shape == findings.suspicion.spatial_shape
    assert [model.name for model in findings.models] == ["made up", "Prosector bpMRI detector"]
    assert findings.models[1] == candidate.model
    assert candidate.model.sha256 == load_atlas().sha256
    assert findings.warnings == ()


def test_each_analysis_gives_lesions_identities_of_their_own(volumes: dict[Role, Volume]) -> None:
    first, second = (analyse(_study(*_COMPLETE), Silent()).candidates[0].tracking_uid for _ in range(2))

    assert first != second


@pytest.mark.parametrize("message", ["Reading the images", "Segmenting the prostate", "Looking for lesions"])
def test_it_can_be_stopped_before_every_stage(volumes: dict[Role, Volume], message: str) -> None:
    with pytest.raises(Cancelled):
        analyse(_study(*_COMPLETE), _Messages(cancel_at=message))


def test_a_study_without_diffusion_is_refused_with_the_way_out() -> None:
    with pytest.raises(CannotAnalyse) as caught:
        analyse(_study(_choice(Role.T2_AXIAL)), Silent())

    assert str(caught.value) == (
        "Cannot run: the study has no ADC map and no diffusion series with two b-values; "
        "it can still be read and reported by hand."
    )


def test_a_study_without_axial_t2_is_refused() -> None:
    with pytest.raises(CannotAnalyse, match="no axial T2"):
        analyse(_study(_choice(Role.ADC)), Silent())


def test_an_adc_map_of_another_frame_is_refused_by_name(volumes: dict[Role, Volume]) -> None:
    volumes[Role.ADC] = _image(1550.0, 750.0, frame=_OTHER_FRAME)

    with pytest.raises(CannotAnalyse, match=r"ADC \(series 7 “adc”\) was not acquired in the frame of reference"):
        analyse(_study(*_COMPLETE), Silent())


def _apart(frame_mm: tuple[float, float, float], image: Volume) -> Volume:
    """Return an image in the other frame of reference, in which the patient lies elsewhere."""
    affine = image.affine.copy()
    affine[:3, 3] += frame_mm
    return Volume(image.array, affine, "PATIENT", frame_of_reference_uid=_OTHER_FRAME)


def _linked(shift_mm: tuple[float, float, float], nudge: Nudge = _UNMOVED) -> Nudges:
    """Return what a reader did who anchored the ADC: the shift back onto the T2."""
    rows = translation((0.0, 0.0, 0.0), shift_mm)
    return Nudges(nudge, links=(FrameLink(_OTHER_FRAME, _FRAME, rows, LinkedBy.ANCHOR, "ADC (series 7)"),))


@pytest.mark.parametrize(
    ("link_mm", "nudge"),
    [((-30.0, 20.0, -6.0), _UNMOVED), ((-27.0, 20.0, -6.0), Nudge(shift_mm=(-3.0, 0.0, 0.0)))],
    ids=["anchored", "anchored and nudged"],
)
def test_an_adc_that_the_reader_laid_on_the_t2_is_used_there_and_told(
    volumes: dict[Role, Volume], link_mm: tuple[float, float, float], nudge: Nudge
) -> None:
    [before] = analyse(_study(*_COMPLETE), Silent()).candidates
    volumes[Role.ADC] = _apart((30.0, -20.0, 6.0), volumes[Role.ADC])
    study = _study(_COMPLETE[0], _choice(Role.ADC, frame=_OTHER_FRAME), _COMPLETE[2])

    findings = analyse(study, Silent(), nudges=_linked(link_mm, nudge))

    [candidate] = findings.candidates
    assert candidate.centroid_lps_mm == pytest.approx(before.centroid_lps_mm, abs=0.5)
    assert candidate.measures.adc_mean == pytest.approx(before.measures.adc_mean, abs=1.0)
    assert not [one for one in findings.alignments if one.moved is Moved.DIFFUSION], "the reader's place counts"
    [told] = [line for line in findings.warnings if "another frame of reference" in line]
    assert told.startswith("The AI worked on the ADC map where the reader laid it on the axial T2")
    assert "ADC (series 7) anchored at one point" in told


def test_a_link_of_another_series_opens_no_way_for_the_adc(volumes: dict[Role, Volume]) -> None:
    volumes[Role.ADC] = _image(1550.0, 750.0, frame=_OTHER_FRAME)
    study = _study(_COMPLETE[0], _choice(Role.ADC, frame=_OTHER_FRAME), _COMPLETE[2])
    link = replace(_linked((1.0, 0.0, 0.0)).links[0], frame="1.2.5")

    with pytest.raises(CannotAnalyse, match="Lay it on the axial T2"):
        analyse(study, Silent(), nudges=Nudges(links=(link,)))


def test_a_high_b_image_that_was_laid_on_the_t2_is_used(volumes: dict[Role, Volume]) -> None:
    volumes[Role.HIGH_B] = _apart((30.0, -20.0, 6.0), volumes[Role.HIGH_B])
    study = _study(*_COMPLETE[:2], _choice(Role.HIGH_B, frame=_OTHER_FRAME, b=1400.0))

    findings = analyse(study, Silent(), nudges=_linked((-30.0, 20.0, -6.0)))

    assert not any("no high-b image" in line for line in findings.candidates[0].explanation)
    assert [line for line in findings.warnings if "the high-b image where the reader laid it" in line]


def test_a_high_b_image_of_another_frame_is_left_out_and_named(volumes: dict[Role, Volume]) -> None:
    volumes[Role.HIGH_B] = _image(100.0, 210.0, frame=_OTHER_FRAME)

    findings = analyse(_study(*_COMPLETE), Silent())

    [warning] = findings.warnings
    assert "series 7 “high_b”" in warning
    assert "on the ADC map alone" in warning
    assert len(findings.candidates) == 1
    assert any("no high-b image" in line for line in findings.candidates[0].explanation)


def test_a_high_b_series_with_a_gap_stops_the_analysis_and_is_named(
    volumes: dict[Role, Volume], monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(choice: RoleChoice) -> Volume:
        if choice.role is Role.HIGH_B:
            raise SeriesIncomplete("Series 8: the slice at −38.4 mm is missing.")
        return volumes[choice.role]

    monkeypatch.setattr(pipeline, "load", load)
    monkeypatch.setattr(pipeline, "load_told", lambda choice: (load(choice), ""))

    with pytest.raises(SeriesIncomplete, match=r"Series 8: the slice at −38\.4 mm is missing"):
        analyse(_study(*_COMPLETE), Silent())


@pytest.mark.parametrize(("role", "named"), [(Role.ADC, "ADC"), (Role.HIGH_B, "DWI b 1400")])
def test_a_constant_image_is_refused_and_never_called_free_of_lesions(
    volumes: dict[Role, Volume], role: Role, named: str
) -> None:
    volumes[role] = on_grid_of(volumes[role], np.full(volumes[role].spatial_shape, 1200.0, np.float32))

    with pytest.raises(CannotAnalyse, match=rf"{named} \(series 7 “{role}”\) has the same value in every voxel"):
        analyse(_study(*_COMPLETE), Silent())


def test_without_a_high_b_image_it_runs_on_adc_and_says_so(volumes: dict[Role, Volume]) -> None:
    findings = analyse(_study(*_COMPLETE[:2]), Silent())

    assert findings.warnings == ("The study has no high-b image. Lesions were looked for on the ADC map alone.",)
    assert len(findings.candidates) == 1


def _low_adc_pack(folder: Path, calibrated_on: str | None = None) -> Pack:
    """A model of lesions that looks at the ADC map alone."""
    script = torch.jit.trace(_LowAdc(), torch.zeros(1, 1, 16, 45, 45))
    torch.jit.save(script, str(folder / "net.ts"))
    return Pack(
        folder=folder,
        name="site",
        version="1",
        task=Task.LESIONS,
        licence="MIT",
        adapter="torchscript",
        intended_use=RESEARCH_ONLY,
        channels=(Channel(Role.ADC),),
        outputs=(Output(LESION, (0,)),),
        files=(WeightFile("net.ts", digest_of(folder / "net.ts")),),
        threshold=0.5,
        threshold_source="made up",
        grid=Grid((3.0, 2.0, 2.0), (16, 45, 45)),
        calibrated_on=calibrated_on,
    )


class _LowAdc(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return 0.05 + 0.85 * (x < 1000).float() * (x > 0).float()


@pytest.mark.filterwarnings("ignore:.torch.jit.:DeprecationWarning")
def test_a_model_that_asks_for_no_high_b_image_is_not_said_to_lack_one_and_suggests_no_category(
    volumes: dict[Role, Volume], tmp_path: Path
) -> None:
    findings = analyse(_study(*_COMPLETE[:2]), Silent(), Models(lesions=_low_adc_pack(tmp_path)))

    [candidate] = findings.candidates
    assert findings.warnings == ()
    assert (candidate.suggested_category, candidate.calibrated_on) == (Category.PENDING, "")
    assert candidate.score == pytest.approx(0.9)


@pytest.mark.filterwarnings("ignore:.torch.jit.:DeprecationWarning")
def test_a_model_that_was_calibrated_suggests_a_category(volumes: dict[Role, Volume], tmp_path: Path) -> None:
    pack = _low_adc_pack(tmp_path, "400 studies of three sites")

    findings = analyse(_study(*_COMPLETE), Silent(), Models(lesions=pack))

    [candidate] = findings.candidates
    assert (candidate.suggested_category, candidate.calibrated_on) == (Category.FOUR, "400 studies of three sites")


def test_a_fitted_adc_is_said_to_be_one_and_names_its_b_values(volumes: dict[Role, Volume]) -> None:
    fitted = _choice(Role.ADC, fitted=True)

    findings = analyse(_study(_COMPLETE[0], fitted, _COMPLETE[2]), Silent())

    assert findings.warnings == ("The study has no ADC map; it was fitted from b 50, 800 s/mm².",)
    assert findings.candidates[0].measures.adc_b_values == (50.0, 800.0)


def test_a_high_b_image_without_its_b_value_is_warned_of(volumes: dict[Role, Volume]) -> None:
    findings = analyse(_study(*_COMPLETE[:2], _choice(Role.HIGH_B)), Silent())

    assert any("b-value of DWI" in warning and "1400" in warning for warning in findings.warnings)


def test_a_gland_that_reaches_the_last_slice_is_warned_of(
    volumes: dict[Role, Volume], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = pipeline.segment_gland

    def cut(t2: Volume, engine: object) -> Gland:
        gland = whole(t2, engine)
        mask = gland.mask.array.copy()
        mask[-1] = mask[8]
        return replace(gland, mask=on_grid_of(t2, mask))

    monkeypatch.setattr(pipeline, "segment_gland", cut)

    assert any("reaches the highest axial T2 slice" in w for w in analyse(_study(*_COMPLETE), Silent()).warnings)


_Analysed = Callable[[Path], Findings]


@pytest.fixture(scope="module")
def analysed() -> _Analysed:
    """Analyse a folder once per module: the network takes seconds."""
    done: dict[Path, Findings] = {}

    def run(folder: Path) -> Findings:
        if folder not in done:
            done[folder] = analyse(recognise(read_study(folder)), Silent())
        return done[folder]

    return run


@pytest.mark.journey
def test_the_cancer_of_a_real_study_comes_first(analysed: _Analysed, prostatex_0000: Path, shared_data: Path) -> None:
    findings = analysed(prostatex_0000)

    labels = shared_data / "prostatex" / "labels"
    expert = sitk.GetArrayFromImage(sitk.ReadImage(str(labels / "ProstateX-0000_cspca_expert.nii.gz"))) > 0
    first = findings.candidates[0]
    assert np.any(expert & (first.mask.array > 0))
    assert first.sector.key == "right-mid-PZpm"
    assert first.measures.adc_b_values == (50.0, 400.0, 800.0)
    assert len(findings.candidates) <= 5


@pytest.mark.journey
def test_a_real_study_without_significant_cancer_has_at_most_three_candidates(
    analysed: _Analysed, prostatex_0001: Path
) -> None:
    assert len(analysed(prostatex_0001).candidates) <= 3


def test_the_missing_slice_of_a_real_high_b_series_is_named(prostatex_0000: Path, shared_data: Path) -> None:
    """As when a retrieve lost one file."""
    recognised = recognise(read_study(prostatex_0000))
    broken = read_study(shared_data / "prostatex" / "missing-slice").series[0]
    choices = tuple(
        replace(choice, stacks=(replace(choice.stack, series=broken, instances=broken.instances),))
        if choice.role is Role.HIGH_B
        else choice
        for choice in recognised.choices
    )

    with pytest.raises(SeriesIncomplete, match=r"CALC_BVAL.*slice at .* mm is missing"):
        analyse(replace(recognised, choices=choices), Silent())
