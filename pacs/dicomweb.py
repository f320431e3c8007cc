"""An archive on the network, spoken to by DICOMweb: QIDO-RS, WADO-RS and STOW-RS (PS3.18)."""

import os
import re
import struct
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

import requests
from dicomweb_client.web import DICOMwebClient
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from core.errors import ArchiveBusy, ArchiveRefused, ArchiveUnreachable, ProsectorError, StudyUnreadable
from core.files import write_bytes
from core.progress import Progress
from core.settings import DicomWebNode
from core.study import SeriesMatch, StudyMatch
from pacs.archive import StudyQuery
from pacs.find import by_number
from pacs.matching import (
    instance_identifier,
    matches,
    merged,
    series_identifier,
    series_match,
    study_identifiers,
    study_match,
    text_of,
)
from pacs.throttle import Throttled
from pacs.whole import is_whole

_AT_ONCE = 4
_POST_BYTES = 32 * 1024 * 1024
_AS_STORED = 'multipart/related; type="application/dicom"; transfer-syntax=*'
_WORDS = {
    401: "it does not know this station's token; set it anew",
    403: "this station may not do that",
    404: "it has nothing there; check the address in the settings",
    413: "the objects are too large for it",
    507: "it is out of room",
}


_FOR_NOW = {
    429: ArchiveBusy,
    502: ArchiveUnreachable,
    503: ArchiveUnreachable,
    504: ArchiveUnreachable,
    507: ArchiveBusy,
}
_DUPLICATE = 0x0111  # PS3.7 C.5.15: the archive has it already


