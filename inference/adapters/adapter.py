"""The one way in which any model is run, whatever its format."""

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from typing import Protocol, cast

from highdicom import Volume

from core.errors import FramesDiffer, ModelInvalid
from core.progress import Progress
from core.study import Role
from core.volume import require_same_frame, same_grid
from inference.adapters.grid import require_probabilities
from inference.needs import require_library
from inference.packs.pack import Concept, Kind, Output, Pack, verify

GROUP = "prosector.adapters"
"""The entry-point group by which other packages add an adapter: name = "package.module:run"."""


class Adapter(Protocol):
    """A function that runs a pack."""

    def __call__(self, pack: Pack, images: Mapping[Role, Volume], progress: Progress) -> Mapping[Concept, Volume]:
        """Return a volume for each output's concept, on the grid of the axial T2.

        Probabilities are float32 from 0 to 1, labels uint8 0/1. `images` has the axial T2 and every role that the
        pack asks for, each on its own grid in one frame of reference; ADC in 10⁻⁶ mm²/s.
        """
        ...


def _onnx() -> Adapter:
    from inference.adapters.onnx_pack import run

    return run


def _torchscript() -> Adapter:
    from inference.adapters.torchscript_pack import run

    return run


def _monai_bundle() -> Adapter:
    from inference.adapters.monai_bundle import run

    return run


def _nnunet_v2() -> Adapter:
    from inference.adapters.nnunet_v2 import run

    return run


def _builtin() -> Adapter:
    from inference.adapters.builtin_pack import run

    return run


_OURS: Mapping[str, Callable[[], Adapter]] = {
    "onnx": _onnx,
    "torchscript": _torchscript,
    "monai-bundle": _monai_bundle,
    "nnunetv2": _nnunet_v2,
    "builtin": _builtin,
}
_LIBRARIES = {"torchscript": ("torch",), "monai-bundle": ("torch", "monai"), "nnunetv2": ("torch", "nnunetv2")}


def run_pack(pack: Pack, images: Mapping[Role, Volume], progress: Progress) -> Mapping[Concept, Volume]:
    """Verify a pack and return what it says, as `Adapter` has it.

    Raises `ModelAltered`, `ModelMissing`, `ModelInvalid` when it cannot be run here or its answer is none,
    `FramesDiffer`, `OutOfMemory`, `Cancelled` out of `progress`.
    """
    adapter = adapter_named(pack)
    verify(pack)
    for role in (channel.role for channel in pack.channels):
        if role not in images:
            raise ModelInvalid(
                f"The model {pack.key} needs {role}, which the study does not have; choose another model "
                "(prosector models default), or read the study by hand."
            )
        try:
            require_same_frame(images[role], images[Role.T2_AXIAL], names=(role, "the axial T2 images"))
        except FramesDiffer as error:
            raise FramesDiffer(f"The model {pack.key} cannot be run: {error}") from error
    said = adapter(pack, images, progress)
    for output in pack.outputs:
        _require_answer(pack, output, said.get(output.concept), images[Role.T2_AXIAL])
    return said


def _require_answer(pack: Pack, output: Output, answer: Volume | None, t2: Volume) -> None:
    """Refuse what is no answer, or lies elsewhere than it says: another package's adapter may be wrong."""
    if answer is None:
        raise ModelInvalid(
            f"The adapter “{pack.adapter}” of the model {pack.key} gave nothing for {output.concept.meaning}, "
            "so nothing is known of the study; choose another model (prosector models default)."
        )
    if not same_grid(answer, t2):
        raise ModelInvalid(
            f"The adapter “{pack.adapter}” of the model {pack.key} gave an answer that does not lie on the axial T2 "
            "images, and it is not shown; choose another model (prosector models default)."
        )
    if output.kind is Kind.PROBABILITY:
        require_probabilities(pack, answer.array)


def package_of(pack: Pack) -> str:
    """Return the name and version of the other package that runs a pack, "" for one of ours."""
    if pack.adapter in _OURS:
        return ""
    found = [entry.dist for entry in entry_points(group=GROUP) if entry.name == pack.adapter]
    return "; ".join(f"{dist.name} {dist.version}" for dist in found if dist is not None)


def adapter_named(pack: Pack) -> Adapter:
    """Return the adapter of a pack: ours, or another package's.

    Raises `ModelInvalid` naming those that are there; `ModelMissing` when its library is not installed.
    """
    for library in _LIBRARIES.get(pack.adapter, ()):
        require_library(library, f"The model {pack.key}")
    if pack.adapter in _OURS:
        return _OURS[pack.adapter]()
    others = {entry.name: entry for entry in entry_points(group=GROUP)}
    if pack.adapter not in others:
        raise ModelInvalid(
            f"The model {pack.key} is run by “{pack.adapter}”, which is not installed; "
            f"there are {', '.join((*_OURS, *others))}."
        )
    return cast(Adapter, cast(Callable[..., object], others[pack.adapter].load()))
