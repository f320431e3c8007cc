"""A pack around what others publish: nnU-Net v2 results folders and MONAI bundles, as they were downloaded."""

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from core.errors import ModelInvalid
from core.study import Role
from inference.packs.concepts import LESION, PERIPHERAL_ZONE, PROSTATE, TRANSITION_ZONE
from inference.packs.nnunet_v1 import as_version_2
from inference.packs.pack import (
    MIRRORED,
    RESEARCH_ONLY,
    Channel,
    Normalisation,
    Output,
    Pack,
    Task,
    WeightFile,
    digest_of,
)
from inference.packs.picai_unet import CLIP_PERCENTILES, GRID, as_torchscript
from inference.packs.read import FILE, toml_of

NOT_STATED = "not stated by its publisher"
_THRESHOLD = 0.1
_THRESHOLD_SOURCE = (
    "the usual least confidence of PI-CAI detection maps (report_guided_annotation); set on no data of this model"
)
_ROLES = {
    Role.T2_AXIAL: ("t2", "t2w", "t2_axial", "t2wi", "axial_t2", "mri_t2", "t2_tse_tra"),
    Role.ADC: ("adc", "adc_map", "ct"),  # PI-CAI calls ADC “CT”, which nnU-Net scales by fixed numbers
    Role.HIGH_B: ("hbv", "high_b", "highb", "dwi", "high_b_value", "hb", "b_high"),
}
_TASKS = {
    Task.LESIONS: ("lesion", "cspca", "cancer", "tumor", "tumour", "pca", "isup"),
    Task.ZONES: ("pz", "peripheral", "tz", "transition", "central"),
    Task.GLAND: ("prostate", "gland"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What the person who adds a model says, where the download does not."""

    name: str | None = None
    version: str | None = None
    licence: str | None = None
    task: Task | None = None
    channels: tuple[Role, ...] | None = None
    folds: tuple[str, ...] | None = None
    mirrored: bool = False
    """Whether an nnU-Net is to average what it says of mirrored images too."""


def write_pack(source: Path, target: Path, told: Told) -> None:
    """Write the pack that `source` holds into the empty folder `target`.

    `source` is a pack, an nnU-Net results folder, a MONAI bundle or the U-Net of PI-CAI, or a folder with one of them
    somewhere below.
    Raises `ModelInvalid` naming what is missing and how to tell it.
    """
    for marker, write in _WRITERS.items():
        found = sorted(source.rglob(marker), key=lambda path: (len(path.parts), path))
        if found:
            write(found[0].parents[marker.count("/")], target, told)
            return
    raise ModelInvalid(
        f"{source} holds no model that is known: neither {FILE}, nor an nnU-Net results folder (plans.json or "
        "plans.pkl, fold_0 …), nor a MONAI bundle (configs/metadata.json), nor the U-Net of PI-CAI (unet_F0.pt …)."
    )


def _copy_pack(source: Path, target: Path, told: Told) -> None:
    if told != Told():
        raise ModelInvalid(f"{source} is a whole pack; its {FILE} says name, version, licence, task and channels.")
    _copy(source, target, [path for path in source.rglob("*") if path.is_file()])


def _from_nnunet(source: Path, target: Path, told: Told) -> None:
    dataset, plans = _json(source / "dataset.json"), _json(source / "plans.json")
    checkpoints = list(_checkpoints(source, told.folds))
    labels = {str(name): _first(value) for name, value in cast(dict[str, Any], dataset.get("labels", {})).items()}
    if any(isinstance(value, list) for value in cast(dict[str, Any], dataset.get("labels", {})).values()):
        raise ModelInvalid(f"{source} was trained with regions, which overlap; write a model.toml for it yourself.")
    named = {name: value for name, value in labels.items() if name not in ("background", "ignore")}
    channels = _channels(source, _in_order(cast(dict[str, Any], dataset.get("channel_names", {}))), told.channels)
    _copy(source, target, [source / "dataset.json", source / "plans.json", *checkpoints, *_licences(source)])
    name = told.name or _as_name(str(plans.get("dataset_name", source.parent.name)))
    task = told.task or _task(source, named)
    pack = _described(
        target, name, told, task, "nnunetv2", channels, _outputs(source, task, named), "An nnU-Net v2 results folder"
    )
    _write(replace(pack, settings={MIRRORED: True}) if told.mirrored else pack, "nnU-Net v2", source)


def _from_nnunet_v1(source: Path, target: Path, told: Told) -> None:
    with tempfile.TemporaryDirectory(prefix="prosector-model-") as folder:
        results = as_version_2(source, Path(folder), told.folds)
        for path in _licences(source):
            shutil.copyfile(path, results / path.name)
        _from_nnunet(results, target, replace(told, folds=None))


def _from_picai_unet(source: Path, target: Path, told: Told) -> None:
    _require_straight(source, told)
    as_torchscript(source, target, told.folds)
    roles = told.channels or (Role.T2_AXIAL, Role.ADC, Role.HIGH_B)
    channels = tuple(Channel(role, Normalisation.Z_SCORE, CLIP_PERCENTILES) for role in roles)
    outputs, name = (Output(LESION, (0,)),), told.name or "picai-unet"
    what = "The U-Net of PI-CAI"
    pack = _described(target, name, told, Task.LESIONS, "torchscript", channels, outputs, what)
    _write(replace(pack, grid=GRID), what, source)


def _from_monai(source: Path, target: Path, told: Told) -> None:
    _require_straight(source, told)
    metadata = _json(source / "configs" / "metadata.json")
    formats = cast(dict[str, Any], metadata.get("network_data_format", {}))
    image = _only(source, formats, "inputs")
    pred = _only(source, formats, "outputs")
    named = {
        str(name): int(place)
        for place, name in cast(dict[str, Any], pred.get("channel_def", {})).items()
        if str(name).lower() != "background"
    }
    channels = _channels(source, _in_order(cast(dict[str, Any], image.get("channel_def", {}))), told.channels)
    weights = [path for suffix in ("ts", "pt") if (path := source / "models" / f"model.{suffix}").is_file()][:1]
    if not weights:
        raise ModelInvalid(f"The MONAI bundle {source} has no models/model.pt or models/model.ts; download it whole.")
    configs = [path for path in (source / "configs").iterdir() if path.suffix in (".json", ".yaml", ".yml")]
    _copy(source, target, [*configs, *weights, *_licences(source)])
    task = told.task or _task(source, named)
    told = Told(told.name, told.version or str(metadata.get("version", "1")), told.licence)
    pack = _described(
        target,
        told.name or _as_name(source.name),
        told,
        task,
        "monai-bundle",
        channels,
        _outputs(source, task, named),
        "A MONAI bundle",
    )
    _write(pack, "MONAI bundle", source)


def _require_straight(source: Path, told: Told) -> None:
    if told.mirrored:
        raise ModelInvalid(f"{source} is no nnU-Net: only these average mirrored images. Add it without --mirrored.")


def _described(
    target: Path,
    name: str,
    told: Told,
    task: Task,
    adapter: str,
    channels: tuple[Channel, ...],
    outputs: tuple[Output, ...],
    what: str,
) -> Pack:
    """Return the pack of the files that lie in `target`."""
    listed = sorted(path for path in target.rglob("*") if path.is_file() and path.suffix in _DECISIVE)
    return Pack(
        folder=target,
        name=name,
        version=told.version or "1",
        task=task,
        licence=told.licence or NOT_STATED,
        adapter=adapter,
        intended_use=f"{RESEARCH_ONLY}. {what}, added as it was published.",
        channels=channels,
        outputs=outputs,
        files=tuple(WeightFile(path.relative_to(target).as_posix(), digest_of(path)) for path in listed),
        threshold=_THRESHOLD if task is Task.LESIONS else 0.5,
        threshold_source=_THRESHOLD_SOURCE if task is Task.LESIONS else "the likelier of inside and outside",
    )


_WRITERS: Mapping[str, Callable[[Path, Path, Told], None]] = {
    FILE: _copy_pack,
    "plans.json": _from_nnunet,
    "plans.pkl": _from_nnunet_v1,
    "configs/metadata.json": _from_monai,
    "unet_F*.pt": _from_picai_unet,
}
"""What each kind is known by, and how it becomes a pack."""
_DECISIVE = (".pth", ".pt", ".ts", ".json", ".yaml", ".yml")
"""Weights, and the settings that decide what the weights make of an image."""


def _write(pack: Pack, kind: str, source: Path) -> None:
    (pack.folder / FILE).write_text(toml_of(pack), encoding="utf-8")
    roles = ", ".join(channel.role for channel in pack.channels)
    (pack.folder / "CARD.md").write_text(
        f"# {pack.name} {pack.version}\n\n{RESEARCH_ONLY}.\n\n"
        f"{kind}, added from `{source.name}`. Task: {pack.task}. Inputs in channel order: {roles}. "
        f"Licence: {pack.licence}.\n\n"
        "What it was trained on and how good it is, its publisher says; Prosector measured nothing of it. Its "
        "numbers are a suspicion from 0 to 1, not calibrated.\n",
        encoding="utf-8",
    )
    if not any(pack.folder.glob("LICEN[CS]E*")):
        (pack.folder / "LICENSE").write_text(f"Licence: {pack.licence}.\n", encoding="utf-8")


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelInvalid(f"{path} is missing or cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise ModelInvalid(f"{path} is not valid JSON: {error}.") from error
    if not isinstance(content, dict):
        raise ModelInvalid(f"{path} must hold a JSON object.")
    return cast(dict[str, Any], content)


def _checkpoints(source: Path, folds: tuple[str, ...] | None) -> Iterator[Path]:
    """Yield the final checkpoint of every fold, the best one where there is no final one."""
    wanted = sorted(source.glob("fold_*")) if folds is None else [source / f"fold_{fold}" for fold in folds]
    if not wanted:
        raise ModelInvalid(f"The nnU-Net folder {source} has no fold_0, fold_1 … or fold_all.")
    for fold in wanted:
        found = [path for name in ("final", "best") if (path := fold / f"checkpoint_{name}.pth").is_file()]
        if not found:
            raise ModelInvalid(f"{fold} has neither checkpoint_final.pth nor checkpoint_best.pth; download it whole.")
        yield found[0]


def _channels(source: Path, names: Sequence[str], told: tuple[Role, ...] | None) -> tuple[Channel, ...]:
    roles = told or tuple(role for name in names if (role := _role(name)))
    if not names or len(roles) != len(names):
        raise ModelInvalid(
            f"{source} calls its inputs {', '.join(names) or 'nothing'}; say which sequences they are, in this order, "
            "with --channels (for example --channels t2_axial,adc,high_b)."
        )
    return tuple(Channel(role) for role in roles)


def _role(name: str) -> Role | None:
    word = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return next((role for role, words in _ROLES.items() if word in words), None)


def _task(source: Path, labels: Mapping[str, int]) -> Task:
    for task, words in _TASKS.items():
        if any(word in label.lower() for label in labels for word in words):
            return task
    raise ModelInvalid(
        f"{source} calls what it finds {', '.join(labels) or 'nothing'}; say what it is for with --task "
        f"({', '.join(Task)})."
    )


def _outputs(source: Path, task: Task, labels: Mapping[str, int]) -> tuple[Output, ...]:
    if task is Task.LESIONS:
        return (Output(LESION, tuple(labels.values())),)
    if task is Task.GLAND:
        return (Output(PROSTATE, tuple(labels.values())),)
    zones: list[Output] = []
    for concept, words in ((PERIPHERAL_ZONE, ("pz", "peripheral")), (TRANSITION_ZONE, ("tz", "transition", "central"))):
        found = tuple(value for name, value in labels.items() if any(word in name.lower() for word in words))
        if not found:
            raise ModelInvalid(f"{source} has no label for the {concept.meaning.lower()}: {', '.join(labels)}.")
        zones.append(Output(concept, found))
    return tuple(zones)


def _only(source: Path, formats: Mapping[str, Any], side: str) -> dict[str, Any]:
    entries = cast(dict[str, Any], formats.get(side, {}))
    if len(entries) != 1:
        raise ModelInvalid(
            f"The MONAI bundle {source} has {len(entries)} {side} in metadata.json (network_data_format), and must "
            "have one image with a channel for each sequence."
        )
    return cast(dict[str, Any], next(iter(entries.values())))


def _in_order(named: Mapping[str, Any]) -> list[str]:
    return [str(named[place]) for place in sorted(named, key=int)]


def _first(value: Any) -> int:
    return int(value[0] if isinstance(value, list) else value)


def _licences(source: Path) -> list[Path]:
    return [path for path in source.glob("LICEN[CS]E*") if path.is_file()]


def _as_name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._+]+", "-", text).strip("-") or "model"


def _copy(source: Path, target: Path, files: Sequence[Path]) -> None:
    for path in files:
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
