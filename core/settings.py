"""One TOML file per site: who we are, which archives we talk to, where things lie."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from platformdirs import user_config_path, user_data_path
from pydantic import BaseModel, ConfigDict, Discriminator, Field, HttpUrl, Tag, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from core.errors import SettingsInvalid
from core.wording import Language


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Tls(_Section):
    """Our certificate and its key, and the authority that the certificates of others must come from (PEM files)."""

    certificate: Path
    key: Path
    ca: Path


class ThisNode(_Section):
    """Us on the DICOM network: what archives must know to send to us.

    `tls` is who we are by TLS; with `listens_by_tls` nobody reaches us without.
    """

    ae_title: str = Field(default="PROSECTOR", min_length=1, max_length=16)
    host: str = "127.0.0.1"
    port: int = Field(default=11113, ge=1, le=65535)
    tls: Tls | None = None
    listens_by_tls: bool = False


class DimseNode(_Section):
    """One archive. `profile` names its product (docs/pacs.md), and `quirks` is what is otherwise at this site.

    `retrieve` is how studies come: C-GET on our association, C-MOVE to our listener, or `auto` as the profile says and
    the other way when it brings nothing. With `tls` it is spoken to by TLS; its certificate must be for `tls_name`, or
    for `host` when that is empty. Objects go to `store_ae_title` and `store_port` where those differ.
    """

    name: str = Field(min_length=1)
    ae_title: str = Field(min_length=1, max_length=16)
    host: str = Field(min_length=1)
    port: int = Field(ge=1, le=65535)
    profile: str = "generic"
    quirks: dict[str, Any] = Field(default_factory=dict)
    store_ae_title: str = Field(default="", max_length=16)
    store_port: int | None = Field(default=None, ge=1, le=65535)
    retrieve: Literal["auto", "get", "move"] = "auto"
    associations: int = Field(default=4, ge=1, le=16)
    """How many may be open at a time for one retrieve or one store."""
    tls: bool = False
    tls_name: str = ""
    connect_timeout_s: float = Field(default=5.0, gt=0)
    query_timeout_s: float = Field(default=30.0, gt=0)
    retrieve_timeout_s: float = Field(default=120.0, gt=0)
    """Seconds without any sub-operation before a retrieve counts as stalled; progress starts it anew."""
    store_timeout_s: float = Field(default=15.0, gt=0)
    proof: Literal["read-back", "commitment"] = "read-back"
    """What shows that the archive keeps a signed report: we read it back, or the archive says so when asked."""
    commitment_wait_s: float = Field(default=5.0, gt=0)
    """Seconds that we stay on the line for the answer; later it comes to [this_node] on an association of theirs."""
    commitment_timeout_s: float = Field(default=600.0, gt=0)
    """Seconds after which an archive that has not answered is read back from instead."""


class _WebService(_Section):
    """A server of the hospital. `unencrypted` allows plain http beyond this machine.

    `ca` is whom its certificate must come from when the system does not know it; `certificate` and `key` are ours.
    """

    url: HttpUrl
    unencrypted: bool = False
    token_variable: str = ""
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    connect_timeout_s: float = Field(default=5.0, gt=0)

    @model_validator(mode="after")
    def _encrypted(self) -> Self:
        here = self.url.host in ("localhost", "127.0.0.1", "[::1]")
        if self.url.scheme != "https" and not here and not self.unencrypted:
            raise ValueError("patients' data would go unencrypted; use https, or say unencrypted = true")
        return self


class DicomWebNode(_WebService):
    """One archive that speaks DICOMweb. `token_variable` names the environment variable with its bearer token."""

    name: str = Field(min_length=1)
    read_timeout_s: float = Field(default=60.0, gt=0)


_KINDS = ("DIMSE", "DICOMweb")


def _kind_of_archive(value: object) -> str:
    is_web = "url" in value if isinstance(value, dict) else isinstance(value, DicomWebNode)
    return _KINDS[bool(is_web)]


ArchiveNode = Annotated[
    Annotated[DimseNode, Tag("DIMSE")] | Annotated[DicomWebNode, Tag("DICOMweb")], Discriminator(_kind_of_archive)
]
"""An archive with an `url` is spoken to by DICOMweb, any other by DIMSE."""


class ReaderSettings(_Section):
    """The signing radiologist; `name` in DICOM's PN form (Family^Given)."""

    name: str = ""
    organization: str = ""
    pkcs12: Path | None = None
    trusted_ca: Path | None = None
    identifier: str = ""
    """The reader's number in RIS and EHR."""
    signs: Literal["final", "preliminary"] = "final"
    """A reader in training signs as preliminary; another one then verifies."""


class SigningSettings(_Section):
    """Whose signatures count, and how they are made.

    With `pkcs11_module` (the library of the maker of the smart cards) the reader's key is on a card; `token` is its
    label where several are present. `revocation_lists` are files of the CAs in [reader] trusted_ca. With `tsa_url`
    every signature carries a time stamp of that authority (RFC 3161).
    """

    pkcs11_module: Path | None = None
    token: str = ""
    tsa_url: HttpUrl | None = None
    revocation_lists: tuple[Path, ...] = ()


