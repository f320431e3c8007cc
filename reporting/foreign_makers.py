"""Who made a result of another system: the algorithm where one is named, else the device and its maker."""

from pydicom.dataset import Dataset

from core.findings import NOT_STATED, ModelIdentity
from reporting.foreign_items import items_of, text_of
from reporting.words import reader_name

NO_VERSION = "version not stated"


def named_model(name: str, version: str, maker: str, dataset: Dataset) -> ModelIdentity:
    """Return an algorithm of another system under its own name and that of its maker.

    What does not name its algorithm is called by the device that wrote it. Weights and licence are not stated.
    """
    called = name or text_of(dataset, "ManufacturerModelName") or "Unnamed algorithm"
    version = version or ("" if name else text_of(dataset, "SoftwareVersions"))
    by = f" ({maker})" if maker and maker.lower() not in called.lower() else ""
    return ModelIdentity(f"{called}{by}", version or NO_VERSION, NOT_STATED, NOT_STATED)


def device_of(dataset: Dataset) -> str:
    """Return maker, device and version as one line, e.g. `Acme · ProstateAI 2.1`; empty where nothing is told."""
    maker, model = text_of(dataset, "Manufacturer"), text_of(dataset, "ManufacturerModelName")
    called = " ".join(filter(None, (model, text_of(dataset, "SoftwareVersions"))))
    return " · ".join(filter(None, (maker, called)))


def people_of(dataset: Dataset) -> tuple[str, ...]:
    """Return the persons that an object names as its verifier, author or creator, each once."""
    verifiers = [text_of(item, "VerifyingObserverName") for item in items_of(dataset, "VerifyingObserverSequence")]
    authors = [text_of(item, "PersonName") for item in items_of(dataset, "AuthorObserverSequence")]
    names = map(reader_name, (*verifiers, *authors, text_of(dataset, "ContentCreatorName")))
    return tuple(dict.fromkeys(filter(None, names)))
