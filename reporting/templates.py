"""The templates of the report text, filled in: Jinja2 in its sandbox, where an unknown name is an error."""

import re
import traceback
from collections.abc import Iterable, Mapping
from functools import cache, partial
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from core.errors import TemplateBroken
from core.wording import Language
from reporting.template_files import folders
from reporting.terms import Terms, terms_of
from reporting.words import sentence

_SPACES = re.compile(r"[ \t\n\v\f\r\x85\u2028\u2029]+")
_FAILURES = (TemplateError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What a template can raise; it holds no code of ours."""


def rendered(name: str, language: Language, said: Mapping[str, object]) -> str:
    """Return a template filled in, without empty lines at its ends and with one at most in between.

    Raises `TemplateBroken` naming file and line.
    """
    environment = _environment(language, folders(language))
    terms = terms_of(language)
    try:
        template = environment.get_template(name)
        text = template.render(said, heading=lambda key: terms.word("headings", key).upper(), **_language(terms))
    except _FAILURES as error:
        raise TemplateBroken(_told(name, language, error)) from error
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def _language(terms: Terms) -> Mapping[str, object]:
    numbers = iter(range(1, 100))
    return {"next_number": lambda: next(numbers), "research_use": terms.word("text", "research_use")}


@cache
def _environment(language: Language, where: tuple[Path, ...]) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(where), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["sentence"] = sentence
    environment.filters["line"] = _in_one_line
    environment.filters["and_list"] = partial(_and_list, language)
    return environment


def _in_one_line(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def _and_list(language: Language, words: Iterable[str]) -> str:
    return terms_of(language).and_list(list(words))


def _told(name: str, language: Language, error: BaseException) -> str:
    file, line = _place(name, language, error)
    where = f"{file}, line {line}" if line else str(file)
    said = str(error) or type(error).__name__
    return f"The report template {where} is broken: {said.rstrip('.')}. Correct or remove the file; the draft is kept."


def _place(name: str, language: Language, error: BaseException) -> tuple[Path, int]:
    """Return the file and the line of an error: a syntax error says it, any other has it in its traceback."""
    if isinstance(error, TemplateSyntaxError):
        return Path(error.filename or name), error.lineno
    if not isinstance(error, TemplateNotFound):
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            if frame.filename.endswith(".j2"):
                return Path(frame.filename), frame.lineno or 0
    return template_file(name, language), 0


def template_file(name: str, language: Language) -> Path:
    """Return the file that stands for a template: the site's, else ours."""
    found = (folder / name for folder in folders(language) if (folder / name).is_file())
    return next(found, Path(name))
