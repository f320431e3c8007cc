"""A field for several lines in which `.name` and Tab or Space become the text of that name."""

import re
from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QTextCursor

from viewer.growing_edit import GrowingEdit

_NAME_BEFORE = re.compile(r"(?:^|(?<=\s))\.(\w+)$")


class MacroEdit(GrowingEdit):
    """Expands the site's and the reader's macros; one step of undo takes an expansion back."""

    macros: Mapping[str, str] = {}
    """The texts by name, without the full stop."""

    def insert(self, name: str) -> None:
        """Put the text of a macro where the cursor is."""
        self.textCursor().insertText(self.macros[name])
        self.setFocus()

    def keyPressEvent(self, e: QKeyEvent) -> None:
        """Expand before the space is written."""
        if e.key() == Qt.Key.Key_Space and not e.modifiers():
            self._expand()
        super().keyPressEvent(e)

    def focusNextPrevChild(self, next: bool) -> bool:
        """Expand on Tab, and go on to the next field when there is nothing to expand."""
        return (next and self._expand()) or super().focusNextPrevChild(next)

    def _expand(self) -> bool:
        cursor = self.textCursor()
        found = _NAME_BEFORE.search(cursor.block().text()[: cursor.positionInBlock()])
        if cursor.hasSelection() or found is None or found.group(1) not in self.macros:
            return False
        back = len(found.group(0))
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, back)
        cursor.insertText(self.macros[found.group(1)])
        return True
