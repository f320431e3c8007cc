"""`prosector models`: which models there are, what they are, adding, checking and choosing them."""

import argparse
import shutil
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import ModelInvalid

if TYPE_CHECKING:
    from core.study import Role
    from inference.models import Models
    from inference.packs.pack import Pack
    from inference.packs.store import PackStore
    from service.commands import Commands


def chosen_models(folder: Path) -> "Models":
    """Return the models that were chosen for each task; raises `ModelMissing` when a chosen one is gone."""
    from inference.models import Models
    from inference.packs.fast import with_engine
    from inference.packs.pack import Engine, Task
    from inference.packs.store import PackStore

    store = PackStore(folder)
    gland, zones, lesions = (with_engine(folder, store.default(task)) for task in Task)
    return Models(
        *(None if store.is_builtin(pack) else pack for pack in (gland, zones, lesions)),
        gland_engine=gland.engine if store.is_builtin(gland) else Engine.PLAIN,
    )


def add_models_command(commands: "Commands") -> None:
    """Add `models` with its own commands; nothing heavy is imported before one runs."""
    top = commands.add_parser("models", help="list, inspect, add, verify, remove and choose models")
    subs = top.add_subparsers(metavar="COMMAND", required=True)
    _sub(subs, "list", "every model, by task; * is the one that the analysis runs", _list)
    _named(_sub(subs, "info", "what a model is, needs and says, and its card", _info))
    _add_arguments(_sub(subs, "add", "install a model from a folder or an archive that was downloaded", _add))
    _sub(subs, "verify", "compare every file with its digest", _verify).add_argument("name", nargs="?", metavar="NAME")
    _named(_sub(subs, "remove", "delete an installed model", _remove))
    _named(_sub(subs, "default", "let the analysis run this model for its task", _default))
    fast = _sub(subs, "check-fast", "measure whether OpenVINO may run a model faster on this CPU", _check_fast)
    _named(fast)
    fast.add_argument(
        "--study",
        type=Path,
        action="append",
        metavar="FOLDER",
        help="a study to compare on, may be given several times (default: the made-up one of “prosector phantom”)",
    )
    fast.add_argument("--off", action="store_true", help="forget the check, so that the plain engine runs it")


def _sub(
    subs: "Commands", name: str, told: str, run: Callable[["PackStore", argparse.Namespace], None]
) -> argparse.ArgumentParser:
    sub = subs.add_parser(name, help=told)
    sub.set_defaults(run=lambda arguments: _run(run, arguments))
    return sub