class DicomWebArchive:
    """The `Archive` at `node`; what it gives is kept byte for byte as it came."""

    def __init__(self, node: DicomWebNode) -> None:
        self._node = node
        self._session = _session(node)
        self._client = _Client(
            str(node.url).rstrip("/"), session=self._session, timeout=(node.connect_timeout_s, node.read_timeout_s)
        )
        self._client.set_http_retry_params(retry=False)

    @property
    def name(self) -> str:
        """What people call the archive."""
        return self._node.name

    def echo(self) -> None:
        """Return if the archive answers a query; DICOMweb has no verification of its own."""
        with self._told():
            self._client.search_for_studies(limit=1)

    def find_studies(self, query: StudyQuery) -> tuple[StudyMatch, ...]:
        """Return the studies that fit `query`, newest first."""
        search = self._client.search_for_studies
        answers = [
            study_match(answer)
            for identifier in study_identifiers(query)
            for answer in self._pages(search, identifier)
            if matches("PN", text_of(identifier, "PatientName"), text_of(answer, "PatientName"))
        ]
        return merged([answer for answer in answers if answer.study_instance_uid])

    def find_series(self, study_instance_uid: str) -> tuple[SeriesMatch, ...]:
        """Return the series of one study by series number."""
        answers = self._pages(self._client.search_for_series, series_identifier(study_instance_uid), study_instance_uid)
        return tuple(sorted(map(series_match, answers), key=by_number))

    def find_instances(self, study_instance_uid: str, series_instance_uid: str) -> tuple[str, ...]:
        """Return the SOP Instance UIDs of one series."""
        identifier = instance_identifier(study_instance_uid, series_instance_uid)
        search = self._client.search_for_instances
        answers = self._pages(search, identifier, study_instance_uid, series_instance_uid)
        return tuple(sorted({text_of(answer, "SOPInstanceUID") for answer in answers} - {""}))

    def retrieve(self, study_instance_uid: str, folder: Path, progress: Progress, series_instance_uid: str = "") -> int:
        """Bring a study or one series by WADO-RS, four series at once; see `Archive.retrieve`."""
        progress = Throttled(progress)
        progress.report(0.0, f"asking {self.name}")
        series = [series_instance_uid] if series_instance_uid else self._series_uids(study_instance_uid)
        wanted = {uid: set(self.find_instances(study_instance_uid, uid)) for uid in series}
        total = sum(map(len, wanted.values()))
        if not total:
            raise ArchiveRefused(f"{self._label} holds no images of the study {study_instance_uid}.")
        fetch = _Fetch(self._client, study_instance_uid, folder)
        jobs = [job for uid, instances in wanted.items() for job in fetch.jobs(uid, instances)]
        self._run(jobs, lambda: fetch.here(wanted), total, progress)
        if (here := fetch.here(wanted)) < total:
            raise ArchiveRefused(
                f"{self._label} lists {total} images of the study {study_instance_uid} but gave only {here} of them; "
                "try again, and tell its administrator if it stays so."
            )
        progress.report(1.0, f"{here} of {total} images")
        return here

    def store(self, files: Sequence[Path], progress: Progress) -> None:
        """Send files by STOW-RS as they lie; see `Archive.store`."""
        progress = Throttled(progress)
        done = 0
        for batch in _batches(files):
            progress.report(done / len(files), f"{done} of {len(files)} objects")
            with self._told():
                answer = self._client.post([_content(path) for path in batch])
            self._require_taken(answer)
            done += len(batch)
        progress.report(1.0, f"{done} of {done} objects")

    # ------------------------------------------------------------------ parts

    @property
    def _label(self) -> str:
        return f"{self._node.name} at {self._node.url}"

    def _series_uids(self, study_instance_uid: str) -> list[str]:
        return [match.series_instance_uid for match in self.find_series(study_instance_uid)]

    def _pages(self, search: Callable[..., Any], identifier: Dataset, *uids: str) -> tuple[Dataset, ...]:
        """Return every answer, asking on until nothing new comes: an archive may give fewer at once than it has.

        No limit is asked for: Orthanc 1.10 leaves studies out when a limit meets a filter.
        """
        filters, fields = _asked(identifier)
        found: dict[str, Dataset] = {}
        offset = 0
        while True:
            with self._told():
                page = search(*uids, fields=fields, search_filters=filters, offset=offset)
            answers = {_unique(answer): answer for answer in map(Dataset.from_json, page)}
            if answers.keys() <= found.keys():
                return tuple(found.values())
            found |= answers
            offset += len(page)

    def _run(self, jobs: Sequence[Callable[[], None]], here: Callable[[], int], total: int, progress: Progress) -> None:
        """Run jobs four at once; what one of them raises is raised once those that run have ended."""
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix=f"WADO {self.name}") as pool:
            running = [pool.submit(job) for job in jobs]
            try:
                for future in running:
                    with self._told():
                        future.result()
                    count = here()
                    progress.report(count / total, f"{count} of {total} images")
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _require_taken(self, answer: Dataset) -> None:
        failed = [one for one in answer.get("FailedSOPSequence") or [] if one.get("FailureReason") != _DUPLICATE]
        if failed:
            reason = f"0x{int(failed[0].get('FailureReason', 0)):04X}"
            raise ArchiveRefused(
                f"{self._label} did not store {failed[0].ReferencedSOPInstanceUID} and {len(failed) - 1} more (reason "
                f"{reason}); ask its administrator."
            )

    @contextmanager
    def _told(self) -> Generator[None, None, None]:
        """Turn what the library raises into a sentence."""
        try:
            yield
        except requests.HTTPError as error:
            raise self._refusal(error) from error
        except requests.RequestException as error:
            raise self._unreachable(error) from error

    def _refusal(self, error: requests.HTTPError) -> ProsectorError:
        answer = cast(requests.Response, error.response)
        status = answer.status_code
        why = _WORDS.get(status, answer.reason or "it gives no reason")
        kind = _FOR_NOW.get(status, ArchiveRefused)
        return kind(f"{self._label} said no ({status}: {why}).")

    def _unreachable(self, error: requests.RequestException) -> ProsectorError:
        if isinstance(error, requests.exceptions.SSLError):
            return ArchiveRefused(
                f"{self._label}: the certificates do not fit ({error}). Check `ca` and `certificate` in the settings."
            )
        return ArchiveUnreachable(
            f"{self._label} could not be reached or stopped answering ({type(error).__name__}); check that it runs, "
            "that the address in the settings is right and that no firewall stands between."
        )


class _Client(DICOMwebClient):
    """The library's client with the bytes of each object as they travel."""

    def _http_get(self, url: str, params: Any = None, headers: Any = None, stream: bool = False) -> requests.Response:
        """Ask with wildcards as they are: Orthanc 1.10 does not know an encoded asterisk (RFC 3986 allows both)."""
        query = f"?{urlencode(params, doseq=True, safe='*')}" if params else ""
        return super()._http_get(url + query, None, headers, stream)

    def get(self, study_instance_uid: str, series_instance_uid: str, sop_instance_uid: str = "") -> Iterator[bytes]:
        """Return the objects of a series, or one of them, as PS3.10 files in the form in which they are stored."""
        path = f"studies/{study_instance_uid}/series/{series_instance_uid}"
        one = f"/instances/{sop_instance_uid}" if sop_instance_uid else ""
        answer = self._http_get(f"{self.base_url}/{path}{one}", headers={"Accept": _AS_STORED}, stream=True)
        with answer:
            if answer.headers.get("Content-Type", "").startswith("application/dicom"):
                yield answer.content  # some servers send a single object bare
                return
            yield from self._decode_multipart_message(answer, stream=True)

    def post(self, contents: Sequence[bytes]) -> Dataset:
        """Store objects and return what the archive says of each."""
        return self._http_post_multipart_application_dicom(f"{self.base_url}/studies", contents)


