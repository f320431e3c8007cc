"""The coded concepts that the outputs of a pack are named by."""

from inference.packs.pack import Concept

PROSTATE = Concept("41216001", "SCT", "Prostate")
PERIPHERAL_ZONE = Concept("279706003", "SCT", "Peripheral zone of the prostate")
TRANSITION_ZONE = Concept("399384005", "SCT", "Transition zone of the prostate")
LESION = Concept("52988006", "SCT", "Lesion")
