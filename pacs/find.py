"""C-FIND: asking an archive what it holds (PS3.4 C.4.1), study root."""

from collections.abc import Iterator
from dataclasses import replace

from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom.dsutils import encode

from core.errors import ArchiveRefused
from core.settings import DimseNode
from core.study import SeriesMatch, StudyMatch
from pacs.answers import Answer, read_answer
from pacs.archive import StudyQuery
from pacs.association import Patience, label, silence
from pacs.command import Field, Response, request
from pacs.contexts import FIND
from pacs.matching import (
    halved,
    in_character_set,
    instance_identifier,
    matches,
    merged,
    series_identifier,
    series_match,
    sop_classes_identifier,
    study_identifiers,
    study_match,
    text_of,
)
from pacs.site_profile import site_profile
from pacs.wire import Wire

_PENDING = (0xFF00, 0xFF01)  # the second: some keys are not supported
_TOO_MANY = (0xA700, 0xFE00)  # refused at once, or cut off at a limit though nobody cancelled
_WORDS = {
    0xA700: "it is out of resources",
    0xA900: "it does not understand the question",
    0x0122: "not supported",
    0xFE00: "it has more matches than it tells",
}


class TooMany(ArchiveRefused):
    """More studies fit than the archive is ready to list."""


class Finder:
    """Questions over one open association."""

    def __init__(self, wire: Wire, node: DimseNode, patience: Patience) -> None:
        self._wire = wire
        self._node = node
        self._patience = patience
        self._profile = site_profile(node)
        self._asked = 0

    def studies(self, query: StudyQuery) -> tuple[StudyMatch, ...]:
        """Return the studies that fit, newest first."""
        studies = merged(self._matches(query))
        if query.modality:
            studies = tuple(self._with_modalities(study) for study in studies)
            studies = tuple(study for study in studies if query.modality in study.modalities)
        return studies

    def _matches(self, query: StudyQuery) -> list[StudyMatch]:
        """Return the answers to a query, put again in halves of its dates when there are more than are told."""
        try:
            return [match for identifier in study_identifiers(query, self._profile) for match in self._fit(identifier)]
        except TooMany:
            halves = halved(query) if self._profile.split_dates else ()
            if not halves:
                raise
            return [match for half in halves for match in self._matches(half)]

    def _fit(self, identifier: Dataset) -> Iterator[StudyMatch]:
        asked = in_character_set(identifier, self._profile.character_set)
        name = "" if asked is identifier else text_of(identifier, "PatientName")
        for answer in self._ask(asked):
            if text_of(answer, "StudyInstanceUID") and matches("PN", name, text_of(answer, "PatientName")):
                yield study_match(answer)

    def series(self, study_instance_uid: str) -> tuple[SeriesMatch, ...]:
        """Return the series of a study by number."""
        answers = [series_match(answer) for answer in self._ask(series_identifier(study_instance_uid))]
        return tuple(sorted(answers, key=by_number))

    def sop_classes(self, study_instance_uid: str) -> tuple[str, ...]:
        """Return the SOP classes of a study, none where the archive does not tell them (PS3.4 C.6.2.1.2: optional)."""
        try:
            answers = list(self._ask(sop_classes_identifier(study_instance_uid)))
        except ArchiveRefused:
            return ()
        told = {uid for answer in answers for uid in text_of(answer, "SOPClassesInStudy").split("\\")}
        return tuple(sorted(told - {""}))

    def instances(self, study_instance_uid: str, series_instance_uid: str) -> tuple[tuple[str, str], ...]:
        """Return (SOP class, SOP instance) of a series; the class is "" if the archive does not tell."""
        answers = self._ask(instance_identifier(study_instance_uid, series_instance_uid))
        found = ((text_of(answer, "SOPClassUID"), text_of(answer, "SOPInstanceUID")) for answer in answers)
        return tuple(sorted({pair for pair in found if pair[1]}, key=lambda pair: pair[1]))

    def _with_modalities(self, study: StudyMatch) -> StudyMatch:
        """Ask the series where an archive does not know ModalitiesInStudy (an optional key) or not all of them (*)."""
        if study.modalities and "*" not in study.modalities:
            return study
        modalities = {series.modality for series in self.series(study.study_instance_uid)} - {""}
        return replace(study, modalities=tuple(sorted(modalities)))

    def _ask(self, identifier: Dataset) -> Iterator[Answer]:
        context = self._wire.required_context(FIND)
        syntax = UID(str(context.transfer_syntax[0]))
        self._asked += 1
        self._patience.alive()
        question = encode(identifier, syntax.is_implicit_VR, syntax.is_little_endian) or b""
        self._wire.send(context.context_id or 0, request(Field.FIND_RQ, self._asked, FIND), question)
        while True:
            message = self._wire.receive()
            if message is None:
                raise silence(self._node, self._patience, "answering a query")
            if message.command.status not in _PENDING:
                break
            if message.data:
                yield read_answer(message.data, syntax)
        response = message.command.response
        if response.status in _TOO_MANY:
            raise TooMany(_failure(self._node, response))
        if response.status != 0x0000:
            raise ArchiveRefused(_failure(self._node, response))


def by_number(series: SeriesMatch) -> tuple[bool, int, str]:
    """Sort series by number, those without one last."""
    return series.number is None, series.number or 0, series.series_instance_uid


def _failure(node: DimseNode, response: Response) -> str:
    reason = response.comment or _WORDS.get(response.status, "it gives no reason")
    return (
        f"{label(node)} could not answer the query ({reason}; status 0x{response.status:04X}); narrow it down or ask "
        "its administrator."
    )
