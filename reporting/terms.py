"""The words of a report in its language, from term tables that a site may change (`report_templates/*/terms.toml`)."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast

from core.certainty import score_in_words
from core.errors import TemplateBroken
from core.wording import Language
from reporting.template_files import folders, our_folder

FILE = "terms.toml"
Tables = Mapping[str, Mapping[str, str]]

_FIELD = re.compile(r"\\{(\w+)\\}")
_DECIMAL = re.compile(r"(?<![\d.])(\d+)\.(\d+)(?![\d.])")


@dataclass(frozen=True, slots=True)
class Terms:
    """The term tables of one language; `file` is where the last of them came from."""

    language: Language
    tables: Tables
    file: Path

    def word(self, table: str, key: str, **filled: str) -> str:
        """Return a term with its fields filled in; raises `TemplateBroken` when the tables lack it or a field."""
        try:
            return self.tables[table][key].format(**filled)
        except (KeyError, IndexError, ValueError) as error:
            raise TemplateBroken(
                f"The term “{key}” in [{table}] of {self.file} cannot be used: {error}. Correct the file."
            ) from error

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number with so many digits after the language's decimal sign."""
        return f"{value:.{digits}f}".replace(".", self.word("language", "decimal"))

    def score(self, score: float) -> str:
        """Return a model's score, as `score_in_words`, with the language's decimal sign."""
        return score_in_words(score).replace(".", self.word("language", "decimal"))

    def day(self, day: date) -> str:
        """Return a day in figures, as the language writes it."""
        return day.strftime(self.word("language", "day"))

    def localised(self, words: str) -> str:
        """Return words in which decimal numbers have the language's sign; versions such as 1.0.2 stay as they are."""
        return _DECIMAL.sub(rf"\1{self.word('language', 'decimal')}\2", words)

    def and_list(self, words: Sequence[str]) -> str:
        """Return words joined as the language does it: `a`, `a and b`, `a, b and c`."""
        if len(words) < 2:
            return "".join(words)
        return self.word("language", "and", first=", ".join(words[:-1]), last=words[-1])

    def b_values(self, b_values: Sequence[float]) -> str:
        """Return b-values as a reader says them, e.g. `50, 400 and 800`."""
        return self.and_list([self.localised(f"{b:g}") for b in b_values])

    def phrase(self, table: str, english: str) -> str:
        """Return what a table of phrases makes of English words, or the words where it knows none.

        English needs no such table. The field `sentence` is a phrase of the same table, `doubts` a list of those of
        [doubts], and a number in any other gets the language's decimal sign.
        """
        for pattern, told in self.tables.get(table, {}).items():
            found = _pattern(pattern).fullmatch(english)
            if found:
                return told.format(**{name: self._field(table, name, x) for name, x in found.groupdict().items()})
        return english

    def _field(self, table: str, name: str, english: str) -> str:
        if name == "sentence":
            return self.phrase(table, english)
        if name == "doubts":
            return self.and_list([self.phrase(name, words) for words in re.split(", | and ", english)])
        return self.localised(english)

    def knows(self, table: str, english: str) -> bool:
        """Whether a table of phrases has a pattern for an English sentence."""
        return any(_pattern(pattern).fullmatch(english) for pattern in self.tables.get(table, {}))


@cache
def _pattern(phrase: str) -> re.Pattern[str]:
    return re.compile(_FIELD.sub(r"(?P<\1>.+?)", re.escape(phrase)), re.DOTALL)


def terms_of(language: Language) -> Terms:
    """Return the terms of a language, those of the site in place of ours; raises `TemplateBroken`."""
    read = [(folder / FILE, (folder / FILE).stat().st_mtime_ns) for folder in folders(language) if _is_there(folder)]
    return _terms(language, tuple(read))


def _is_there(folder: Path) -> bool:
    return (folder / FILE).is_file()


@cache
def _terms(language: Language, read: tuple[tuple[Path, int], ...]) -> Terms:
    """Return the terms of the files, of which each goes before the next; a changed file has another time."""
    ours = _tables(our_folder(language) / FILE)
    tables = {name: dict(table) for name, table in ours.items()}
    for file, _ in reversed(read):
        for name, table in _tables(file).items():
            _require_known(ours, name, table, file)
            tables[name].update(table)
    return Terms(language, tables, read[0][0])


def _require_known(ours: Tables, name: str, table: Mapping[str, str], file: Path) -> None:
    unknown = sorted(table.keys() - ours[name].keys()) if name in ours else sorted(table)
    if unknown:
        raise TemplateBroken(
            f"{file} has “{unknown[0]}” in [{name}], which no report uses; see our {FILE} for the names."
        )


def _tables(file: Path) -> Tables:
    try:
        read = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:  # tomllib says the line
        raise TemplateBroken(f"The term table {file} cannot be read: {error}. Correct or remove it.") from error
    for name, table in read.items():
        if not isinstance(table, dict) or not all(isinstance(x, str) for x in cast(dict[str, Any], table).values()):
            raise TemplateBroken(f"In the term table {file}, [{name}] is no table of texts. Correct or remove it.")
    return cast(Tables, read)