class _Fetch:
    """The files of one study that are fetched into a folder."""

    def __init__(self, client: _Client, study_instance_uid: str, folder: Path) -> None:
        self._client = client
        self._study = study_instance_uid
        self._folder = folder

    def here(self, wanted: dict[str, set[str]]) -> int:
        """Return how many of the wanted instances are in the folder."""
        return sum(self._path(uid).exists() for instances in wanted.values() for uid in instances)

    def jobs(self, series: str, instances: set[str]) -> Iterator[Callable[[], None]]:
        """Return what is to be done: nothing of what is here, the whole series, or the missing instances alone."""
        missing = sorted(uid for uid in instances if not self._path(uid).exists())
        if len(missing) == len(instances):
            yield lambda: self._take(instances, self._client.get(self._study, series))
        else:
            for uid in missing:
                yield lambda uid=uid: self._take({uid}, self._client.get(self._study, series, uid))

    def _take(self, expected: set[str], contents: Iterator[bytes]) -> None:
        for content in contents:
            uid = self._uid_of(content)
            if uid in expected and is_whole(content):  # what nobody asked for is not kept, nor a part of something
                write_bytes(self._path(uid), content)

    def _uid_of(self, content: bytes) -> str:
        """Return the SOP Instance UID if the object is one of this study, else nothing."""
        try:
            header = dcmread(
                BytesIO(content), stop_before_pixels=True, specific_tags=["SOPInstanceUID", "StudyInstanceUID"]
            )
        except (InvalidDicomError, EOFError, ValueError, struct.error):
            return ""
        return str(header.get("SOPInstanceUID", "")) if header.get("StudyInstanceUID") == self._study else ""

    def _path(self, sop_instance_uid: str) -> Path:
        return self._folder / f"{sop_instance_uid}.dcm"


def _plain(key: str) -> str:
    """Return a key that fits no less in ASCII: what archives make of other letters in an address differs."""
    return re.sub(r"[^\x20-\x7e]+", "*", key)


class _Bearer(AuthBase):
    """The token of the environment, read anew for each request, because tokens expire (RFC 6750)."""

    def __init__(self, node: DicomWebNode) -> None:
        self._node = node

    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the token to a request; raises `ArchiveRefused` when there is none."""
        token = os.environ.get(self._node.token_variable, "")
        if not token:
            raise ArchiveRefused(
                f"{self._node.name} wants a token, but the environment variable {self._node.token_variable} is empty; "
                "set it before the program starts."
            )
        r.headers["Authorization"] = f"Bearer {token}"
        return r


def _session(node: DicomWebNode) -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # a hospital's proxy is for the internet
    if node.token_variable:
        session.auth = _Bearer(node)
    if node.ca is not None:
        session.verify = str(node.ca)
    if node.certificate is not None and node.key is not None:
        session.cert = (str(node.certificate), str(node.key))
    pool = HTTPAdapter(pool_connections=_AT_ONCE, pool_maxsize=_AT_ONCE)
    session.mount("http://", pool)
    session.mount("https://", pool)
    return session


def _asked(identifier: Dataset) -> tuple[dict[str, str], list[str]]:
    """Return the filters and the fields of a QIDO-RS query that asks what a C-FIND identifier asks."""
    elements = [
        element for element in identifier if element.keyword not in ("QueryRetrieveLevel", "SpecificCharacterSet")
    ]
    filters = {element.keyword: _plain(str(element.value)) for element in elements if element.value}
    return filters, [element.keyword for element in elements if not element.value]


def _unique(answer: Dataset) -> str:
    keywords = ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID")
    return next(filter(None, (text_of(answer, keyword) for keyword in keywords)), "")


def _batches(files: Sequence[Path]) -> Iterator[list[Path]]:
    batch: list[Path] = []
    size = 0
    for path in files:
        batch.append(path)
        size += path.stat().st_size
        if size >= _POST_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _content(path: Path) -> bytes:
    content = path.read_bytes()
    if content[128:132] != b"DICM":
        raise StudyUnreadable(f"{path} cannot be sent because it is not a readable DICOM file.")
    return content
