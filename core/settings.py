"""One TOML file per site: who we are, which archives we talk to, where things lie."""

import os
from pathlib import Path
from typing import Literal

from platformdirs import user_config_path, user_data_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from core.errors import SettingsInvalid


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ThisNode(_Section):
    """Us on the DICOM network: what archives must know to send to us."""

    ae_title: str = Field(default="PROSECTOR", min_length=1, max_length=16)
    host: str = "127.0.0.1"
    port: int = Field(default=11113, ge=1, le=65535)


class DimseNode(_Section):
    """One archive. `retrieve` is how studies come: C-GET on our association, or C-MOVE to our listener."""

    name: str = Field(min_length=1)
    ae_title: str = Field(min_length=1, max_length=16)
    host: str = Field(min_length=1)
    port: int = Field(ge=1, le=65535)
    retrieve: Literal["get", "move"] = "get"
    connect_timeout_s: float = Field(default=5.0, gt=0)
    query_timeout_s: float = Field(default=30.0, gt=0)
    retrieve_timeout_s: float = Field(default=120.0, gt=0)
    """Seconds without any sub-operation before a retrieve counts as stalled; progress starts it anew."""
    store_timeout_s: float = Field(default=15.0, gt=0)


class ReaderSettings(_Section):
    """The signing radiologist; `name` in DICOM's PN form (Family^Given)."""

    name: str = ""
    organization: str = ""
    pkcs12: Path | None = None
    trusted_ca: Path | None = None


class ViewingSettings(_Section):
    """How the images answer the hand; `darker_drag` is the direction that raises the level in a window drag.

    `language` is the window's; "" is that of the system.
    """

    darker_drag: Literal["down", "up"] = "down"
    language: Literal["", "en", "de", "es"] = ""


class Settings(BaseSettings):
    """The whole file; frozen, and a misspelt key is named."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", env_prefix="PROSECTOR_", env_nested_delimiter="__")

    data_folder: Path = Field(default_factory=lambda: user_data_path("prosector", appauthor=False))
    this_node: ThisNode = ThisNode()
    archives: tuple[DimseNode, ...] = ()
    reader: ReaderSettings = ReaderSettings()
    viewing: ViewingSettings = ViewingSettings()

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
        told = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise SettingsInvalid(f"The settings in {file} are not usable. {told}.") from error
    except ValueError as error:
        raise SettingsInvalid(f"The settings file {file} is not valid TOML: {error}.") from error
