"""An archive that behaves as a product does: a table of peculiarities, and a real SCP that has them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from pydicom import config, dcmread
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom import evt
from pynetdicom.presentation import build_context

from pacs.association import Patience, requestor_handlers
from pacs.contexts import COMMITMENT, FIND, GET, LITTLE_ENDIAN, MOVE, for_accepting, for_model, verification
from pacs.matching import matches, text_of
from pacs.server import Server

PRIVATE_SYNTAX = UID("2.16.840.1.113709.1.2.2")
"""GE's own compression, github.com/fli-iam/shanoir-ng/issues/1945."""

AE_TITLE, STORAGE_AE_TITLE = "PACS", "PACS_STORE"
_LEVELS = {"STUDY": "StudyInstanceUID", "SERIES": "SeriesInstanceUID", "IMAGE": "SOPInstanceUID"}
_ABOVE = {"STUDY": (), "SERIES": ("StudyInstanceUID",), "IMAGE": ("StudyInstanceUID", "SeriesInstanceUID")}
_COERCED = 0xB000
_PENDING, _PENDING_WITHOUT_SOME_KEYS, _CUT, _TOO_MANY, _NO_MATCH_OF_KEYS = 0xFF00, 0xFF01, 0xFE00, 0xA700, 0xA900


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """What is peculiar to an archive; the values here are those of one without peculiarities."""

    gets: bool = True
    moves: bool = True
    most_answers: int = 0
    """0: as many as there are."""
    beyond: Literal["refuses", "cuts"] = "refuses"
    wants_all_unique_keys: bool = False
    modalities: Literal["told", "unknown", "star"] = "told"
    names_have_a_case: bool = False
    wildcards: Literal["both", "end"] = "both"
    reads: str = "utf-8"
    """The encoding that it takes every query for, whatever the query says."""
    finest_retrieve: Literal["IMAGE", "SERIES", "STUDY"] = "IMAGE"
    lists_of_uids: bool = True
    takes_compressed: bool = True
    prefers_private_syntax: bool = False
    separate_storage: bool = False
    silent_before_the_first_s: float = 0.0
    get_status: int | None = None
    """With what it answers every C-GET instead of sending."""
    aborts_get_after: int | None = None
    """After how many images it aborts every C-GET."""
    sends_twice: bool = False
    also_sends_another_study: bool = False
    patient_name: str = ""
    """What it makes of every patient's name that it is sent."""
    counts_off_by: int | None = None
    """It tells the images of each series and the SOP classes of a study; that many too many of the former."""
    tells_wrong_classes: bool = False
    takes_requests_for_commitment: bool = False
    """It takes them, and never commits."""


PRODUCTS: dict[str, Behaviour] = {
    "generic": Behaviour(),
    "orthanc": Behaviour(most_answers=2, beyond="cuts"),
    "dcmtk": Behaviour(modalities="unknown", names_have_a_case=True, takes_compressed=False),
    "dcm4chee": Behaviour(most_answers=2, beyond="refuses", wants_all_unique_keys=True, modalities="star"),
    "ge-centricity": Behaviour(gets=False, prefers_private_syntax=True, separate_storage=True),
    "philips-intellispace": Behaviour(gets=False, separate_storage=True),
    "sectra": Behaviour(gets=False, silent_before_the_first_s=125.0),
}
"""How the products behave; where that was learnt is in resources/sites/<name>.toml."""