def _named(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("name", metavar="NAME", help="name, or name-version")


def _add_arguments(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "source", type=Path, metavar="PATH", help="a pack, an nnU-Net v2 results folder, a MONAI bundle, or an archive"
    )
    sub.add_argument("--name", help="what to call it (default: as its publisher does)")
    sub.add_argument("--version", help="its version (default: its publisher's, else 1)")
    sub.add_argument("--licence", help="under which licence it was published")
    sub.add_argument(
        "--task", choices=("gland", "zones", "lesions"), help="what it is for, where its labels do not say"
    )
    sub.add_argument(
        "--channels", metavar="ROLES", help="its sequences in order, where it does not say: t2_axial,adc,high_b"
    )
    sub.add_argument("--folds", metavar="FOLDS", help="which folds of an nnU-Net, for example 0,1 (default: all)")
    sub.add_argument(
        "--mirrored", action="store_true", help="an nnU-Net averages mirrored images too (about 8 times as long)"
    )


def _run(command: "Callable[[PackStore, argparse.Namespace], None]", arguments: argparse.Namespace) -> int:
    from core.settings import load_settings
    from inference.packs.store import PackStore

    command(PackStore(load_settings().models_folder), arguments)
    return 0


def _list(store: "PackStore", arguments: argparse.Namespace) -> None:
    from inference.packs.pack import Task

    defaults = {task: store.default(task).key for task in Task}
    for task in Task:
        print(f"{task}:")
        for pack in (pack for pack in store.packs() if pack.task is task):
            mark = "*" if pack.key == defaults[task] else " "
            print(f"  {mark} {pack.key:<40} {pack.adapter:<13} {pack.licence}")


def _info(store: "PackStore", arguments: argparse.Namespace) -> None:
    from inference.packs.builtin import built_in_card
    from inference.packs.fast import facts_of, read_check

    pack = store.pack(arguments.name)
    check = read_check(store.folder, pack)
    told = facts_of(check, pack) if check else ("not checked here; the plain engine runs it",)
    for name, value in (*_facts(pack), *(("faster mode" if line == 0 else "", fact) for line, fact in enumerate(told))):
        print(f"{name:<16} {value}")
    card = built_in_card(pack) if store.is_builtin(pack) else pack.folder / "CARD.md"
    if card.is_file():
        print(f"\n{card.read_text(encoding='utf-8').rstrip()}")


def _facts(pack: "Pack") -> tuple[tuple[str, str], ...]:
    return (
        ("name", pack.key),
        ("task", pack.task),
        ("intended use", pack.intended_use),
        ("licence", pack.licence),
        ("adapter", pack.adapter),
        ("inputs", ", ".join(channel.role for channel in pack.channels)),
        ("outputs", "; ".join(f"{o.concept.meaning} ({o.concept.value}, {o.concept.scheme})" for o in pack.outputs)),
        ("threshold", f"{pack.threshold:g}: {pack.threshold_source}"),
        ("calibrated", pack.calibrated_on or "no; its numbers are no probability"),
        ("sha256", pack.sha256),
        ("folder", str(pack.folder)),
    )


def _add(store: "PackStore", arguments: argparse.Namespace) -> None:
    from inference.packs.archive import require_no_pointers, unpack
    from inference.packs.foreign import Told, write_pack
    from inference.packs.pack import Task

    told = Told(
        name=arguments.name,
        version=arguments.version,
        licence=arguments.licence,
        task=arguments.task and Task(arguments.task),
        channels=arguments.channels and _roles(arguments.channels),
        folds=arguments.folds and tuple(arguments.folds.split(",")),
        mirrored=arguments.mirrored,
    )
    source: Path = arguments.source
    if not source.exists():
        raise ModelInvalid(f"{source} does not exist; give the folder or archive that was downloaded.")
    unpacked = None if source.is_dir() else Path(tempfile.mkdtemp(prefix="prosector-model-"))
    try:
        if unpacked is not None:
            unpack(source, unpacked)
        folder = unpacked or source
        require_no_pointers(folder)
        pack = store.add(lambda target: write_pack(folder, target, told), str(source))
    finally:
        if unpacked is not None:
            shutil.rmtree(unpacked, ignore_errors=True)
    print(f"{pack.key} is installed for {pack.task}. “prosector models default {pack.key}” lets the analysis run it.")
    if pack.adapter == "monai-bundle":
        print("The configuration of a MONAI bundle is a program: run it only when you trust who published it.")


def _roles(text: str) -> "tuple[Role, ...]":
    from core.study import Role
    from inference.packs.read import ROLES

    words = text.split(",")
    for word in words:
        if word not in ROLES:
            raise ModelInvalid(f"--channels: “{word}” is none of {', '.join(ROLES)}.")
    return tuple(Role(word) for word in words)


def _verify(store: "PackStore", arguments: argparse.Namespace) -> None:
    from inference.packs.pack import verify

    for pack in (store.pack(arguments.name),) if arguments.name else store.packs():
        verify(pack)
        print(f"{pack.key} is as it was installed: {len(pack.files)} files.")


def _remove(store: "PackStore", arguments: argparse.Namespace) -> None:
    print(f"{store.remove(arguments.name).key} was removed.")


def _default(store: "PackStore", arguments: argparse.Namespace) -> None:
    pack = store.set_default(arguments.name)
    print(f"{pack.key} is what the analysis runs for {pack.task}.")


def _check_fast(store: "PackStore", arguments: argparse.Namespace) -> None:
    from inference.fast_check import check_fast, require_possible
    from inference.packs.fast import facts_of, forget_check, write_check
    from inference.read import read_study
    from inference.recognise import recognise
    from service.terminal import TerminalProgress

    pack = store.pack(arguments.name)
    if arguments.off:
        had = forget_check(store.folder, pack)
        print(f"{pack.key} runs on its plain engine{'' if had else ', as before: there was no check'}.")
        return
    require_possible(pack)
    with _studies(arguments.study) as (folders, images), TerminalProgress() as progress:
        check = check_fast(pack, [recognise(read_study(folder)) for folder in folders], images, progress)
    write_check(store.folder, pack, check)
    print(f"{pack.key}", *facts_of(check, pack), sep="\n  ")


@contextmanager
def _studies(given: list[Path] | None) -> "Generator[tuple[list[Path], str]]":
    """Give the folders to compare on, and what they are called in the record: no name of a patient or study."""
    if given:
        yield given, f"{len(given)} {'study' if len(given) == 1 else 'studies'} of this site"
        return
    from service.phantom import make_phantom

    with tempfile.TemporaryDirectory(prefix="prosector-") as folder:
        make_phantom(Path(folder))
        yield [Path(folder)], "the made-up study that comes with the program"
