"""The panel beside the images: lesions, category and report draft, and the two buttons that end the reading."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from viewer.key_map import KeyMap
from viewer.language import tr
from viewer.lesion_panel import LesionPanel
from viewer.report_editor import ReportEditor
from viewer.session import Session
from viewer.shortcuts import set_tip
from viewer.theme import icon

WIDTH = 408


class RightPanel(QFrame):
    """Scrolls up and down when it is higher than the window, never sideways."""

    save_wanted = Signal()
    sign_wanted = Signal()

    def __init__(self, keys: KeyMap | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidePanel")
        self.setFixedWidth(WIDTH)
        self.lesions = LesionPanel(keys)
        self.editor = ReportEditor()
        self._revealing = QTimer(self, singleShot=True, interval=0)
        self._revealing.timeout.connect(self._reveal_card)
        content = QWidget()
        stacked = QVBoxLayout(content)
        stacked.setContentsMargins(0, 0, 0, 0)
        stacked.setSpacing(0)
        stacked.addWidget(self.lesions)
        stacked.addWidget(self.editor)
        stacked.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self._footer())

    def show_session(self, session: Session | None) -> None:
        """Show another report, or none."""
        self.lesions.show_session(session)
        self.editor.show_session(session)
        self._scroll.verticalScrollBar().setValue(0)

    def commit(self) -> None:
        """Make everything that is typed an edit now."""
        self.lesions.commit()
        self.editor.commit()

    def reveal(self, widget: QWidget) -> None:
        """Scroll a part of the panel into view."""
        self._scroll.ensureWidgetVisible(widget, 0, 12)

    def reveal_lesion(self) -> None:
        """Scroll the card of the selected lesion into view, once it is as high as the scores that it shows now."""
        self._revealing.start()

    def _reveal_card(self) -> None:
        card = self.lesions.selected_card
        if card is not None:
            self._settle()
            self.reveal(card)

    def _settle(self) -> None:
        """Give every part the size it asks for now, the inner ones first, and the whole the height of its parts."""
        for layout in reversed(self._scroll.findChildren(QLayout)):
            layout.activate()
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)

    def _footer(self) -> QFrame:
        self._save = QPushButton(tr("Save draft"))
        self._save.setObjectName("saveDraftButton")
        self._save.setAccessibleName(tr("Save draft"))
        set_tip(self._save, tr("Save the draft now ({save}); it also saves itself"))
        self._save.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the images
        self._save.clicked.connect(lambda: self.save_wanted.emit())
        self._sign = QPushButton(icon("sign", "background"), tr("Sign && send…"))
        self._sign.setObjectName("signButton")
        self._sign.setAccessibleName(tr("Sign and send"))
        set_tip(self._sign, tr("See the report, sign it and send it to the archive ({sign})"))
        self._sign.setProperty("primary", True)
        self._sign.clicked.connect(lambda: self.sign_wanted.emit())
        footer = QFrame()
        footer.setObjectName("panelFooter")
        row = QHBoxLayout(footer)
        row.setContentsMargins(14, 10, 14, 10)
        row.setSpacing(8)
        row.addWidget(self._save, 1)
        row.addWidget(self._sign, 1)
        return footer
