"""Which model does each task of an analysis, and what the packs that were chosen instead of the built-in ones say."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.certainty import score_in_words
from core.findings import Gland, ModelIdentity
from core.progress import Progress
from core.study import Role
from core.volume import on_grid_of, voxel_volume_ml
from inference.adapters.adapter import run_pack
from inference.atlas import PERIPHERAL_ZONE, TRANSITION_ZONE, zones_of
from inference.detect import Suspect, detector_identity
from inference.detection_map import detections
from inference.gland import as_gland, model_identity
from inference.pack_doubts import beside_told, doubt_of
from inference.packs.pack import Engine, Pack

_NEAR_MM = 10.0


@dataclass(frozen=True, slots=True)
class Models:
    """The pack of each task; None is the one that comes with the program.

    `gland_engine` runs the gland model that comes with the program. `bends` is whether the diffusion images that they
    get are bent onto T2 in the gland (`inference.bent`).
    """

    gland: Pack | None = None
    zones: Pack | None = None
    lesions: Pack | None = None
    gland_engine: Engine = Engine.PLAIN
    bends: bool = False

    @property
    def engines(self) -> dict[str, str]:
        """Which model ran on a faster engine, for the audit trail; nothing when none did."""
        packs = [("engine gland", self.gland_engine)]
        packs += [(f"engine {pack.key}", pack.engine) for pack in (self.gland, self.zones, self.lesions) if pack]
        return {name: engine.value for name, engine in packs if engine is not Engine.PLAIN}

    @property
    def identities(self) -> tuple[ModelIdentity, ...]:
        """Who works: the gland's model, that of the zones unless it is the atlas, and that of the lesions, in order."""
        gland = self.gland.identity if self.gland else model_identity()
        zones = (self.zones.identity,) if self.zones else ()
        return (gland, *zones, self.lesions.identity if self.lesions else detector_identity())


def gland_by(pack: Pack, images: Mapping[Role, Volume], progress: Progress) -> Gland:
    """Return the gland that a pack draws on the axial T2 grid; raises `GlandNotFound` and as `run_pack`."""
    said = run_pack(pack, images, progress)[pack.outputs[0].concept]
    return as_gland(images[Role.T2_AXIAL], said.array >= pack.threshold, pack.identity)


def zones_by(pack: Pack, images: Mapping[Role, Volume], gland: Volume, progress: Progress) -> Volume:
    """Return the zones (1 = PZ, 2 = TZ) within the gland; where the pack sees neither, those of the atlas."""
    said = run_pack(pack, images, progress)
    peripheral, transition = (said[output.concept].array for output in pack.outputs)
    zones = np.where(peripheral > transition, PERIPHERAL_ZONE, TRANSITION_ZONE)
    zones = np.where(peripheral == transition, zones_of(gland).array, zones)
    return on_grid_of(gland, np.where(gland.array > 0, zones, 0).astype(np.uint8))


def suspects_by(
    pack: Pack, images: Mapping[Role, Volume], gland: Volume, progress: Progress
) -> tuple[Volume, tuple[Suspect, ...], tuple[str, ...]]:
    """Return the suspicion map of a pack (0 to 1, float32), its lesions that reach into the gland, and the doubts.

    A lesion that cannot be one beside this gland is kept, for it may be the gland that is wrong: what speaks against it
    is the first line of its explanation, and one of the doubts. So is that there are places beside the gland.
    """
    said = run_pack(pack, images, progress)[pack.outputs[0].concept]
    suspicion = on_grid_of(gland, said.array.astype(np.float32))
    near = _near(gland)
    inside = gland.array[near] > 0
    found = detections(suspicion.array[near], pack.threshold)
    reaching = [one for one in found if np.any(one.mask & inside)]
    doubts = [doubt_of(one.mask, inside, voxel_volume_ml(gland), pack.name) for one in reaching]
    suspects = tuple(
        _suspect(pack, _within(gland, near, one.mask), one.peak, doubt)
        for one, doubt in zip(reaching, doubts, strict=True)
    )
    beside = beside_told([one for one in found if not np.any(one.mask & inside)], pack.name)
    return suspicion, suspects, (*filter(None, doubts), *beside)


def _suspect(pack: Pack, mask: Volume, peak: float, doubt: str) -> Suspect:
    return Suspect(
        mask,
        peak,
        (*((doubt,) if doubt else ()), *_explanation(pack, peak)),
        calibrated_on=pack.calibrated_on or "",
        suggests=pack.calibrated_on is not None and not doubt,
    )


def _near(gland: Volume) -> tuple[slice, ...]:
    """Return the box around the gland; what a model sees beyond it takes no place from a lesion."""
    margins = (round(_NEAR_MM / step) for step in gland.spacing)
    return tuple(
        slice(max(int(place.min()) - margin, 0), int(place.max()) + margin + 1)
        for place, margin in zip(np.nonzero(gland.array), margins, strict=True)
    )


def _within(gland: Volume, near: tuple[slice, ...], part: NDArray[np.bool_]) -> Volume:
    mask = np.zeros(gland.spatial_shape, np.uint8)
    mask[near] = part
    return on_grid_of(gland, mask)


def _explanation(pack: Pack, peak: float) -> tuple[str, ...]:
    """Say what the number is; it is called a probability only where that was shown."""
    listed = f"Places are listed from {pack.threshold:g} on ({pack.threshold_source})."
    says = f"{pack.name} {pack.version} gives its most suspicious voxel"
    if pack.calibrated_on is None:
        return (
            f"{says} {score_in_words(peak)}: a suspicion from 0 to 1, not calibrated.",
            listed,
            "No category is suggested, as this number was not shown to be a rate of significant cancer.",
        )
    return (
        f"{says} a probability of {score_in_words(peak)}, calibrated on {pack.calibrated_on}.",
        listed,
    )