class ViewingSettings(_Section):
    """How the images answer the hand; `darker_drag` is the direction that raises the level in a window drag.

    `language` is the window's; "" is that of the system.
    """

    darker_drag: Literal["down", "up"] = "down"
    language: Literal["", "en", "de", "es"] = ""
    prefetch_priors: int = Field(default=2, ge=0)
    """How many earlier prostate MRs of the patient, the newest, are fetched before one is asked for; 0 is none."""


ReportObject = Literal["sr", "seg", "overlay", "gsps", "key_images", "suspicion_map", "pdf", "ohif_sr", "basic_text_sr"]
"""What signing can store of a report (docs/reports.md)."""


class ReportingSettings(_Section):
    """How reports are written. `language` is that of new ones; it can be changed in each.

    A file of `templates`/<language>/ stands for ours of the same name. `macros` are texts by the name that expands to
    them in the report editor.
    """

    language: Language = Language.ENGLISH
    templates: Path | None = None
    macros: dict[Annotated[str, Field(pattern=r"^\w+$")], str] = Field(default_factory=dict)
    objects: tuple[ReportObject, ...] = ("sr", "seg", "overlay", "gsps", "key_images", "pdf")
    """What signing stores. A report is reopened from its SR and SEG, so both are always there."""

    @model_validator(mode="after")
    def _reopens(self) -> Self:
        missing = [name for name in ("sr", "seg") if name not in self.objects]
        if missing:
            raise ValueError(f"objects lacks {' and '.join(missing)}, which every report is reopened from; add it")
        return self


class RisSettings(_Section):
    """The RIS that results go to, as HL7 v2.5.1 ORU^R01 over MLLP.

    With `tls` its certificate must come from `ca` (or from whom the system trusts), and ours is `certificate` with
    `key`. The names of applications and facilities are MSH-3 to MSH-6; `assigning_authority` is CX-4 of the patient's
    ID. `text` is how OBX-5 carries text: TX with one repetition a line, or FT with `\\.br\\`.
    """

    name: str = "RIS"
    host: str = Field(min_length=1)
    port: int = Field(ge=1, le=65535)
    tls: bool = False
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    sending_application: str = "PROSECTOR"
    sending_facility: str = ""
    receiving_application: str = ""
    receiving_facility: str = ""
    assigning_authority: str = ""
    processing_id: Literal["P", "T", "D"] = "P"
    text: Literal["TX", "FT"] = "TX"
    pdf: bool = True
    without_accession: Literal["hold", "send"] = "hold"
    """A report of a study without accession number is kept here with a sentence, or sent without."""
    connect_timeout_s: float = Field(default=5.0, gt=0)
    answer_timeout_s: float = Field(default=30.0, gt=0)


class OrdersSettings(_Section):
    """Where the RIS sends orders to: ORM^O01 and OMI^O23 over MLLP.

    With `certificate` and `key` the listener speaks TLS only, and with `ca` it wants a certificate that comes from it.
    `assigning_authority` chooses the patient's ID where the RIS sends several; without it any of them counts.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=2575, ge=0, le=65535)
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    assigning_authority: str = ""
    application: str = "PROSECTOR"
    processing_id: Literal["P", "T", "D"] = "P"
    idle_timeout_s: float = Field(default=300.0, gt=0)


class FhirSettings(_WebService):
    """The server that results go to as a FHIR R4B transaction.

    The token is in the environment variable `token_variable`, else in the keyring of the system under the service
    `prosector` and that name. `patient` is whether the server must know the patient (`match`) or learns of him when it
    does not (`create`). The systems are the URIs of the site's patient IDs and accession numbers.
    """

    name: str = "EHR"
    patient: Literal["match", "create"] = "match"
    patient_system: str = ""
    accession_system: str = ""
    answer_timeout_s: float = Field(default=60.0, gt=0)


class AnalysisSettings(_Section):
    """What the AI does that it does not do by itself.

    With `bend_diffusion` it bends diffusion images onto axial T2 in the gland after it has shifted and turned them,
    where that is plainly better (docs/ai.md, Registration).
    """

    bend_diffusion: bool = False


class WatchSettings(_Section):
    """`prosector watch`, which analyses studies before anyone opens them (docs/watch.md).

    Studies come by forward to [this_node] when `forward` says so, by asking the archives named in `poll` for those of
    the last `look_back_days`, and by orders where [orders] is set. A study is complete when nothing came of it for
    `quiet_s`, at the latest `cap_s` after its first image. Results go to the archive named `store_to`.
    """

    store_to: str = Field(min_length=1)
    forward: bool = True
    poll: tuple[str, ...] = ()
    poll_every_s: float = Field(default=30.0, gt=0)
    look_back_days: int = Field(default=2, ge=0)
    quiet_s: float = Field(default=90.0, ge=0)
    cap_s: float = Field(default=1800.0, gt=0)
    at_a_time: int = Field(default=1, ge=1)
    """How many studies are analysed at once."""
    retries: int = Field(default=5, ge=0)
    """How often a study is tried again when an archive said no or the disk was full."""
    keep_hours: float = Field(default=72.0, gt=0)
    """How long the images of a study stay here after the last of them came."""
    lease_s: float = Field(default=120.0, gt=0)
    """How long a watcher that says nothing keeps its study from the others that share the queue."""
    database_url: str = ""
    """The queue of several watchers, for example postgresql+psycopg://prosector@db/prosector; "" is our SQLite file."""
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8790, ge=0, le=65535)

    @model_validator(mode="after")
    def _looks_twice(self) -> Self:
        if self.poll and self.quiet_s <= self.poll_every_s:
            raise ValueError("a study would count as complete between two looks; make quiet_s longer than poll_every_s")
        return self


