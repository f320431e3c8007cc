"""Beside the worklist: the chosen study, its series, and what can be done with it."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from core.study import SeriesMatch
from service.claims import Claim
from service.workspace import Workspace
from viewer.labels import ElidedLabel, label
from viewer.language import tr
from viewer.notice import Notice
from viewer.patient_bar import sex_and_age
from viewer.series_lines import SeriesLines
from viewer.shortcuts import set_tip
from viewer.told_lines import ToldLines
from viewer.triage_words import due_words, reasons_in_words
from viewer.worklist_rows import State, WorklistRow

WIDTH = 350


class WorklistPreview(QFrame):
    """Shows one study; while something is fetched, its progress stands where the buttons were."""

    open_wanted = Signal()
    retrieve_wanted = Signal()
    send_wanted = Signal()
    claim_wanted = Signal()
    cancel_wanted = Signal()
    listed = Signal(str, tuple)
    """The series (`SeriesMatch`) of the study with this UID are listed now; none when it is another study's turn."""

    def __init__(self, ws: Workspace, claims_where: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._claims_where = claims_where
        self.setObjectName("previewPanel")
        self.setFixedWidth(WIDTH)
        self.notice = Notice()
        self.told = ToldLines(ws)
        self._row: WorklistRow | None = None
        self._series_of = ""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 14)
        layout.setSpacing(8)
        layout.addWidget(self._study())
        layout.addWidget(self.told)
        layout.addWidget(self.notice)
        layout.addLayout(self._buttons())
        layout.addWidget(self._progress())
        self._series = SeriesLines()
        layout.addWidget(self._series, 1)
        self.show_row(None)
        self.show_idle()

    def show_row(self, row: WorklistRow | None) -> None:
        """Show a study, or what to do when none is chosen."""
        if row is None or self._row is None or row.uid != self._row.uid:
            self.notice.clear()
        self._row = row
        uid = row.uid if row else ""
        self.told.follow(uid)
        self._name.setText(row.patient if row else tr("No study chosen"))
        self._details.set_whole(_details(row) if row else tr("Choose a study in the list."))
        self._description.setText(row.study if row else "")
        self._state.setText(_state(row) if row else "")
        for part in (self._description, self._state):
            part.setVisible(row is not None)
        self._series.show_heading(row is not None)
        self._open.setEnabled(row is not None)
        self._retrieve.setEnabled(row is not None)
        self._retrieve.setText(tr("Retrieve again") if row is not None and row.is_local else tr("Retrieve"))
        self._send.setVisible(row is not None and row.state is State.UNSENT)
        self._show_priority(row)
        self._show_claim(row)
        if uid != self._series_of:
            self.show_series(uid, ())

    def show_series(self, uid: str, series: tuple[SeriesMatch, ...], problem: str = "") -> None:
        """Show the series of the study, if it is still the one that is shown, or why they are not known."""
        if uid != (self._row.uid if self._row else ""):
            return
        self._series_of = uid
        self._series.show_series(series, problem)
        self.listed.emit(uid, series)

    def show_pictures(self, uid: str, pictures: Mapping[str, QImage]) -> None:
        """Show pictures of the series, by Series Instance UID, if the study is still the one that is shown."""
        if uid == self._series_of:
            self._series.show_pictures(pictures)

    def show_idle(self) -> None:
        """Show the buttons."""
        self._busy.hide()
        self._actions.show()

    def show_started(self, what: str) -> None:
        """Show progress from nothing in the place of the buttons."""
        self._cancel.setEnabled(True)
        self._actions.hide()
        self._busy.show()
        self.show_progress(0.0, what)

    def show_progress(self, fraction: float, message: str) -> None:
        """Show how much is done (0 to 1) and what is being done."""
        self._bar.setValue(round(fraction * 1000))
        self._message.set_whole(message[:1].upper() + message[1:])

    # ------------------------------------------------------------------ parts

    def _study(self) -> QWidget:
        self._name = label(role="title", name="previewPatient", wrap=True)
        self._details = ElidedLabel(role="dim")
        self._description = label(wrap=True)
        self._state = label(role="small", name="previewState", wrap=True)
        self._why = label(role="small", name="previewWhy", wrap=True)
        study = QWidget()
        layout = QVBoxLayout(study)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for part in (self._name, self._details, self._description, self._state, self._why):
            layout.addWidget(part)
        return study

    def _buttons(self) -> QVBoxLayout:
        self._open = _button("openButton", tr("Open"), self.open_wanted.emit, primary=True)
        self._open.setToolTip(tr("Open the study, retrieving it first when it is not on this machine (Enter)"))
        self._retrieve = _button("retrieveButton", tr("Retrieve"), self.retrieve_wanted.emit)
        self._retrieve.setToolTip(tr("Fetch every image of the study to this machine without opening it"))
        self._send = _button("sendAgainButton", tr("Send again"), self.send_wanted.emit)
        self._send.setToolTip(tr("Send the signed report that is kept on this machine"))
        self._actions = QWidget()
        row = QHBoxLayout(self._actions)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(8)
        row.addWidget(self._open, 1)
        row.addWidget(self._send)
        row.addWidget(self._retrieve)
        outer = QVBoxLayout()
        outer.addWidget(self._actions)
        outer.addLayout(self._claiming())
        return outer

    def _claiming(self) -> QHBoxLayout:
        self._claimed = ElidedLabel(role="small")
        self._claimed.setObjectName("previewClaim")
        self._claim = _button("claimButton", tr("Claim"), self.claim_wanted.emit)
        row = QHBoxLayout()
        row.addWidget(self._claimed, 1)
        row.addWidget(self._claim)
        return row

    def _show_claim(self, row: WorklistRow | None) -> None:
        held = row.claim if row else None
        mine = row is not None and row.mine
        self._claimed.set_whole(_claimed(held, mine=mine) if row else "")
        words = tr("Release") if mine else tr("Claim") if held is None else tr("Take over")
        self._claim.setText(words)
        self._claim.setAccessibleName(words)
        self._claim.setEnabled(row is not None)
        set_tip(self._claim, f"{_CLAIM_TIPS[mine]} {self._claims_where} ({{claim}})")

    def _show_priority(self, row: WorklistRow | None) -> None:
        """Say why the study stands where it stands, and until when it should be read."""
        reasons = "; ".join(reasons_in_words(row.facts, row.priority)) if row else ""
        why = f"{reasons[:1].upper()}{reasons[1:]}." if reasons else ""
        self._why.setText(" ".join(filter(None, (why, due_words(row.priority) if row else ""))))
        self._why.setVisible(bool(why))

    def _progress(self) -> QWidget:
        self._message = ElidedLabel()
        self._message.setObjectName("retrieveMessage")
        self._bar = QProgressBar()
        self._bar.setObjectName("retrieveProgress")
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._cancel = _button("retrieveCancelButton", tr("Cancel"), self._stop)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._message)
        words.addWidget(self._bar)
        self._busy = QWidget()
        row = QHBoxLayout(self._busy)
        row.setContentsMargins(0, 2, 0, 2)
        row.addLayout(words, 1)
        row.addWidget(self._cancel)
        return self._busy

    def _stop(self) -> None:
        self._cancel.setEnabled(False)
        self._message.set_whole(tr("Stopping"))
        self.cancel_wanted.emit()


_CLAIM_TIPS = {
    True: tr("Let others read the study."),
    False: tr("Tell others that you read this study."),
}


def _claimed(held: Claim | None, *, mine: bool) -> str:
    if held is None:
        return tr("Claimed by nobody")
    since = f"{held.since.astimezone():%H:%M}"
    if mine:
        return tr("Claimed by you since {since}").format(since=since)
    return tr("Claimed by {who} since {since}").format(who=held.who, since=since)


def _details(row: WorklistRow) -> str:
    patient = row.match.patient
    parts = (
        sex_and_age(patient.sex, row.age),
        f"ID {patient.patient_id or '?'}",
        tr("Acc {number}").format(number=row.match.accession_number) if row.match.accession_number else "",
    )
    return " · ".join(part for part in parts if part)


def _state(row: WorklistRow) -> str:
    where = tr("On this machine") if row.is_local else tr("Not on this machine yet; Open fetches it")
    return where if row.report == "–" else f"{where} · {row.report}"


def _button(name: str, text: str, act: Callable[[], object], *, primary: bool = False) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.setProperty("primary", primary)
    button.clicked.connect(lambda _checked=False: act())
    return button
