"""What readers said a series is for: remembered per scanner and protocol, used in later studies, and forgotten."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from filelock import FileLock
from pydantic import TypeAdapter, ValidationError

from core.audit import Action
from core.errors import CannotWrite
from core.files import write_bytes
from core.study import Correction, Role, RoleChoice, ScannerProtocol, Stack
from inference.scanner_protocol import scanner_protocol
from inference.stack_facts import StackFacts, stacks_of
from service.workspace import Workspace

_CORRECTIONS = TypeAdapter(tuple[Correction, ...])
_Change = Callable[[Sequence[Correction]], tuple[Correction, ...]]


class _Damaged(CannotWrite):
    """The file holds something else than what readers said."""


def remembered(ws: Workspace) -> tuple[Correction, ...]:
    """Return what readers said on this workstation, the newest last; raises `CannotWrite` when it cannot be read.

    A damaged file is not passed over: what a reader once said about a scanner would be forgotten without a word.
    Opening a study sets it aside and says so.
    """
    return _read(_file(ws))


def remembered_or_set_aside(ws: Workspace) -> tuple[tuple[Correction, ...], str]:
    """Return what readers said, and what the reader must be told when the file is damaged; raises `CannotWrite`.

    A damaged file keeps no study from being read: it is kept as `series_roles.damaged.json`.
    """
    path = _file(ws)
    try:
        return _read(path), ""
    except _Damaged:
        aside = path.with_suffix(".damaged.json")
    with ws.trail.step(Action.EDIT) as detail:
        detail["what"] = "damaged file of series roles set aside"
        try:
            path.replace(aside)
        except OSError as error:
            raise CannotWrite(f"{path} is damaged and cannot be set aside ({error.strerror}); remove it.") from error
    return (), (
        f"What readers chose as series for their scanners was damaged and begins anew; the old file is kept as {aside}."
    )


def use_as(ws: Workspace, choice: RoleChoice, role: Role) -> Correction:
    """Remember that a series is to be used for a role, `OTHER` for nothing; audited. Raises `CannotWrite`."""
    stack = _stack_for(choice, role)
    said = Correction(
        scanner_protocol(stack), role, stack.series.series_instance_uid, datetime.now().astimezone().date()
    )
    with ws.trail.step(Action.EDIT, [said.series_instance_uid]) as detail:
        detail["what"] = f"series used as {role.value}"
        detail["scanner"] = said.key.scanner
        _change(ws, lambda others: (*(one for one in others if not _is_about(one, said)), said))
    return said


def forget(ws: Workspace, choice: RoleChoice) -> int:
    """Forget what was said of a series, and of its scanner and protocol; audited. Returns how many words went."""
    keys = {scanner_protocol(facts.stack) for facts in stacks_of(choice.stack.series)}
    uid = choice.stack.series.series_instance_uid
    gone: list[Correction] = []

    def without(others: Sequence[Correction]) -> tuple[Correction, ...]:
        gone.extend(one for one in others if _is_of(one, keys, uid))
        return tuple(one for one in others if one not in gone)

    with ws.trail.step(Action.EDIT, [uid]) as detail:
        _change(ws, without)
        detail["what"] = "use of a series forgotten"
        detail["forgotten"] = len(gone)
    return len(gone)


def is_remembered(corrections: Sequence[Correction], choice: RoleChoice) -> bool:
    """Tell whether something was said of a series, or of its scanner and protocol."""
    series = choice.stack.series
    if not corrections or series.modality != "MR" or not choice.stack.instances:
        return False
    keys = {scanner_protocol(facts.stack) for facts in stacks_of(series)}
    return any(_is_of(one, keys, series.series_instance_uid) for one in corrections)


def _is_of(one: Correction, keys: set[ScannerProtocol], series_instance_uid: str) -> bool:
    return one.series_instance_uid == series_instance_uid or bool(one.key.scanner and one.key in keys)


def _is_about(one: Correction, other: Correction) -> bool:
    """Tell whether one word replaces the other: of the same series, or of the same scanner and protocol."""
    return one.key == other.key and (bool(one.key.scanner) or one.series_instance_uid == other.series_instance_uid)


def _stack_for(choice: RoleChoice, role: Role) -> Stack:
    """Return the stack of a series without a role that serves this one best: by its b-value, or as it is a map."""
    if choice.role is not Role.OTHER and len(choice.stacks) == 1:
        return replace(choice.stack, time_s=None)
    stacks = stacks_of(choice.stack.series)

    def rank(facts: StackFacts) -> float:
        if role is Role.HIGH_B:
            return facts.stack.b_value or 0.0
        return float(facts.is_adc is (role is Role.ADC))

    return max(stacks, key=rank).stack


def _file(ws: Workspace) -> Path:
    return ws.settings.data_folder / "series_roles.json"


def _read(path: Path) -> tuple[Correction, ...]:
    try:
        return _CORRECTIONS.validate_json(path.read_bytes())
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise CannotWrite(f"{path} cannot be read ({error.strerror}); see to its rights.") from error
    except ValidationError as error:
        raise _Damaged(
            f"{path}, which keeps what readers chose as series for their scanners, is damaged; restore it from the "
            "backup, or remove it to begin anew."
        ) from error


def _change(ws: Workspace, change: _Change) -> None:
    path = _file(ws)
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock")):
        write_bytes(path, _CORRECTIONS.dump_json(change(_read(path)), indent=1))
