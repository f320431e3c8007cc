"""What was measured of a pack's faster engines on this machine, and whether it still holds (docs/models.md).

The record is `<name>-<version>.fast.toml` in the models folder, beside the packs.
"""

import hashlib
import json
import logging
import platform
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from core.errors import CannotWrite, ModelInvalid
from core.files import write_text
from inference.onnx_session import device_in_words
from inference.packs.pack import Engine, Pack
from inference.packs.read import toml_of

_log = logging.getLogger(__name__)

LEAST_DICE = 0.999
"""Of the masks at the pack's threshold; two readers' outlines of one prostate have about 0.9."""
MOST_VOLUME = 0.005
"""Relative difference of the volumes of these masks."""
MOST_DIFFERENCE: Mapping[Engine, float] = {Engine.OPENVINO_F32: 1e-3, Engine.OPENVINO_BF16: 1e-2}
"""Of the probability of any voxel."""
LEAST_GAIN = 1.1
"""How many times faster an engine must be to be worth it."""
_LIMITS = ", ".join(f"{most:g} ({engine})" for engine, most in MOST_DIFFERENCE.items())
_LIBRARIES = ("prosector", "openvino", "onnxruntime", "onnxruntime-gpu", "torch")


@dataclass(frozen=True, slots=True)
class Trial:
    """One engine on the images of the check, beside the plain one; `problem` says why it gave no figures, else "".

    `difference` is the largest of any voxel's probability; `dice` and `volume` are the worst of all masks.
    """

    engine: Engine
    problem: str
    seconds: float = 0.0
    difference: float = 0.0
    dice: float = 1.0
    volume: float = 0.0

    @property
    def passed(self) -> bool:
        """Tell whether it says the same as the plain engine, within the limits."""
        return (
            not self.problem
            and self.difference <= MOST_DIFFERENCE[self.engine]
            and self.dice >= LEAST_DICE
            and self.volume <= MOST_VOLUME
        )


@dataclass(frozen=True, slots=True)
class FastCheck:
    """A check of one pack: when, on what, by what it stands or falls (`basis`), and what was measured."""

    pack: str
    checked: str
    images: str
    plain_seconds: float
    basis: Mapping[str, str]
    trials: tuple[Trial, ...]

    @property
    def engine(self) -> Engine:
        """The fastest engine that passed and is worth it, else the plain one."""
        passed = [trial for trial in self.trials if trial.passed and self.gain(trial) >= LEAST_GAIN]
        return min(passed, key=lambda trial: trial.seconds).engine if passed else Engine.PLAIN

    def gain(self, trial: Trial) -> float:
        """Return how many times faster than the plain engine it was."""
        return self.plain_seconds / trial.seconds

    def void(self, pack: Pack) -> str:
        """Return what is no longer as it was checked, "" when the check holds."""
        now = basis_of(pack)
        changed = [name for name in (*now, *self.basis) if now.get(name) != self.basis.get(name)]
        return ", ".join(dict.fromkeys(changed))


_RECORD: TypeAdapter[FastCheck] = TypeAdapter(FastCheck)


def basis_of(pack: Pack) -> dict[str, str]:
    """Return by what a check of a pack stands or falls: its digests, the machine, its processor, the versions."""
    libraries = {name: found for name in _LIBRARIES if (found := _version(name))}
    return {
        "weights sha256": pack.sha256,
        "model.toml sha256": hashlib.sha256(toml_of(pack).encode()).hexdigest(),
        "machine": platform.node(),
        "processor": _processor(),
        **libraries,
    }


def record_path(folder: Path, pack: Pack) -> Path:
    """Return where the record of a pack lies in the models folder."""
    return folder / f"{pack.key}.fast.toml"


