"""The command line: `prosector COMMAND`. Nothing heavy is imported before a command runs."""

import argparse
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import TYPE_CHECKING, cast

from service.board_command import add_board_command
from service.check_command import add_check_command
from service.commands import Commands
from service.models import add_models_command
from service.outbox_commands import add_outbox_command
from service.ris_commands import add_ris_command
from service.use_commands import add_use_command
from service.watch_commands import add_watch_command, add_worker_command

if TYPE_CHECKING:
    from datetime import datetime

    from core.settings import Settings
    from reporting.trust import Trust


Run = Callable[[argparse.Namespace], int]

_DESCRIPTION = "Prosector reads prostate MRI with AI. Research use only — not a medical device."
_EPILOG = "Settings are read from prosector.toml in the user's configuration folder, or from $PROSECTOR_SETTINGS."


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns 0 done, 1 failed (a sentence on stderr), 2 wrong arguments."""
    arguments = parser().parse_args(argv)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    from core.errors import ProsectorError
    from core.progress import Cancelled

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return cast(Run, arguments.run)(arguments)
    except ProsectorError as error:
        print(error, file=sys.stderr)
        return int(getattr(error, "exit_status", 1))
    except (Cancelled, KeyboardInterrupt):
        print("Stopped.", file=sys.stderr)
        return 1
    except Exception as error:
        logging.getLogger(__name__).exception("unexpected")
        print(f"Something unexpected went wrong: {error}. Nothing was sent.", file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    """Return the parser with every command, those that other packages register included."""
    top = argparse.ArgumentParser(prog="prosector", description=_DESCRIPTION, epilog=_EPILOG)
    top.add_argument("--version", action="version", version=f"prosector {version('prosector')}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for entry in sorted(entry_points(group="prosector.commands"), key=lambda entry: entry.name, reverse=True):
        entry.load()(commands)
    for add in (
        _add_analyse,
        _add_verify,
        add_models_command,
        _add_phantom,
        _add_pacs,
        add_outbox_command,
        add_ris_command,
        add_check_command,
        add_board_command,
        add_use_command,
        add_watch_command,
        add_worker_command,
        _add_audit,
    ):
        add(commands)
    return top


def _add_analyse(commands: Commands) -> None:
    sub = commands.add_parser("analyse", help="run the AI on a folder of DICOM files and write SEG, SR and overlays")
    sub.add_argument("folder", type=Path, metavar="FOLDER", help="the DICOM files of one study")
    sub.add_argument("--output", type=Path, required=True, metavar="DIR", help="a new folder for the results")
    sub.set_defaults(run=_analyse)


def _analyse(arguments: argparse.Namespace) -> int:
    from service.analysis import analyse, expected, write_findings
    from service.corrections import remembered_or_set_aside
    from service.reading import open_folder
    from service.terminal import TerminalProgress
    from service.workspace import open_workspace

    ws = open_workspace(_settings())
    try:
        with TerminalProgress() as progress:
            corrections, told = remembered_or_set_aside(ws)
            if told:
                print(told, file=sys.stderr)
            opened = open_folder(arguments.folder, corrections=corrections)
            progress.expect(expected(ws))
            findings = analyse(ws, opened, progress)
            if findings.kept_since is not None:
                told = f"Same images, models and program as on {_moment(findings.kept_since)}: answered from that run."
                print(told, file=sys.stderr)
            write_findings(findings, opened, arguments.output, ws.settings.reporting.language)
    finally:
        ws.close()
    return 0


def _moment(when: "datetime") -> str:
    return when.astimezone().strftime("%Y-%m-%d %H:%M")


def _add_verify(commands: Commands) -> None:
    sub = commands.add_parser("verify", help="check the signatures of DICOM and PDF files")
    sub.add_argument("files", type=Path, nargs="+", metavar="FILE")
    sub.add_argument("--ca", type=Path, metavar="PEM", help="the certificate authority that the signer must come from")
    sub.add_argument(
        "--crl", type=Path, action="append", default=[], metavar="FILE", help="its revocation list; may be given again"
    )
    sub.set_defaults(run=_verify)


def _verify(arguments: argparse.Namespace) -> int:
    """Say of each file who signed it; returns the worst: 0 signed, 2 not signed, 1 altered or not trusted."""
    from core.errors import SettingsInvalid
    from reporting.trust import load_trust

    if arguments.crl and not arguments.ca:
        raise SettingsInvalid("A revocation list is of use only beside its certificate authority: name that with --ca.")
    trust = load_trust(arguments.ca, arguments.crl)
    codes = {_verify_one(path, trust) for path in arguments.files}
    return next((code for code in (1, 2) if code in codes), 0)


def _verify_one(path: Path, trust: "Trust | None") -> int:
    from core.errors import NotSigned, SignatureInvalid
    from reporting.verify import verify_any

    try:
        print(f"{path} is {verify_any(path, trust)}.")
    except NotSigned as error:
        print(error, file=sys.stderr)
        return 2
    except SignatureInvalid as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _add_phantom(commands: Commands) -> None:
    sub = commands.add_parser("phantom", help="write the made-up, physically simulated study")
    sub.add_argument("folder", type=Path, metavar="FOLDER", help="where the DICOM files go")
    sub.add_argument("--seed", type=_natural, default=0, help="another seed makes another patient (default 0)")
    sub.add_argument("--dce", action="store_true", help="with a dynamic contrast-enhanced series of 20 phases")
    sub.set_defaults(run=_phantom)


def _natural(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 0 on")
    return int(text)


def _phantom(arguments: argparse.Namespace) -> int:
    from service.phantom import make_phantom

    truth = make_phantom(arguments.folder, arguments.seed, dce=arguments.dce)
    print(f"A study with {len(truth.lesions)} lesions is in {arguments.folder}.")
    return 0


def _add_pacs(commands: Commands) -> None:
    sub = commands.add_parser("pacs", help="serve a folder as a small DICOM archive")
    sub.add_argument("--folder", type=Path, required=True, metavar="DIR", help="where the DICOM files lie")
    sub.add_argument("--port", type=int, default=11112, help="TCP port (default 11112)")
    sub.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    sub.add_argument("--ae-title", default="PROSECTOR-PACS", help="our AE title (default PROSECTOR-PACS)")
    sub.add_argument(
        "--peer",
        action="append",
        default=[],
        metavar="AE=HOST:PORT",
        help="a node that C-MOVE may send to; may be given again",
    )
    sub.set_defaults(run=_pacs)


def _pacs(arguments: argparse.Namespace) -> int:
    from pacs.embedded import EmbeddedArchive

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # how a server is stopped, and no failure of it
    peers = dict(_peer(text) for text in arguments.peer)
    archive = EmbeddedArchive(arguments.folder, arguments.ae_title, arguments.host, arguments.port, peers)
    with archive:
        print(f"{arguments.ae_title} serves {arguments.folder} at {arguments.host}:{archive.port}; Ctrl-C stops it.")
        sys.stdout.flush()
        archive.serve_forever()
    return 0


def _peer(text: str) -> tuple[str, tuple[str, int]]:
    from core.errors import SettingsInvalid

    ae_title, _, address = text.partition("=")
    host, _, port = address.rpartition(":")
    if not (ae_title and host and port.isdigit()):
        raise SettingsInvalid(
            f"“{text}” is not a peer; write it as AE=HOST:PORT, for example PROSECTOR=127.0.0.1:11113."
        )
    return ae_title, (host, int(port))


def _add_audit(commands: Commands) -> None:
    sub = commands.add_parser("audit", help="look after the audit trail")
    steps = sub.add_subparsers(metavar="COMMAND", required=True)
    check = steps.add_parser("verify", help="find any altered, removed or reordered line")
    check.add_argument("file", type=Path, nargs="?", metavar="FILE", help="the trail (default: that of the settings)")
    check.set_defaults(run=_audit_verify)


def _audit_verify(arguments: argparse.Namespace) -> int:
    from core.audit import verify

    path = arguments.file or _settings().audit_trail
    print(f"{path} is sound: {verify(path)} lines.")
    return 0


def _settings() -> "Settings":
    from core.settings import load_settings

    return load_settings()


if __name__ == "__main__":
    sys.exit(main())
