"""The site's settings file."""

import pytest

from core.errors import SettingsInvalid
from core.settings import DicomWebNode, load_settings


@pytest.fixture
def settings_file(tmp_path, monkeypatch):
    path = tmp_path / "prosector.toml"
    monkeypatch.setenv("PROSECTOR_SETTINGS", str(path))
    return path


def test_a_site_names_its_archives(settings_file, tmp_path):
    settings_file.write_text(
        f'data_folder = "{tmp_path}"\n[this_node]\nae_title = "READ1"\nport = 11119\n'
        '[[archives]]\nname = "Main"\nae_title = "ORTHANC"\nhost = "127.0.0.1"\nport = 4242\nretrieve = "move"\n'
    )
    settings = load_settings()
    assert settings.this_node.ae_title == "READ1"
    assert settings.archives[0].retrieve == "move"
    assert settings.audit_trail == tmp_path / "audit.jsonl"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('data_foler = "x"\n', "data_foler"),
        ("[this_node]\nport = 70000\n", "this_node.port"),
        ('[this_node]\nae_title = "A TITLE THAT IS TOO LONG"\n', "this_node.ae_title"),
        ('[[archives]]\nname = "Main"\n', "archives.0.host"),
        (
            '[[archives]]\nname = "Web"\nurl = "http://pacs.local/dicom-web"\n',
            "archives.0: Value error, patients' data",
        ),
        ('[viewing]\ndarker_drag = "left"\n', "viewing.darker_drag"),
        ('[reporting]\nlanguage = "fr"\n', "reporting.language"),
        ('[reporting.macros]\n"two words" = "x"\n', "reporting.macros.two words"),
        ("data_folder = [", "not valid TOML"),
    ],
)
def test_a_mistake_in_the_settings_is_named(settings_file, text, told):
    settings_file.write_text(text)
    with pytest.raises(SettingsInvalid) as raised:
        load_settings()
    assert told in str(raised.value)


def test_a_named_file_that_is_not_there_is_said(settings_file):
    with pytest.raises(SettingsInvalid, match="does not exist"):
        load_settings()


def test_an_archive_with_an_address_speaks_dicomweb(settings_file):
    settings_file.write_text('[[archives]]\nname = "Web"\nurl = "https://pacs.local/dicom-web"\n')
    (archive,) = load_settings().archives
    assert isinstance(archive, DicomWebNode)


@pytest.mark.parametrize(("text", "darker"), [("", "down"), ('[viewing]\ndarker_drag = "up"\n', "up")])
def test_the_direction_of_a_window_drag_is_the_site_s(settings_file, text, darker):
    settings_file.write_text(text)
    assert load_settings().viewing.darker_drag == darker


def test_a_site_says_how_reports_are_written(settings_file):
    settings_file.write_text('[reporting]\nlanguage = "de"\ntemplates = "/etc/t"\n[reporting.macros]\nnb = "Normal."\n')
    reporting = load_settings().reporting
    assert (reporting.language, str(reporting.templates)) == ("de", "/etc/t")
    assert reporting.macros == {"nb": "Normal."}
