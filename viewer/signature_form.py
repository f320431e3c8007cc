"""Who signs, with which key: the part of the sign dialog that the reader fills in."""

from collections.abc import Callable
from datetime import UTC
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.report import Reader
from core.settings import ReaderSettings
from reporting.signature import SigningKey, load_key
from reporting.token_key import Token, load_token_key
from viewer.labels import heading, label
from viewer.language import tr
from viewer.notice import Notice

_CONFIRMATION = tr("I have reviewed the images and the AI findings,\nand this report is my own interpretation.")
_ENTER = tr("Enter confirms, signs and sends; the space bar only confirms.")


class SignatureForm(QFrame):
    """Token or key file, PIN or passphrase, reader's name, and the sentence that the reader confirms."""

    changed = Signal()
    completed = Signal()
    """Everything is filled in, and the confirmation was ticked."""
    confirmed = Signal()
    """Everything is filled in, and Enter on the confirmation says: I confirm, sign and send."""
    unlock_wanted = Signal()
    """The passphrase was entered: the key may be opened to show whose it is."""

    def __init__(
        self,
        settings: ReaderSettings,
        token: Token | None = None,
        *,
        stamped_by: str = "",
        may_be_preliminary: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "section")
        self._organization = settings.organization
        self._pkcs12, self._token = settings.pkcs12, token
        self._unlocked = False
        self.notice = Notice()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 14)
        layout.setSpacing(8)
        layout.addWidget(heading(tr("Signature")))
        if token is not None:
            layout.addWidget(self._source_box(token))
        layout.addLayout(self._key_row())
        layout.addLayout(self._fields(settings.name))
        layout.addWidget(self._preliminary_box(settings, may_be_preliminary))
        if stamped_by:
            layout.addWidget(label(tr("Stamped by {authority}").format(authority=stamped_by), "small", wrap=True))
        layout.addWidget(self.notice)
        layout.addWidget(self._confirm_box())
        layout.addWidget(label(_ENTER, "small"))
        self._show_file()

    @property
    def open_key(self) -> Callable[[], SigningKey] | None:
        """What opens the chosen key, or None while nothing is chosen or typed; it may be called in any thread."""
        passphrase, token, pkcs12 = self.passphrase, self._token, self._pkcs12
        if token is not None and passphrase:
            return partial(load_token_key, token, passphrase)
        return partial(load_key, pkcs12, passphrase) if pkcs12 is not None and passphrase else None

    @property
    def preliminary(self) -> bool:
        """Whether the reader leaves it to another one to verify the report."""
        return self._preliminary.isChecked()

    @property
    def passphrase(self) -> str:
        """What opens the key file, or the token's PIN."""
        return self._passphrase.text()

    @property
    def reader(self) -> Reader:
        """Who signs, the name in DICOM's form."""
        return Reader(person_name(self._name.text()), self._organization)

    @property
    def is_complete(self) -> bool:
        """Whether everything is filled in and confirmed; a token is opened first, for wrong PINs lock it."""
        is_open = self._unlocked if self._token is not None else self.open_key is not None
        return bool(is_open and self.reader.name and self._confirm.isChecked())

    def choose_file(self, path: Path) -> None:
        """Sign with the key in another file."""
        self._pkcs12, self._token = path, None
        self._passphrase.clear()
        self._show_file()
        self.changed.emit()

    def allow_confirmation(self) -> None:
        """Let the reader confirm from now on: the report as it will be stored is on the screen."""
        self._confirm.setEnabled(True)
        if self._unlocked and self._passphrase.hasFocus():
            self._go_on()

    def show_key(self, key: SigningKey) -> None:
        """Show whose key was opened and until when it may sign, and go on from the passphrase to what is missing."""
        until = key.not_after.astimezone(UTC)
        self._key.setText(
            tr("{subject} · RSA {bits} · valid to {until:%Y-%m-%d}").format(
                subject=key.subject, bits=key.bits, until=until
            )
        )
        self.notice.clear()
        self._unlocked = True
        if self._passphrase.hasFocus():
            self._go_on()

    def show_problem(self, sentence: str) -> None:
        """Show why the key does not sign, and ask for the passphrase anew."""
        self._show_file()
        self.notice.show_sentence(sentence)
        self._passphrase.setFocus()
        self._passphrase.selectAll()

    def forget_passphrase(self) -> None:
        """Keep no passphrase that is no longer needed."""
        self._passphrase.clear()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for what is missing first."""
        super().showEvent(event)
        (self._passphrase if self._has_key else self._choose).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter go on to what is missing, and confirm and sign where the box has the focus.

        In the passphrase it opens the key, and `show_key` goes on. A key that is held down does nothing.
        """
        focused = self.focusWidget()
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif event.isAutoRepeat() or (focused is self._passphrase and self.passphrase and not self._unlocked):
            return
        elif focused is self._choose:
            self._choose.click()
        elif focused is self._confirm:
            self._confirm_and_sign()
        else:
            self._go_on()

    def _confirm_and_sign(self) -> None:
        self._confirm.setChecked(True)
        if self.is_complete:
            self.confirmed.emit()

    def _go_on(self) -> None:
        if self.is_complete:
            self.completed.emit()
        elif not self._has_key:
            self._choose.setFocus()
        elif not self.passphrase:
            self._passphrase.setFocus()
        elif not self.reader.name:
            self._name.setFocus()
        else:
            self._confirm.setFocus()

    # ------------------------------------------------------------------ parts

    def _key_row(self) -> QHBoxLayout:
        self._key = label(role="dim", name="keyInfo", wrap=True)
        self._choose = choose = QPushButton(tr("Choose…"))
        choose.setObjectName("chooseKeyButton")
        choose.setAccessibleName(tr("Choose the key file"))
        choose.setToolTip(tr("A PKCS#12 file (.p12 or .pfx) with your key and certificate"))
        choose.setAutoDefault(False)  # Enter in the passphrase opens the key, not this
        choose.clicked.connect(self._ask_file)
        row = QHBoxLayout()
        row.addWidget(self._key, 1)
        row.addWidget(choose)
        return row

    def _fields(self, name: str) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        self._secret = label(tr("Passphrase"), "dim")
        for row, (what, field) in enumerate(
            ((self._secret, self._passphrase_field()), (label(tr("Reader"), "dim"), self._name_field(name)))
        ):
            grid.addWidget(what, row, 0)
            grid.addWidget(field, row, 1)
        return grid

    def _passphrase_field(self) -> QLineEdit:
        self._passphrase = QLineEdit()
        self._passphrase.setObjectName("passphraseEdit")
        self._passphrase.setAccessibleName(tr("Passphrase of the key"))
        self._passphrase.setPlaceholderText(tr("Passphrase of the key"))
        self._passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self._passphrase.textChanged.connect(lambda _text: self.changed.emit())
        self._passphrase.textChanged.connect(lambda _text: self._lock())
        self._passphrase.textEdited.connect(lambda _text: self.notice.clear())  # it spoke of the one before
        self._passphrase.editingFinished.connect(self._passphrase_entered)
        return self._passphrase

    def _name_field(self, name: str) -> QLineEdit:
        self._name = QLineEdit(name)
        self._name.setObjectName("readerNameEdit")
        self._name.setAccessibleName(tr("Reader's name"))
        self._name.setPlaceholderText(tr("Your name: Family^Given or Family, Given"))
        self._name.setToolTip(tr("As it stands in the signed report: Family^Given^Middle^Prefix, or Family, Given"))
        self._name.textChanged.connect(lambda _text: self.changed.emit())
        return self._name

    def _confirm_box(self) -> QCheckBox:
        self._confirm = QCheckBox(_CONFIRMATION)
        self._confirm.setObjectName("confirmBox")
        self._confirm.setAccessibleName(_CONFIRMATION.replace("\n", " "))
        self._confirm.setAccessibleDescription(_ENTER)
        self._confirm.setEnabled(False)
        self._confirm.toggled.connect(self._confirmed)
        return self._confirm

    def _confirmed(self, on: bool) -> None:
        self.changed.emit()
        if on:
            self._go_on()

    def _lock(self) -> None:
        self._unlocked = False

    def _passphrase_entered(self) -> None:
        if self.open_key is not None and not self._unlocked:
            self.unlock_wanted.emit()

    def _ask_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, tr("Key to sign with"), "", "PKCS#12 keys (*.p12 *.pfx)")
        if chosen:
            self.choose_file(Path(chosen))

    @property
    def _has_key(self) -> bool:
        return self._token is not None or self._pkcs12 is not None

    def _source_box(self, token: Token) -> QComboBox:
        box = QComboBox()
        box.setObjectName("keySourceBox")
        box.setAccessibleName(tr("Where the key is"))
        box.addItem(tr("Smart card or token"), token)
        box.addItem(tr("Key file"), None)
        box.currentIndexChanged.connect(lambda _index: self._choose_source(box.currentData()))
        return box

    def _choose_source(self, token: Token | None) -> None:
        self._token = token
        self._passphrase.clear()
        self.notice.clear()
        self._show_file()
        self.changed.emit()

    def _preliminary_box(self, settings: ReaderSettings, may_be: bool) -> QCheckBox:
        self._preliminary = box = QCheckBox(tr("Preliminary: another reader will verify it"))
        box.setObjectName("preliminaryBox")
        box.setChecked(settings.signs == "preliminary")
        box.setEnabled(settings.signs == "final")
        box.setVisible(may_be)
        box.toggled.connect(lambda _on: self.changed.emit())
        return box

    def _show_file(self) -> None:
        pin = self._token is not None
        self._choose.setVisible(not pin)
        what = tr("PIN of the token") if pin else tr("Passphrase of the key")
        self._passphrase.setAccessibleName(what)
        self._passphrase.setPlaceholderText(what)
        self._secret.setText(tr("PIN") if pin else tr("Passphrase"))
        if self._token is not None:
            name = self._token.name
            self._key.setText(tr("{name}: opened by its PIN").format(name=f"{name[0].upper()}{name[1:]}"))
        elif self._pkcs12 is None:
            self._key.setText(tr("No key chosen yet"))
        else:
            self._key.setText(tr("{name}: opened by its passphrase").format(name=self._pkcs12.name))


def person_name(text: str) -> str:
    """Return a name in DICOM's PN form; `Family, Given` is taken as well."""
    text = text.strip()
    if "^" in text or "," not in text:
        return text
    family, given = (part.strip() for part in text.split(",", 1))
    return f"{family}^{given}"
