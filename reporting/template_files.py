"""Where the templates and term tables of the report text lie: ours, and those that a site has put in their place."""

from importlib.resources import files
from pathlib import Path

from core.errors import TemplateBroken
from core.wording import Language

_site: list[Path] = []


def use_templates(folder: Path | None) -> None:
    """Take the files in `folder`/<language>/ for ours of the same name from now on; None: ours alone."""
    _site[:] = [] if folder is None else [folder]


def folders(language: Language) -> tuple[Path, ...]:
    """Return where files of a language are looked for, the site's folder first.

    Raises `TemplateBroken` when the site's folder is not there: its texts would be missed without a word.
    """
    for folder in _site:
        if not folder.is_dir():
            raise TemplateBroken(
                f"The folder {folder} named by reporting.templates in the settings does not exist; the report text "
                "cannot be written until it does."
            )
    return (*(folder / language for folder in _site), our_folder(language))


def our_folder(language: Language) -> Path:
    """Return where the shipped files of a language lie."""
    return Path(str(files("resources").joinpath("report_templates", language)))
