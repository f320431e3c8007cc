"""The HTML that some reporting systems write into the text of a structured report, taken out."""

import re
from html.parser import HTMLParser

_MARKUP = re.compile(r"</?(?:html|body|p|br|div|span|b|i|u|font|table|tr|td|ul|ol|li|h[1-6])\b[^<>]*>", re.IGNORECASE)
_BREAKS = frozenset(("p", "br", "div", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6"))


def plain(text: str) -> str:
    """Return text without HTML; each line without spaces around it, and no empty ones."""
    if _MARKUP.search(text):
        reader = _Reader()
        reader.feed(text)
        reader.close()
        text = "".join(reader.parts)
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)
