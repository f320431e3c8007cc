"""`prosector demo`: the whole job against an archive of our own, with a throw-away certificate."""

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from PySide6.QtWidgets import QApplication

from core.audit import verify as verify_trail
from core.errors import CannotWrite
from core.files import write_bytes, write_text
from core.progress import Silent
from core.report import Reader
from core.settings import DimseNode, ReaderSettings, Settings, ThisNode
from pacs.archive import Archive
from pacs.embedded import EmbeddedArchive
from reporting.signature import save_key, throw_away_key
from reporting.signature_check import verify_file
from reporting.trust import load_trust
from service.phantom import make_phantom
from service.workspace import Workspace, open_workspace
from viewer.app import create_app, run_window
from viewer.journey import Journey
from viewer.main_window import MainWindow
from viewer.screen_scale import has_display

PASSPHRASE = "demo"
_READER = Reader("Reader^Demo", "Demo Hospital")
_SIZE = (1920, 1080)


def run(arguments: argparse.Namespace) -> int:
    """Show the job in a window, or do it without a reader when headless or without a display."""
    headless = arguments.headless or not has_display()
    if headless:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        return _headless(arguments.study, _fresh(arguments.output or Path("demo-output")))
    with tempfile.TemporaryDirectory(prefix="prosector-demo-") as folder, site(Path(folder), arguments.study) as ws:
        sys.stderr.write(f"The demo key's passphrase is “{PASSPHRASE}”. Everything goes when the window is closed.\n")
        return run_window(ws)


def _fresh(output: Path) -> Path:
    """Return an output folder without the results of an earlier demo; raises `CannotWrite` when it is not one."""
    if output.exists():
        if any(output.iterdir()) and not (output / "journey.json").exists():
            raise CannotWrite(f"{output} holds other files; give the name of a new folder.")
        shutil.rmtree(output)
    output.mkdir(parents=True)
    write_text(output / "journey.json", "[]\n")
    return output.resolve()


def _headless(study: Path | None, output: Path) -> int:
    app = create_app()
    with tempfile.TemporaryDirectory(prefix="prosector-demo-") as folder, site(Path(folder), study) as ws:
        window = MainWindow(ws)
        window.resize(*_SIZE)
        window.show()
        journey = Journey(window, output / "screenshots")
        try:
            _drive(journey, ws, output)
        finally:
            write_text(output / "journey.json", json.dumps(journey.as_json(), indent=2, ensure_ascii=False) + "\n")
            window.close()
            finish(app)
    seconds = sum(step.seconds for step in journey.steps)
    sys.stdout.write(f"The whole job was done in {seconds:.0f} s; the results are in {output}.\n")
    return 0


def _drive(journey: Journey, ws: Workspace, output: Path) -> None:
    journey.open_first_study()
    journey.run_ai()
    journey.accept_and_score()
    journey.picture("reading-room")
    uid = journey.report.study_instance_uid
    journey.sign_and_send(PASSPHRASE)
    with journey.step("read back"):
        objects = _read_back(ws.archives[0], uid, output / "objects")
    with journey.step("verify"):
        ca = ws.settings.data_folder / "signer.pem"
        shutil.copy(ca, output / "signer.pem")
        verify_file(objects["SR"][0], load_trust(ca))
        verify_trail(ws.settings.audit_trail)
        shutil.copy(ws.settings.audit_trail, output / "audit.jsonl")
        shutil.copy(ws.settings.audit_trail.with_suffix(".head"), output / "audit.head")
    _extract_pdf(objects["DOC"][0], output / "report.pdf")


def _read_back(archive: Archive, study_instance_uid: str, folder: Path) -> dict[str, list[Path]]:
    """Fetch what the demo stored, by modality: SR, SEG, OT (overlays), PR, KO and DOC (PDF)."""
    objects: dict[str, list[Path]] = {}
    for series in archive.find_series(study_instance_uid):
        if series.modality in ("SR", "SEG", "OT", "PR", "KO", "DOC"):
            target = folder / series.modality.lower()
            archive.retrieve(study_instance_uid, target, Silent(), series_instance_uid=series.series_instance_uid)
            objects.setdefault(series.modality, []).extend(sorted(target.glob("*.dcm")))
    return objects


def _extract_pdf(encapsulated: Path, target: Path) -> None:
    import pydicom

    write_bytes(target, bytes(pydicom.dcmread(encapsulated).EncapsulatedDocument).rstrip(b"\0"))


@contextmanager
def site(folder: Path, study: Path | None, *others: DimseNode) -> Generator[Workspace]:
    """A hospital for the demo: an archive that holds the study, a workstation that knows it, a key to sign with.

    `study` may be a folder of several; `others` are further archives that the workstation knows.
    """
    if study is None:
        sys.stderr.write("Making up a study…\n")
        study = folder / "phantom"
        make_phantom(study)
    data = folder / "workstation"
    pkcs12 = data / "demo.p12"
    key = throw_away_key(_READER)
    data.mkdir(parents=True)
    save_key(key, pkcs12, PASSPHRASE)
    write_bytes(data / "signer.pem", key.certificate.public_bytes(Encoding.PEM))
    with EmbeddedArchive(folder / "archive", ae_title="DEMO-PACS") as archive:
        settings = Settings(
            data_folder=data,
            this_node=ThisNode(ae_title="PROSECTOR", port=11113),
            archives=(DimseNode(name="DEMO-PACS", ae_title="DEMO-PACS", host="127.0.0.1", port=archive.port), *others),
            reader=ReaderSettings(name=_READER.name, organization=_READER.organization, pkcs12=pkcs12),
        )
        ws = open_workspace(settings)
        try:
            ws.archives[0].store(sorted(path for path in study.rglob("*") if path.suffix == ".dcm"), Silent())
            yield ws
        finally:
            ws.close()


def finish(app: QApplication) -> None:
    """Let go of every window."""
    for widget in app.topLevelWidgets():
        widget.deleteLater()
    app.processEvents()
