"""What the reader says of series: asked where the headers leave a role open, and corrected from the series strip."""

from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QWidget

from core.errors import ProsectorError
from core.study import ROLE_NAMES, Question, Role, RoleChoice
from service.corrections import forget, is_remembered, remembered, use_as
from service.reading import OpenStudy, picture_of
from service.workspace import Workspace
from viewer.hanging_match import Offer
from viewer.language import tr
from viewer.notice import Notice
from viewer.role_dialog import ask_role
from viewer.role_menu import can_be_corrected, show_role_menu
from viewer.said import said


class RoleDesk(QObject):
    """Takes the reader's word on series; what changes with it is seen once the study is read again."""

    reread_wanted = Signal(str)
    """The study with this UID is to be read again, as a series is used for something else now."""
    failed = Signal(str)

    def __init__(self, ws: Workspace, notice: Notice, parent: QWidget) -> None:
        super().__init__(parent)
        self._ws, self._notice, self._window = ws, notice, parent
        self._opened: OpenStudy | None = None

    def show_study(self, opened: OpenStudy | None) -> None:
        """Tell what is open in a study that was just opened: a question first, else what speaks against a prostate.

        That what readers had said is lost goes before both.
        """
        self._opened = opened
        if opened is None:
            return
        recognised = opened.recognised
        if opened.told:
            self._notice.show_sentence(opened.told, tone="caution")
        elif recognised.questions:
            question = recognised.questions[0]
            sentence = tr("It is not certain which series is the {name}: {why}.")
            told = sentence.format(name=said(ROLE_NAMES[question.role]), why=question.why)
            self._notice.show_sentence(told, tone="caution", button=tr("Choose…"), way_out=partial(self.ask, question))
        elif recognised.warnings:
            self._notice.show_sentence(" ".join(map(said, recognised.warnings)), tone="caution")

    def ask(self, question: Question) -> None:
        """Ask which series plays a role."""
        chosen = ask_role(question, picture_of, self._window)
        if chosen is not None:
            self._use_as(chosen, question.role)

    def show_menu(self, offer: Offer, at: QPoint) -> None:
        """Show what a series can be used as, at a point of the screen."""
        if self._opened is None or not can_be_corrected(offer):
            return
        try:
            known = is_remembered(remembered(self._ws), offer.choice)
        except ProsectorError as error:
            self.failed.emit(str(error))
            return
        forgets = partial(self._forget, offer.choice) if known else None
        show_role_menu(self._window, at, offer.choice, partial(self._use_as, offer.choice), forgets)

    def _use_as(self, choice: RoleChoice, role: Role) -> None:
        try:
            use_as(self._ws, choice, role)
        except ProsectorError as error:
            self.failed.emit(str(error))
            return
        self._reread()

    def _forget(self, choice: RoleChoice) -> None:
        try:
            forget(self._ws, choice)
        except ProsectorError as error:
            self.failed.emit(str(error))
            return
        self._reread()

    def _reread(self) -> None:
        if self._opened is not None:
            self.reread_wanted.emit(self._opened.recognised.study.study_instance_uid)