class UseSettings(_Section):
    """What is kept of readers for the dashboard: pseudonyms, their names as well, or nothing that tells them apart."""

    readers: Literal["pseudonyms", "named", "together"] = "pseudonyms"


class WorklistSettings(_Section):
    """How the worklist ranks studies, and what readers share (docs/worklist.md). The scales are each model's own.

    From the score `high` a study is high, from `medium` medium; a PSA density of `psa_density` ng/mL² raises it. It is
    due `routine_hours` after the examination, one ordered as urgent after `urgent_hours`; what was examined more than
    `waiting_days` ago is taken for read elsewhere.
    """

    high: float = Field(default=0.5, gt=0, le=1)
    medium: float = Field(default=0.2, gt=0, le=1)
    psa_density: float = Field(default=0.15, gt=0)
    routine_hours: float = Field(default=72.0, gt=0)
    urgent_hours: float = Field(default=24.0, gt=0)
    waiting_days: float = Field(default=60.0, gt=0)
    live_every_s: float = Field(default=30.0, ge=0)
    """How often the archive is asked for what is new; 0 is only when the reader asks."""
    most: int = Field(default=10_000, ge=1)
    """How many studies are listed at most, the newest."""
    claims_url: str = ""
    """Where readers share who reads what; "" is the watchers' database where [watch] names one, else this machine."""
    claim_hours: float = Field(default=8.0, gt=0)
    """How long a claim holds that nobody gives back."""


class ClusterSettings(_Section):
    """The Dask scheduler whose workers run the AI for this workstation, tcp://HOST:PORT or tls://HOST:PORT."""

    address: str = Field(pattern=r"^(tcp|tls)://.+:\d+$")


class Settings(BaseSettings):
    """The whole file; frozen, and a misspelt key is named."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", env_prefix="PROSECTOR_", env_nested_delimiter="__")

    data_folder: Path = Field(default_factory=lambda: user_data_path("prosector", appauthor=False))
    this_node: ThisNode = ThisNode()
    archives: tuple[ArchiveNode, ...] = ()
    reader: ReaderSettings = ReaderSettings()
    signing: SigningSettings = SigningSettings()
    viewing: ViewingSettings = ViewingSettings()
    reporting: ReportingSettings = ReportingSettings()
    analysis: AnalysisSettings = AnalysisSettings()
    ris: RisSettings | None = None
    orders: OrdersSettings | None = None
    fhir: FhirSettings | None = None
    watch: WatchSettings | None = None
    cluster: ClusterSettings | None = None
    worklist: WorklistSettings = WorklistSettings()
    use: UseSettings = UseSettings()
    result_codes: Path | None = None
    """The site's own codes for RIS and EHR; what it does not name is as in resources/codes/ris.toml."""

    @property
    def cache_folder(self) -> Path:
        """Where retrieved studies lie, one folder each."""
        return self.data_folder / "studies"

    @property
    def models_folder(self) -> Path:
        """Where installed model packs lie, one folder each."""
        return self.data_folder / "models"

    @property
    def database(self) -> Path:
        """The SQLite file with drafts."""
        return self.data_folder / "prosector.sqlite"

    @property
    def audit_trail(self) -> Path:
        """The audit trail."""
        return self.data_folder / "audit.jsonl"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Values given in code win over the environment, which wins over the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, _settings_file())


def _settings_file() -> Path:
    named = os.environ.get("PROSECTOR_SETTINGS")
    return Path(named) if named else user_config_path("prosector", appauthor=False) / "prosector.toml"


def _place(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in loc if part not in _KINDS)


def load_settings(named: Path | None = None) -> Settings:
    """Read the site's settings; raises `SettingsInvalid` naming the key and what is wrong with it.

    A `named` file is that of this process and its children from now on.
    """
    if named is not None:
        os.environ["PROSECTOR_SETTINGS"] = str(named)
    file = _settings_file()
    if "PROSECTOR_SETTINGS" in os.environ and not file.exists():
        raise SettingsInvalid(f"The settings file {file} named by PROSECTOR_SETTINGS does not exist.")
    try:
        return Settings()
    except ValidationError as error:
        told = "; ".join(f"{_place(e['loc'])}: {e['msg']}" for e in error.errors())
        raise SettingsInvalid(f"The settings in {file} are not usable. {told}.") from error
    except ValueError as error:
        raise SettingsInvalid(f"The settings file {file} is not valid TOML: {error}.") from error