def read_check(folder: Path, pack: Pack) -> FastCheck | None:
    """Return what was measured of a pack, None when nothing was; raises `ModelInvalid` when it cannot be read."""
    path = record_path(folder, pack)
    try:
        return _RECORD.validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, ValidationError) as error:
        told = str(error).splitlines()[0]
        raise ModelInvalid(
            f"{path} cannot be read ({told}); “prosector models check-fast {pack.key}” measures anew, with --off the "
            "plain engine is used."
        ) from error


def write_check(folder: Path, pack: Pack, check: FastCheck) -> None:
    """Keep a check; raises `CannotWrite`."""
    write_text(record_path(folder, pack), _toml(check))


def forget_check(folder: Path, pack: Pack) -> bool:
    """Delete the record of a pack, so that the plain engine runs it; returns whether there was one."""
    path = record_path(folder, pack)
    if not path.exists():
        return False
    try:
        path.unlink()
    except OSError as error:
        raise CannotWrite(f"{path} could not be removed ({error.strerror}).") from error
    return True


def with_engine(folder: Path, pack: Pack) -> Pack:
    """Return a pack with the engine that its check allows on this machine; the plain one when the check is void."""
    check = read_check(folder, pack)
    if check is None or check.engine is Engine.PLAIN or device_in_words() != "CPU":
        return pack
    if changed := check.void(pack):
        _log.warning("%s runs on its plain engine: since it was checked, %s changed", pack.key, changed)
        return pack
    return replace(pack, engine=check.engine)


def facts_of(check: FastCheck, pack: Pack) -> tuple[str, ...]:
    """Return what the card says of a check, line by line."""
    changed = check.void(pack)
    used = check.engine.value if not changed else f"plain; the check is void, for this changed: {changed}"
    return (
        f"used: {used}",
        f"checked {check.checked} on {check.images}; plain engine {check.plain_seconds:.1f} s",
        *(_fact(check, trial) for trial in check.trials),
        f"limits: probability {_LIMITS}; Dice at least {LEAST_DICE}; volume {MOST_VOLUME:.1%}; "
        f"at least {LEAST_GAIN}× as fast",
    )


def _fact(check: FastCheck, trial: Trial) -> str:
    if trial.problem:
        return f"{trial.engine}: not usable. {trial.problem}"
    return (
        f"{trial.engine}: {'passed' if trial.passed else 'failed'}; {check.gain(trial):.1f}× as fast "
        f"({trial.seconds:.1f} s); largest difference of a probability {trial.difference:.5f}; "
        f"least Dice {trial.dice:.5f}; largest volume difference {trial.volume:.3%}"
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


_FEATURES = ("flags", "Features")
_NAMES = ("model name", "vendor_id", "cpu family", "model", "stepping", "CPU implementer", "CPU part", "CPU variant")


@cache
def _processor() -> str:
    """Return the processor's name and a digest of all that it can do; where Linux does not tell, its name alone."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n\n")[0].splitlines()
    except OSError:
        return f"{platform.machine()} {platform.processor()}"
    told = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    features = " ".join(sorted(word for key in _FEATURES for word in told.get(key, "").split()))
    named = " ".join(told[key] for key in _NAMES if key in told)
    return f"{platform.machine()} {named} (features {hashlib.sha256(features.encode()).hexdigest()[:16]})"


def _toml(check: FastCheck) -> str:
    lines = [
        "# Written by “prosector models check-fast”; whatever changes here makes it void.",
        *_keys({"pack": check.pack, "checked": check.checked, "images": check.images}),
        *_keys({"plain_seconds": check.plain_seconds}),
        "",
        "[basis]",
        *_keys(check.basis),
    ]
    for trial in check.trials:
        keys = {name: getattr(trial, name) for name in Trial.__dataclass_fields__}
        lines += ["", "[[trials]]", *_keys(keys)]
    return "\n".join(lines) + "\n"


def _keys(keys: Mapping[str, Any]) -> Sequence[str]:
    return [f"{_key(name)} = {json.dumps(value, ensure_ascii=False)}" for name, value in keys.items()]


def _key(name: str) -> str:
    return json.dumps(name) if " " in name else name
