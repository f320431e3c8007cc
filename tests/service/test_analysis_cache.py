"""An answer is given again only for the very same images, models and program, and never a damaged one."""

import logging
import os
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pydicom
import pytest

from core.findings import Findings, Gland, ModelIdentity
from core.pirads import Category
from core.progress import Silent
from core.study import RecognisedStudy
from core.volume import on_grid_of
from inference.models import Models
from inference.pipeline import BUILT_IN, analyse
from inference.read import read_study
from inference.recognise import recognise
from service import analysis_cache
from service.analysis_cache import AnalysisCache, content_key
from service.reading import OpenStudy

_MODEL = ModelIdentity("made up", "1", "0" * 64, "MIT")


@pytest.fixture(scope="module")
def recognised(phantom_study: SimpleNamespace) -> RecognisedStudy:
    """The phantom."""
    return recognise(read_study(phantom_study.folder))


@pytest.fixture
def findings(recognised: RecognisedStudy, phantom_study: SimpleNamespace) -> Findings:
    """What an analysis could have said of it."""
    mask = phantom_study.truth.gland
    suspicion = on_grid_of(mask, np.linspace(0, 1, mask.array.size, dtype=np.float32).reshape(mask.spatial_shape))
    return Findings(recognised, Gland(mask, 40.0, _MODEL), mask, suspicion, (), (_MODEL,), {"gland": 1.5}, ("a word",))


def test_the_answer_comes_back_whole_on_the_study_as_it_lies_now(
    tmp_path: Path, findings: Findings, recognised: RecognisedStudy
) -> None:
    kept = AnalysisCache(tmp_path)
    assert kept.find("k", recognised) is None
    kept.keep("k", findings)

    found = kept.find("k", recognised)

    assert found is not None
    assert found.recognised is recognised
    assert found.kept_since is not None
    assert np.array_equal(found.suspicion.array, findings.suspicion.array)
    assert found.suspicion.array.dtype == np.float32
    assert np.array_equal(found.gland.mask.affine, findings.gland.mask.affine)
    assert (found.warnings, found.timings_s) == (("a word",), {"gland": 1.5})
    assert not list(tmp_path.glob(".*.part"))


@pytest.mark.parametrize("damage", [lambda b: b[:-7], lambda b: b.replace(b"a word", b"a lord"), lambda _: b""])
def test_a_damaged_entry_is_told_removed_and_not_used(
    tmp_path: Path, findings: Findings, recognised: RecognisedStudy, damage: object, caplog: pytest.LogCaptureFixture
) -> None:
    kept = AnalysisCache(tmp_path)
    kept.keep("k", findings)
    path = tmp_path / "k.json"
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]

    with caplog.at_level(logging.WARNING):
        assert kept.find("k", recognised) is None

    assert "damaged" in caplog.text
    assert not path.exists()


def test_the_folder_stays_bounded_and_what_was_used_last_stays(
    tmp_path: Path, findings: Findings, recognised: RecognisedStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analysis_cache, "MOST_ENTRIES", 3)
    kept = AnalysisCache(tmp_path)
    for number in range(3):
        kept.keep(str(number), findings)
        os.utime(tmp_path / f"{number}.json", (number, number))
    assert kept.find("0", recognised) is not None  # used again, so it is the youngest now
    kept.keep("3", findings)

    assert {path.stem for path in tmp_path.glob("*.json")} == {"0", "2", "3"}


def test_the_key_is_that_of_the_content(
    tmp_path: Path, recognised: RecognisedStudy, phantom_study: SimpleNamespace, opened_phantom: OpenStudy
) -> None:
    key = content_key(recognised, BUILT_IN)
    assert key == content_key(opened_phantom.recognised, Models())
    shutil.copytree(phantom_study.folder, tmp_path / "copy")
    assert content_key(recognise(read_study(tmp_path / "copy")), BUILT_IN) == key  # where it lies does not matter


def test_one_pixel_one_role_one_model_or_another_program_makes_another_key(
    tmp_path: Path, recognised: RecognisedStudy, phantom_study: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = {content_key(recognised, BUILT_IN)}

    shutil.copytree(phantom_study.folder, tmp_path / "altered")
    altered = recognise(read_study(tmp_path / "altered"))
    path = altered.choices[0].stack.instances[3].path
    ds = pydicom.dcmread(path)
    pixels = ds.pixel_array.copy()
    pixels[10, 10] ^= 1
    ds.PixelData = pixels.tobytes()
    ds.save_as(path)
    keys.add(content_key(altered, BUILT_IN))

    keys.add(content_key(replace(recognised, choices=recognised.choices[:-1]), BUILT_IN))
    pack = SimpleNamespace(name="another", sha256="1" * 64, adapter="onnx")
    keys.add(content_key(recognised, Models(lesions=pack)))  # type: ignore[arg-type]
    monkeypatch.setattr(analysis_cache, "_program", lambda: "another program")
    keys.add(content_key(recognised, BUILT_IN))

    assert len(keys) == 5
    assert None not in keys


def test_another_version_of_the_package_that_runs_a_model_makes_another_key(
    tmp_path: Path, recognised: RecognisedStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "half-1.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text("[prosector.adapters]\nhalf = half:run\n")
    monkeypatch.syspath_prepend(tmp_path)
    models = Models(lesions=SimpleNamespace(name="another", sha256="1" * 64, adapter="half"))  # type: ignore[arg-type]

    def key(version: str) -> str | None:
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: half\nVersion: {version}\n")
        return content_key(recognised, models)

    assert len({key("1"), key("2"), key("1")}) == 2


def test_a_file_that_is_gone_has_no_key(tmp_path: Path, phantom_study: SimpleNamespace) -> None:
    shutil.copytree(phantom_study.folder, tmp_path / "copy")
    study = recognise(read_study(tmp_path / "copy"))
    study.choices[0].stack.instances[0].path.unlink()

    assert content_key(study, BUILT_IN) is None


def test_the_same_study_gives_the_same_bytes_twice(recognised: RecognisedStudy) -> None:
    first, second = (analyse(recognised, Silent()) for _ in range(2))

    assert first.suspicion.array.tobytes() == second.suspicion.array.tobytes()
    assert first.gland.mask.array.tobytes() == second.gland.mask.array.tobytes()
    assert first.zones.array.tobytes() == second.zones.array.tobytes()
    assert first.alignments == second.alignments
    assert [x.mask.array.tobytes() for x in first.candidates] == [x.mask.array.tobytes() for x in second.candidates]
    assert [x.measures for x in first.candidates] == [x.measures for x in second.candidates]
    assert all(x.suggested_category in Category for x in first.candidates)
