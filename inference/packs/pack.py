"""A model pack: a folder with `model.toml`, weights with a SHA-256 each, LICENSE and CARD.md (docs/models.md)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from core.errors import ModelAltered, ModelMissing
from core.findings import ModelIdentity
from core.study import Role

MIRRORED = "mirrored"
"""The setting of an nnU-Net that says whether it averages what it says of mirrored images too."""
RESEARCH_ONLY = "Research use only — not a medical device"


class Task(StrEnum):
    """What a model is for; the analysis runs one pack of each."""

    GLAND = "gland"
    ZONES = "zones"
    LESIONS = "lesions"


class Normalisation(StrEnum):
    """What is done to a channel on the model's grid; `NONZERO` leaves zero at zero and out of mean and deviation."""

    NONE = "none"
    Z_SCORE = "z-score"
    Z_SCORE_NONZERO = "z-score-nonzero"
    MIN_MAX = "min-max"


class Activation(StrEnum):
    """What turns the raw output of an ONNX or TorchScript network into probabilities."""

    NONE = "none"
    SIGMOID = "sigmoid"
    SOFTMAX = "softmax"


class Axes(StrEnum):
    """How the network's three axes run: with slices, rows and columns, or rising to right, anterior and superior."""

    SLICES_ROWS_COLUMNS = "slices-rows-columns"
    RIGHT_ANTERIOR_SUPERIOR = "right-anterior-superior"


class Window(StrEnum):
    """Whether windows slide over the whole stack, or one in its middle is all that the network sees."""

    SLIDING = "sliding"
    CENTRE = "centre"


class Kind(StrEnum):
    """What the numbers of an output are."""

    PROBABILITY = "probability"
    LABEL = "label"


class Engine(StrEnum):
    """What runs the networks: the adapter's own engine, or OpenVINO on the CPU where a check allows it (`fast`)."""

    PLAIN = "plain"
    OPENVINO_F32 = "openvino-f32"
    OPENVINO_BF16 = "openvino-bf16"


@dataclass(frozen=True, slots=True)
class Concept:
    """A coded concept as DICOM writes it (PS3.3 8.8)."""

    value: str
    scheme: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel of the network's input; `clip_percentiles` are taken on the model's grid before normalising."""

    role: Role
    normalisation: Normalisation = Normalisation.NONE
    clip_percentiles: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """The network's grid where its format does not say: spacing (mm) and patch (voxels) along its axes."""

    spacing_mm: tuple[float, float, float]
    patch: tuple[int, int, int]
    axes: Axes = Axes.SLICES_ROWS_COLUMNS
    window: Window = Window.SLIDING


@dataclass(frozen=True, slots=True)
class Output:
    """What the model says: the sum of the channels of a probability, or the voxels with one of the label values."""

    concept: Concept
    channels: tuple[int, ...]
    kind: Kind = Kind.PROBABILITY


@dataclass(frozen=True, slots=True)
class WeightFile:
    """A file that decides what the model says, by its path in the pack (with /), and its digest."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Pack:
    """One model: who it is, what it needs, what it says and how it is run.

    `calibrated_on` says on which patients the output was shown to be a probability; None when it was not.
    `settings` are the adapter's own (strings, numbers and lists). `engine` is this machine's choice, not the pack's.
    """

    folder: Path
    name: str
    version: str
    task: Task
    licence: str
    adapter: str
    intended_use: str
    channels: tuple[Channel, ...]
    outputs: tuple[Output, ...]
    files: tuple[WeightFile, ...]
    threshold: float
    threshold_source: str
    grid: Grid | None = None
    activation: Activation = Activation.NONE
    calibrated_on: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    engine: Engine = Engine.PLAIN

    @property
    def key(self) -> str:
        """Name and version as the store and the command line have them."""
        return f"{self.name}-{self.version}"

    @property
    def sha256(self) -> str:
        """The digest of the only file, or of the list of digests and paths of several."""
        if len(self.files) == 1:
            return self.files[0].sha256
        listed = "".join(f"{file.sha256}  {file.path}\n" for file in sorted(self.files, key=lambda file: file.path))
        return hashlib.sha256(listed.encode()).hexdigest()

    @property
    def identity(self) -> ModelIdentity:
        """Who says it; travels with every finding into SEG and SR."""
        return ModelIdentity(self.name, self.version, self.sha256, self.licence)

    def path_of(self, file: WeightFile) -> Path:
        """Where a file of the pack lies."""
        return self.folder / file.path


def verify(pack: Pack) -> None:
    """Raise `ModelMissing` or `ModelAltered`, naming the file, unless every file has the digest of `model.toml`."""
    for file in pack.files:
        path = pack.path_of(file)
        if not path.is_file():
            raise ModelMissing(f"The model {pack.key} lacks its file {file.path} in {pack.folder}; add the pack again.")
        if digest_of(path) != file.sha256:
            raise ModelAltered(
                f"The file {file.path} of the model {pack.key} is not the one that was installed (its SHA-256 "
                f"differs); remove the pack from {pack.folder} and add it again."
            )


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