@dataclass
class BehavingArchive:
    """A running archive that holds `images`; `destinations` are the AE titles that it may send to."""

    behaviour: Behaviour = field(default_factory=Behaviour)
    images: list[Dataset] = field(default_factory=list)
    destinations: dict[str, tuple[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.queries: list[Dataset] = []
        self.retrieves: list[Dataset] = []
        self.offered_when_sending: list[str] = []
        self.proposed_to_it: set[str] = set()
        self.be_silent: Callable[[float], object] = lambda seconds: None
        """What happens while it says nothing; a test may let time pass."""

    def hold(self, files: Sequence[Path]) -> str:
        """Take in files and return the UID of the last one's study."""
        self.images += [dcmread(file) for file in files]
        return str(self.images[-1].StudyInstanceUID)

    @property
    def port(self) -> int:
        """Where it is asked."""
        return self._server.port

    @property
    def storage_port(self) -> int:
        """Where it takes objects."""
        return self._storage.port

    def __enter__(self) -> Self:
        does, models = self.behaviour, [FIND, *([GET] if self.behaviour.gets else []), MOVE]
        storage = for_accepting()
        if not does.takes_compressed:
            for context in storage:
                context.transfer_syntax = list(LITTLE_ENDIAN)
        taking = [(evt.EVT_C_STORE, self._store), (evt.EVT_REQUESTED, self._requested)]
        asked = [(evt.EVT_C_FIND, self._find), (evt.EVT_C_GET, self._get), (evt.EVT_C_MOVE, self._move)]
        contexts = [*(context for model in models for context in for_model(model)), verification()]
        if does.takes_requests_for_commitment:
            storage += for_model(COMMITMENT)
            taking.append((evt.EVT_N_ACTION, lambda event: (0x0000, None)))
        if does.separate_storage:
            # a C-GET needs the storage contexts here too, but such an archive offers none
            self._server = Server(AE_TITLE, "127.0.0.1", 0, contexts, [*asked, taking[1]])
            self._storage = Server(STORAGE_AE_TITLE, "127.0.0.1", 0, [*storage, verification()], taking)
        else:
            self._server = self._storage = Server(AE_TITLE, "127.0.0.1", 0, [*contexts, *storage], [*taking, *asked])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()
        if self._storage is not self._server:
            self._storage.stop()

    # ------------------------------------------------------------------ what it does

    def _requested(self, event: Any) -> None:
        for context in event.assoc.requestor.requested_contexts:
            self.proposed_to_it.update(map(str, context.transfer_syntax))

    def _store(self, event: Any) -> int:
        image = event.dataset
        image.file_meta = event.file_meta
        if self.behaviour.patient_name:
            image.PatientName = self.behaviour.patient_name
        self.images.append(image)
        return _COERCED if self.behaviour.patient_name else 0x0000

    def _find(self, event: Any) -> Iterator[Any]:
        identifier, does = event.identifier, self.behaviour
        self.queries.append(identifier)
        level = identifier.QueryRetrieveLevel
        if does.wants_all_unique_keys and any(not text_of(identifier, key) for key in _ABOVE[level]):
            yield _NO_MATCH_OF_KEYS, None
            return
        answers = list(self._answers(identifier, level))
        limit = does.most_answers if level == "STUDY" else 0
        if limit and len(answers) > limit:
            if does.beyond == "refuses":
                yield _TOO_MANY, None
                return
            yield from ((_PENDING, answer) for answer in answers[:limit])
            yield _CUT, None
            return
        pending = _PENDING_WITHOUT_SOME_KEYS if does.modalities == "unknown" else _PENDING
        yield from ((pending, answer) for answer in answers)

    def _answers(self, identifier: Dataset, level: str) -> Iterator[Dataset]:
        for image in {image[_LEVELS[level]].value: image for image in self._fitting(identifier, level)}.values():
            answer = Dataset()
            answer.QueryRetrieveLevel = level
            if "SpecificCharacterSet" in image:
                answer.SpecificCharacterSet = image.SpecificCharacterSet
            for element in identifier:
                if element.keyword in image and element.keyword not in ("SpecificCharacterSet", "QueryRetrieveLevel"):
                    answer.add(image[element.keyword])
            if "ModalitiesInStudy" in identifier and self.behaviour.modalities != "unknown":
                told = "*" if self.behaviour.modalities == "star" else self._modalities(image)
                answer.add(DataElement(0x00080061, "CS", told, validation_mode=config.IGNORE))
            self._count(identifier, answer, image)
            yield answer

    def _count(self, identifier: Dataset, answer: Dataset, image: Dataset) -> None:
        does = self.behaviour
        if does.counts_off_by is None:
            return
        if "NumberOfSeriesRelatedInstances" in identifier:
            held = sum(one.SeriesInstanceUID == image.SeriesInstanceUID for one in self.images)
            answer.NumberOfSeriesRelatedInstances = held + does.counts_off_by
        if "SOPClassesInStudy" in identifier:
            answer.SOPClassesInStudy = CTImageStorage if does.tells_wrong_classes else image.SOPClassUID

    def _modalities(self, image: Dataset) -> list[str]:
        return sorted({one.Modality for one in self.images if one.StudyInstanceUID == image.StudyInstanceUID})

    def _fitting(self, identifier: Dataset, level: str) -> list[Dataset]:
        return [image for image in self.images if all(self._fits(element, image) for element in identifier)]

    def _fits(self, element: Any, image: Dataset) -> bool:
        key = "\\".join(map(str, element.value)) if element.VM > 1 else str(element.value or "")
        keyword, does = element.keyword, self.behaviour
        if not key or keyword in ("QueryRetrieveLevel", "SpecificCharacterSet"):
            return True
        if keyword == "ModalitiesInStudy":
            return does.modalities != "told" or key in self._modalities(image)
        if does.wildcards == "end" and key.startswith("*"):
            return False  # it looks for the asterisk itself
        stored = text_of(image, keyword)
        if element.VR == "PN":
            key = key.encode("utf-8").decode(does.reads, "replace")
            if does.names_have_a_case:
                return matches("LO", key, stored)
        return matches(element.VR, key, stored)

    def _get(self, event: Any) -> Iterator[Any]:
        self.retrieves.append(event.identifier)
        does, images = self.behaviour, self._sent_for(event.identifier)
        yield len(images)
        if does.get_status is not None:
            yield does.get_status, None
            return
        for number, image in enumerate(images):
            if number == does.aborts_get_after:
                event.assoc.abort()
                return
            yield _PENDING, image

    def _move(self, event: Any) -> Iterator[Any]:
        self.retrieves.append(event.identifier)
        where = self.destinations.get(str(event.move_destination).strip())
        if not self.behaviour.moves or where is None:
            yield None, None  # pynetdicom answers A801
            return
        images = self._sent_for(event.identifier)
        kinds = sorted({image.SOPClassUID for image in images})
        own = [build_context(kind, [PRIVATE_SYNTAX]) for kind in kinds if self.behaviour.prefers_private_syntax]
        plain = [build_context(kind, [ExplicitVRLittleEndian, ImplicitVRLittleEndian]) for kind in kinds]
        handlers = [*requestor_handlers(Patience(10)), (evt.EVT_ESTABLISHED, self._sending)]
        yield (*where, {"contexts": [*own, *plain] or [verification()], "evt_handlers": handlers})
        yield len(images)
        self.be_silent(self.behaviour.silent_before_the_first_s)
        yield from ((_PENDING, image) for image in images)

    def _sending(self, event: Any) -> None:
        self.offered_when_sending += [str(context.transfer_syntax[0]) for context in event.assoc.accepted_contexts]

    def _sent_for(self, identifier: Dataset) -> list[Dataset]:
        images, does = self._named(identifier), self.behaviour
        if does.sends_twice:
            images = [image for image in images for _ in range(2)]
        if does.also_sends_another_study and images:
            images += [image for image in self.images if image.StudyInstanceUID != images[0].StudyInstanceUID]
        return images

    def _named(self, identifier: Dataset) -> list[Dataset]:
        """Return what a retrieve names; nothing when it is finer than the archive understands."""
        does, level = self.behaviour, identifier.QueryRetrieveLevel
        if list(_LEVELS).index(level) > list(_LEVELS).index(does.finest_retrieve):
            return []
        if not does.lists_of_uids and "\\" in text_of(identifier, _LEVELS[level]):
            return []
        keys = [key for key in _LEVELS.values() if text_of(identifier, key)]
        return [i for i in self.images if all(matches("UI", text_of(identifier, k), text_of(i, k)) for k in keys)]


Behaving = Callable[..., BehavingArchive]
