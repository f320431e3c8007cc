"""The libraries that some model formats need and an installation may lack."""

from importlib.util import find_spec

from core.errors import ModelMissing

_EXTRAS = {
    "monai": "prosector[monai]",
    "nnunetv2": "prosector[nnunet]",
    "openvino": "prosector[openvino]",
    "torch": "torch",
}


def require_library(name: str, what: str) -> None:
    """Raise `ModelMissing` saying that `what` needs a library that is not there; imports nothing."""
    if find_spec(name) is None:
        raise ModelMissing(
            f"{what} needs {name}, which this installation lacks (pip install '{_EXTRAS[name]}'); "
            "ONNX models and the built-in ones run without it."
        )
