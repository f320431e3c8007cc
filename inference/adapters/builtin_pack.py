"""The models that come with the program, by the same protocol as all others."""

from collections.abc import Mapping

from highdicom import Volume

from core.progress import Progress
from core.study import Role
from core.volume import on_grid_of
from inference.adapters.grid import channel_of
from inference.atlas import zones_of
from inference.detect import detect
from inference.gland import gland_probability, segment_gland
from inference.packs.pack import Concept, Kind, Pack, Task
from inference.resample import resample_like


def run(pack: Pack, images: Mapping[Role, Volume], progress: Progress) -> Mapping[Concept, Volume]:
    """Return the gland, the zones (0/1 each) or the suspicion on the axial T2 grid, as `Adapter` has it."""
    t2 = images[Role.T2_AXIAL]
    progress.report(0.0, "Segmenting the prostate")
    if pack.task is Task.GLAND:
        return {pack.outputs[0].concept: gland_probability(t2, pack.engine)}
    gland = segment_gland(t2).mask
    if pack.task is Task.ZONES:
        zones = zones_of(gland, t2).array[None]
        return {output.concept: on_grid_of(t2, channel_of(pack, zones, output)) for output in pack.outputs}
    suspicion, _ = detect(gland, resample_like(images[Role.ADC], t2), resample_like(images[Role.HIGH_B], t2))
    assert pack.outputs[0].kind is Kind.PROBABILITY
    return {pack.outputs[0].concept: suspicion}
