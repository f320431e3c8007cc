"""`prosector ris`: what waits is listed, sent, retried, given up without a window; orders are taken until stopped."""

import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import hl7
import pytest
from hl7.client import MLLPClient

from core.settings import load_settings
from pacs.mllp import MllpListener
from service.cli import main
from service.messages import Destination, Messages, NewMessage

ROOT = Path(__file__).resolve().parents[2]
MESSAGE = b"MSH|^~\\&|A|B|C|D|20260101||ORU^R01|C1|P|2.5.1\r"
ACK = "MSH|^~\\&|C|D|A|B|20260101||ACK|1|P|2.5.1\rMSA|{code}|C1|{words}\r"


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Write the settings of a site with these sections."""

    def write(sections: str) -> Messages:
        file = tmp_path / "prosector.toml"
        file.write_text(f'data_folder = "{tmp_path / "data"}"\n{sections}')
        monkeypatch.setenv("PROSECTOR_SETTINGS", str(file))
        return Messages(load_settings().database)

    return write


def test_what_was_refused_is_listed_sent_again_and_given_up(site, capsys):
    answers = [("AE", "Accession unknown"), ("AE", "Still unknown"), ("AA", "")]

    def answer(_came: bytes) -> bytes:
        code, words = answers.pop(0)
        return ACK.format(code=code, words=words).encode()

    with MllpListener("127.0.0.1", 0, answer) as ris:
        kept = site(f'[ris]\nhost = "127.0.0.1"\nport = {ris.port}\n')
        kept.hold("1.1", "1.2.3", "P1", (NewMessage(Destination.RIS, "C1", MESSAGE),))
        kept.release("1.1")
        assert main(["ris", "send"]) == 1
        assert main(["ris", "list"]) == 0
        assert "1  1.2.3  RIS: refused: RIS answered AE: Accession unknown" in capsys.readouterr().out
        assert main(["ris", "retry", "1"]) == 0
        assert main(["ris", "send"]) == 1
        assert main(["ris", "retry", "1"]) == 0
        assert main(["ris", "send"]) == 0
        assert "1 sent, 0 not told yet." in capsys.readouterr().out
        assert main(["ris", "abandon", "1"]) == 1
        assert "there is nothing to send or to give up" in capsys.readouterr().err
        assert main(["ris", "retry", "7"]) == 1
        assert "There is no message 7." in capsys.readouterr().err


def test_serving_nothing_is_refused_with_a_sentence(site, capsys):
    site("")
    assert main(["ris", "serve"]) == 1
    assert "neither [ris], [orders] nor [fhir]" in capsys.readouterr().err


def test_the_server_takes_orders_and_sends_results_until_it_is_stopped(site):
    with MllpListener("127.0.0.1", 0, lambda _: ACK.format(code="AA", words="").encode()) as ris:
        kept = site(f'[ris]\nhost = "127.0.0.1"\nport = {ris.port}\n[orders]\nport = 0\n')
        kept.hold("1.1", "1.2.3", "P1", (NewMessage(Destination.RIS, "C1", MESSAGE),))
        kept.release("1.1")
        command = [sys.executable, "-m", "service.cli", "ris", "serve"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
            said = server.stdout.readline()
            port = int(said.partition("at port ")[2].split(" ")[0])
            with MLLPClient("127.0.0.1", port) as client:
                answer = hl7.parse(client.send_message("MSH|^~\\&|R|K|P|K|2026||ADT^A01|M1|P|2.5\r")[1:-2].decode())
            assert str(answer.segment("MSA")[1]) == "AR"
            deadline = datetime.now(UTC).timestamp() + 10
            while kept.open() and datetime.now(UTC).timestamp() < deadline:
                time.sleep(0.05)
            server.send_signal(signal.SIGTERM)
            assert server.wait(10) == 0
    assert kept.open() == ()
