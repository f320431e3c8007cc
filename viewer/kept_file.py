"""A reader's small JSON file: read, or set aside when it is damaged, so that nothing of it is lost and all is said."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from viewer.language import tr

Kept = TypeVar("Kept", bound=BaseModel)


def read_kept(path: Path, kind: type[Kept], *, whose: str, instead: str, damaged: str) -> tuple[Kept, str]:
    """Return the file, or an empty one and what the reader must be told.

    `instead` says what holds when it cannot be read, `damaged` what happened to `whose` when its content cannot be
    used: the file is then kept as `<name>.damaged.json`.
    """
    try:
        return kind.model_validate_json(path.read_bytes()), ""
    except FileNotFoundError:
        return kind(), ""
    except OSError as error:
        return kind(), tr("{instead}: {path} cannot be read ({strerror}).").format(
            instead=instead, path=path, strerror=error.strerror
        )
    except ValidationError:
        pass
    aside = path.with_suffix(".damaged.json")
    try:
        path.replace(aside)
    except OSError as error:
        return kind(), tr("{instead}: {path} is damaged and cannot be kept ({strerror}).").format(
            instead=instead, path=path, strerror=error.strerror
        )
    return kind(), tr("{whose} were damaged and {damaged}; the old file is kept as {aside}.").format(
        whose=whose, damaged=damaged, aside=aside
    )
