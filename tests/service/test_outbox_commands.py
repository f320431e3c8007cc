"""`prosector outbox`: what is signed and waits is listed, sent, retried and given up without a window."""

import json
import shutil

import pytest
from pydicom.uid import EncapsulatedPDFStorage

import pacs.contexts
from core.settings import load_settings
from pacs.embedded import EmbeddedArchive
from service.cli import main
from service.report_objects import PDF


@pytest.fixture
def site(tmp_path, monkeypatch, signed_bundle):
    """Write the settings of a site with an archive at this port, and lay a signed report into its outbox."""

    def write(port):
        file = tmp_path / "prosector.toml"
        file.write_text(
            f'data_folder = "{tmp_path / "data"}"\n[[archives]]\nname = "PACS"\nae_title = "PROSECTOR-PACS"\n'
            f'host = "127.0.0.1"\nport = {port}\n'
        )
        monkeypatch.setenv("PROSECTOR_SETTINGS", str(file))
        outbox = load_settings().data_folder / "outbox"
        if not outbox.exists():
            shutil.copytree(signed_bundle, outbox / signed_bundle.name)
        return outbox

    return write


@pytest.fixture(scope="module")
def signed_bundle(tmp_path_factory, opened_phantom):
    from core.pirads import Category
    from core.report import Reader, Report
    from core.settings import ReportingSettings, Settings
    from reporting.signing_key import throw_away_key
    from service.publish import prepare
    from service.workspace import open_workspace

    reader = Reader("Example^Reader", "Hospital")
    settings = Settings(
        data_folder=tmp_path_factory.mktemp("x"), reporting=ReportingSettings(objects=("sr", "seg", "pdf"))
    )
    ws = open_workspace(settings)
    report = Report(opened_phantom.recognised, without_lesion=Category.ONE)
    bundle = prepare(ws, report, reader, throw_away_key(reader), opened_phantom)
    ws.close()
    return bundle.folder


def test_what_waits_is_listed_sent_and_its_refused_object_given_up(site, tmp_path, monkeypatch, capsys):
    outbox = site(1)
    assert main(["outbox", "send"]) == 1
    assert "could not be reached" in capsys.readouterr().err
    assert main(["outbox", "list"]) == 0
    told = capsys.readouterr().out
    assert "for PACS, signed 20" in told
    assert f"    {PDF} (1) is waiting" in told
    assert "1 not in the archive yet." in told
    taken = tuple(x for x in pacs.contexts.STORAGE_CLASSES if x != EncapsulatedPDFStorage)
    with monkeypatch.context() as patch:
        patch.setattr(pacs.contexts, "STORAGE_CLASSES", taken)
        archive = EmbeddedArchive(tmp_path / "pacs")
        archive.__enter__()
    try:
        site(archive.port)
        assert main(["outbox", "retry", "1"]) == 0
        assert main(["outbox", "send"]) == 1
        assert "does not take Encapsulated PDF Storage" in capsys.readouterr().err
        assert main(["outbox", "abandon", "1", "--reason", "no"]) == 1
        assert "PACS holds report 1; give up only the objects" in capsys.readouterr().err
        assert main(["outbox", "abandon", "1", "--object", PDF]) == 0
        assert main(["outbox", "send"]) == 0
        assert main(["outbox", "list"]) == 0
        assert "Nothing waits." in capsys.readouterr().out
        assert not any(outbox.iterdir())
    finally:
        archive.__exit__(None, None, None)


def test_a_whole_report_is_given_up_with_its_reason(site, capsys):
    outbox = site(1)
    with pytest.raises(SystemExit):
        main(["outbox", "abandon", "1"])
    assert main(["outbox", "abandon", "1", "--reason", "signed twice"]) == 0
    (note,) = outbox.glob("*/abandoned.json")
    assert json.loads(note.read_text())["reason"] == "signed twice"
    assert main(["outbox", "retry", "1"]) == 1
    assert main(["outbox", "retry", "7"]) == 1
    assert "There is no report 7 in the outbox." in capsys.readouterr().err
