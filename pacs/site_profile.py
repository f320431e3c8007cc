"""What is peculiar to an archive, as data: one file per product in resources/sites, and what a site says otherwise."""

import tomllib
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from core.errors import SettingsInvalid
from core.settings import DimseNode

Way = Literal["get", "move"]
"""How studies come: C-GET on our association, or C-MOVE to our listener."""

_OF_THE_NODE = ("retrieve_timeout_s",)
"""Settings of the archive itself that stand for those of its profile when they are given."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class SiteProfile:
    """How one product is asked, retrieved from and sent to; `sources` say where each peculiarity was learnt."""

    title: str = Field(min_length=1)
    sources: tuple[str, ...] = ()

    retrieve: Annotated[tuple[Way, ...], Field(min_length=1)] = ("get", "move")
    """The ways to try in this order; the next one only when the archive brings nothing by the one before."""
    retrieve_level: Literal["image", "series", "study"] = "image"
    """The finest level at which it sends: with `image` what is missing of a begun series comes by itself."""
    uids_at_once: Annotated[int, Field(ge=1)] = 200
    """How many SOP Instance UIDs one retrieve request may list."""
    transfer_syntaxes: Literal["as-archived", "uncompressed"] = "as-archived"
    """What a C-GET proposes: also the compressions that it may hold, or none because it never sends one."""
    retrieve_timeout_s: Annotated[float, Field(gt=0)] = 120.0
    """How long it may take before the first image and between two."""

    modality_key: bool = True
    """Whether ModalitiesInStudy may be a matching key; otherwise the series are looked at (PS3.4 C.6.2.1.2)."""
    wildcards: Literal["both", "end"] = "both"
    """Where a key for a part of a name or an ID may have its asterisk."""
    name_case: Literal["any", "as-typed"] = "any"
    """Whether names match in either case; otherwise they are asked for as typed, in capitals and capitalised."""
    character_set: Literal["ISO_IR 192", "ISO_IR 100", "ISO_IR 6"] = "ISO_IR 192"
    """What a query is written in; letters that it lacks are asked for as wildcards and compared here."""
    split_dates: bool = True
    """Whether a query with too many answers is put again in two halves of its dates."""

    max_pdu: Annotated[int, Field(ge=4096, le=131072)] = 131072
    """The longest PDU that we ask for, in bytes."""
    separate_storage: bool = False
    """Whether objects go to another AE title than queries, which the settings must name (`store_ae_title`)."""
    storage_commitment: bool = True
    """Whether it answers N-ACTION of Storage Commitment; otherwise what was sent is read back."""


PLAIN = SiteProfile(title="Any archive")
"""What PS3.4 promises of every SCP; resources/sites/generic.toml says the same."""


def site_profile(node: DimseNode) -> SiteProfile:
    """Return how an archive behaves: its profile, with what the settings say otherwise; raises `SettingsInvalid`."""
    named = _named(node.profile)
    told = {**node.quirks, **{key: getattr(node, key) for key in _OF_THE_NODE if key in node.model_fields_set}}
    if node.retrieve != "auto":
        told["retrieve"] = (node.retrieve,)
    return _checked({**asdict(named), **told}, f"archives.{node.name}.quirks") if told else named


def storage_of(node: DimseNode) -> DimseNode:
    """Return the archive as it takes objects: many products do so under another AE title, at another port."""
    where = {"ae_title": node.store_ae_title or node.ae_title, "port": node.store_port or node.port}
    return node.model_copy(update=where)


def profile_names() -> tuple[str, ...]:
    """Return the names of the products that there is a profile of."""
    named = (file.name for file in files("resources").joinpath("sites").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in named if name.endswith(".toml")))


@cache
def _named(name: str) -> SiteProfile:
    file = files("resources").joinpath(f"sites/{name}.toml")
    if name not in profile_names():
        raise SettingsInvalid(
            f"There is no site profile “{name}”; `profile` of an archive may be {', '.join(profile_names())}."
        )
    return _checked(tomllib.loads(file.read_text("utf-8")), f"resources/sites/{name}.toml")


def _checked(keys: dict[str, object], where: str) -> SiteProfile:
    try:
        return TypeAdapter(SiteProfile).validate_python(keys)
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise SettingsInvalid(f"{where} cannot be used. {told}.") from error
