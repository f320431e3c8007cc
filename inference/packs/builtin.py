"""The packs that come with the program: the TAPS gland, the zonal atlas, the transparent detector."""

from importlib.resources import files
from pathlib import Path

from core.study import Role
from inference.atlas import LICENCE, load_atlas
from inference.detect import detector_identity
from inference.gland import PACK, WEIGHTS_SHA256, model_identity, weights_path
from inference.level import LEAST_SHOWN
from inference.packs.concepts import LESION, PERIPHERAL_ZONE, PROSTATE, TRANSITION_ZONE
from inference.packs.pack import RESEARCH_ONLY, Channel, Kind, Normalisation, Output, Pack, Task, WeightFile

ADAPTER = "builtin"


def builtin_packs() -> tuple[Pack, ...]:
    """Return the three packs; raises `ModelMissing` when the gland model is not installed."""
    return (_gland(), _zones(), _lesions())


def built_in_card(pack: Pack) -> Path:
    """Return the file that says what a model that comes with the program was shown to do, and what not."""
    return Path(str(files("resources").joinpath("cards"))) / f"{pack.name}.md"


def _gland() -> Pack:
    weights = weights_path()
    identity = model_identity()
    return Pack(
        folder=weights.parent,
        name=PACK,
        version=identity.version,
        task=Task.GLAND,
        licence=identity.licence,
        adapter=ADAPTER,
        intended_use=RESEARCH_ONLY,
        channels=(Channel(Role.T2_AXIAL, Normalisation.Z_SCORE_NONZERO),),
        outputs=(Output(PROSTATE, (0,)),),
        files=(WeightFile(weights.name, WEIGHTS_SHA256),),
        threshold=0.5,
        threshold_source="the logit's sign, as the package lavlab-taps has it",
    )


def _zones() -> Pack:
    return Pack(
        folder=_atlas_folder(),
        name="zonal-atlas",
        version="0.1",
        task=Task.ZONES,
        licence=LICENCE,
        adapter=ADAPTER,
        intended_use=RESEARCH_ONLY,
        channels=(Channel(Role.T2_AXIAL),),
        outputs=(Output(PERIPHERAL_ZONE, (1,), Kind.LABEL), Output(TRANSITION_ZONE, (2,), Kind.LABEL)),
        files=(_atlas_file(),),
        threshold=0.5,
        threshold_source="the likelier of the two zones",
    )


def _lesions() -> Pack:
    identity = detector_identity()
    return Pack(
        folder=_atlas_folder(),
        name="bpmri-detector",
        version=identity.version,
        task=Task.LESIONS,
        licence=identity.licence,
        adapter=ADAPTER,
        intended_use=RESEARCH_ONLY,
        channels=(Channel(Role.T2_AXIAL), Channel(Role.ADC), Channel(Role.HIGH_B)),
        outputs=(Output(LESION, (0,)),),
        files=(_atlas_file(),),
        threshold=LEAST_SHOWN,
        threshold_source="halfway between the cancer rates of PI-RADS 2 and 3 (Oerther 2022), then its fitted level",
    )


def _atlas_folder() -> Path:
    return Path(str(files("resources").joinpath("atlas")))


def _atlas_file() -> WeightFile:
    return WeightFile("prostate_atlas.npz", load_atlas().sha256)
