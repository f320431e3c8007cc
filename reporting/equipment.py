"""Who made an object: Prosector itself, and each model that contributed (Contributing Equipment, PS3.3 C.12.1.1.5)."""

import uuid
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

from highdicom import UID, ContributingEquipment
from pydicom.sr.codedict import codes
from pydicom.uid import ExplicitVRLittleEndian

from core.findings import NOT_STATED, ModelIdentity

MANUFACTURER = "Prosector contributors"
MODEL_NAME = "Prosector"
SOFTWARE_VERSION = version("prosector")
RESEARCH_USE = "Research use only — not a medical device"

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "prosector.invalid")


def stable_uid(*parts: str) -> UID:
    """Return the same UID for the same parts, under the 2.25 root (PS3.5 B.2)."""
    return UID(f"2.25.{uuid.uuid5(_NAMESPACE, chr(0).join(parts)).int}")


def device_uid() -> UID:
    """Return the UID of this version of Prosector as an observer."""
    return stable_uid("device", MODEL_NAME, SOFTWARE_VERSION)


def new_instance() -> dict[str, Any]:
    """Return what highdicom is told of every new object: that it is the first of a new series, and who made it."""
    return {
        "series_instance_uid": UID(),
        "sop_instance_uid": UID(),
        "instance_number": 1,
        "manufacturer": MANUFACTURER,
        "manufacturer_model_name": MODEL_NAME,
        "software_versions": SOFTWARE_VERSION,
        "device_serial_number": str(device_uid()),
        "transfer_syntax_uid": ExplicitVRLittleEndian,
        "specific_character_set": "ISO_IR 192",
    }


def model_uid(model: ModelIdentity) -> UID:
    """Return the device UID of a model: another one whenever its version or weights are others (IHE AIR 6.5.3.1)."""
    return stable_uid("model", model.name, model.version, model.sha256)


def contributing_equipment(models: Iterable[ModelIdentity]) -> list[ContributingEquipment]:
    """Return one item for each model, naming version, weights and licence (IHE AIR 6.5.3.1)."""
    return [_contribution(model) for model in models]


def _contribution(model: ModelIdentity) -> ContributingEquipment:
    item = ContributingEquipment(
        manufacturer=NOT_STATED if model.is_foreign else MANUFACTURER,  # its name names its maker
        purpose_of_reference=codes.DCM.ProcessingEquipment,
        manufacturer_model_name=model.name[:64],
        software_versions=model.version[:64],
        contribution_description=f"AI model; weights SHA-256 {model.sha256}; licence {model.licence}. {RESEARCH_USE}.",
    )
    item.DeviceUID = model_uid(model)
    return item
