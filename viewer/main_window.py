"""The one window: worklist and reading room as pages, and what the status bar says of archive, AI and draft."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QSizePolicy, QStackedWidget, QStatusBar, QWidget

from core.errors import ProsectorError
from core.findings import Findings
from core.nudge import Nudges
from core.report import Report
from core.study import SeriesMatch, Study
from pacs.archive import Archive
from reporting.equipment import RESEARCH_USE
from reporting.moved import tells_of_moving
from reporting.own_words import as_signed
from service.orders import with_order
from service.reading import OpenStudy, not_here, signed_report
from service.versions import following
from service.workspace import Workspace
from viewer.check_dialog import Connections
from viewer.jobs import Job, JobRunner
from viewer.key_map import KeyMap
from viewer.labels import ElidedLabel, label
from viewer.language import tr
from viewer.outbox_dialog import OutboxDialog
from viewer.outbox_lamp import OutboxLamp
from viewer.reading_page import ReadingPage
from viewer.said import said
from viewer.screen_scale import LEAST
from viewer.shortcuts import bind_keys, show_keys
from viewer.shortcuts_dialog import ShortcutsDialog
from viewer.sign_dialog import SignDialog
from viewer.theme import set_style_property
from viewer.use_page import UsePage, dashboard_button
from viewer.worklist_page import THIS_WORKSTATION, WorklistPage

_ECHO_EVERY_MS = 60_000
_SIGNED = tr("This study has a signed report, shown here.")
_SIGNED_SINCE = tr("A report of this study was signed beside your draft: signing yours amends that one.")
_NOT_ALIGNED = tr(
    " It was signed with images aligned or linked by hand, as its findings say; here "
    "they lie as the scanner placed them, so align them again before you measure or "
    "outline anew."
)


class MainWindow(QMainWindow):
    """Owns the job runner; closing it saves the draft and waits for the threads."""

    def __init__(self, ws: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mainWindow")
        self.setWindowTitle("Prosector")
        self.resize(1600, 960)
        self.setMinimumSize(LEAST)
        self._ws = ws
        self.jobs = JobRunner(self)
        self.keys = KeyMap(ws.settings.data_folder / "keys.json", ws.actor, self)
        self.worklist = WorklistPage(ws, self.jobs, self.keys)
        self.reading = ReadingPage(ws, self.jobs, self.keys)
        self._echoing: Job | None = None
        self._comparing: Job | None = None
        self._was_shown = False
        self.sign_dialog: SignDialog | None = None
        self.pages = QStackedWidget()
        self.pages.addWidget(self.worklist)
        self.pages.addWidget(self.reading)
        self.use, self._to_use = UsePage(ws, self.jobs, self.keys), dashboard_button()
        self.pages.addWidget(self.use)
        self.worklist.top.add_tool(self._to_use)
        self.connections = Connections(ws, self.jobs, self.worklist.top, self)
        self.setCentralWidget(self.pages)
        self.worklist.filters.focus_patient()
        self._fill_status_bar()
        self._connect()
        self._timer = QTimer(self, interval=_ECHO_EVERY_MS)
        self._timer.timeout.connect(self._echo)
        self._timer.start()
        self._echo()

    # ------------------------------------------------------------------ pages

    def show_worklist(self) -> None:
        """Save the draft and go back to the worklist; what cannot be saved is left only when the reader says so."""
        if self.reading.save():
            self._leave()
        else:
            self._warn(tr("Leave without saving"), self._leave)

    def _leave(self) -> None:
        self._stop_comparing()
        self.reading.leave()
        self.worklist.left_study()
        self.pages.setCurrentWidget(self.worklist)
        self.setWindowTitle("Prosector")
        self._say(ai="", saved="")
        self.worklist.refresh_rows()
        self.worklist.table.setFocus()

    def show_dashboard(self) -> None:
        """Show what was learnt from use."""
        self.pages.setCurrentWidget(self.use)
        self.use.refresh()

    def _leave_dashboard(self) -> None:
        self.use.leave()
        self.pages.setCurrentWidget(self.worklist)
        self.worklist.table.setFocus()

    def show_study(self, opened: OpenStudy) -> None:
        """Go to the reading room with the draft of the study, its signed report, or a new report."""
        told = ""
        try:
            report, told = self._report_of(opened)
        except ProsectorError as error:
            self.worklist.left_study()
            self.worklist.preview.notice.show_sentence(str(error))
            return
        self.pages.setCurrentWidget(self.reading)
        self.reading.open(opened, report, self._target())
        self._show_models(report)
        if told and not self.reading.notice.sentence:
            self.reading.notice.show_sentence(told, tone="caution" if told.startswith(_SIGNED) else "plain")
        self._compare_with_archive(opened.recognised.study)

    def show_sign_dialog(self) -> None:
        """Open Sign & send for the report being read."""
        session, opened = self.reading.session, self.reading.opened
        if session is None or opened is None or self.sign_dialog is not None:
            return
        if not self.reading.save():
            return
        dialog = SignDialog(self._ws, self.jobs, session.report, opened, self._target(), self)
        dialog.finished.connect(self._sign_dialog_closed)
        self.sign_dialog = dialog
        dialog.open()

    def show_shortcuts(self) -> None:
        """Show every key."""
        if self.findChild(ShortcutsDialog) is None:
            ShortcutsDialog(self.keys, self).open()

    def show_outbox(self) -> None:
        """Show what is signed and on its way."""
        if self.findChild(OutboxDialog) is None:
            OutboxDialog(self._ws, self).open()

    def showEvent(self, event: QShowEvent) -> None:
        """Open the windows on other monitors that were open last time."""
        super().showEvent(event)
        if not self._was_shown:
            self._was_shown = True
            self.reading.monitors.restore()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save the draft, stop the work, wait for the threads; stay open when the draft cannot be saved."""
        if not self.reading.save():
            self._warn(tr("Close without saving"), self._close_unsaved)
            event.ignore()
            return
        self._timer.stop()
        self._stop_comparing()
        self.use.leave()
        self.reading.leave()
        self.reading.monitors.close_all()
        self.worklist.close_down()
        self.jobs.shutdown()
        super().closeEvent(event)

    def _warn(self, button: str, way_out: Callable[[], object]) -> None:
        """Let the reader go on although what the reading room's notice speaks of was not saved."""
        notice = self.reading.notice
        notice.show_sentence(notice.sentence, button=button, way_out=way_out)

    def _close_unsaved(self) -> None:
        self.reading.leave()
        self.close()

    def _report_of(self, opened: OpenStudy) -> tuple[Report, str]:
        uid = opened.recognised.study.study_instance_uid
        draft = self._ws.drafts.load(uid, opened.recognised)
        if draft is not None:
            saved_at = self._ws.drafts.saved_at(uid)
            restored = tr("Your draft of {when} was restored.").format(when=_when(saved_at)) if saved_at else ""
            return self._with_order(*_after_signed(draft, opened, restored))
        signed = signed_report(opened)
        if signed is not None:
            lost = signed.nudges == Nudges() and tells_of_moving(signed.own_findings)  # by an earlier version
            return as_signed(signed), _SIGNED + _NOT_ALIGNED * lost
        return self._with_order(Report(opened.recognised, language=self._ws.settings.reporting.language), "")

    def _with_order(self, draft: Report, told: str) -> tuple[Report, str]:
        """Return the draft with what the RIS asked for, and what is told of it after `told`."""
        report, sentence = with_order(self._ws, draft)
        return report, " ".join(filter(None, (told, sentence)))

    # ------------------------------------------------------------------ what reached the archive later

    def _compare_with_archive(self, study: Study) -> None:
        """Ask beside the window whether the archive has more of the study than is here."""
        self._stop_comparing()
        archive = self._target()
        if archive.name != THIS_WORKSTATION:
            self._comparing = self.jobs.start(
                lambda _progress: not_here(self._ws, archive, study),
                on_done=lambda series: self._offer(study, archive, series),
                on_failed=partial(self._show_lamp, archive.name),
            )

    def _stop_comparing(self) -> None:
        if self._comparing is not None:
            self._comparing.abandon()
            self._comparing = None

    def _offer(self, study: Study, archive: Archive, series: tuple[SeriesMatch, ...]) -> None:
        """Offer to retrieve what is new, after what the notice says already."""
        if series:
            notice = self.reading.notice
            notice.show_sentence(
                f"{notice.sentence} {new_series(archive.name, study, series)}".strip(),
                tone="caution",
                button=tr("Retrieve"),
                way_out=partial(self._retrieve_again, study.study_instance_uid, archive),
            )

    def _retrieve_again(self, uid: str, archive: Archive) -> None:
        self.show_worklist()
        if self.pages.currentWidget() is self.worklist:
            self.worklist.open_study(uid, is_local=False, archive=archive)

    def _target(self) -> Archive:
        chosen = self.worklist.archive
        if chosen.name == THIS_WORKSTATION and self._ws.archives:
            return self._ws.archives[0]
        return chosen

    def _sign_dialog_closed(self) -> None:
        dialog, self.sign_dialog = self.sign_dialog, None
        if dialog is None:
            return
        dialog.deleteLater()
        if dialog.sent:
            if self.reading.session is not None:
                self.reading.session.forget()
            self.worklist.signed_study()
            self.show_worklist()
            self.worklist.query_next()

    # ------------------------------------------------------------------ status bar

    def _fill_status_bar(self) -> None:
        bar = QStatusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(8, 0, 8, 0)
        self._lamp = label(tr("○ PACS"), name="pacsLamp")
        self._ai = ElidedLabel()
        self._ai.setObjectName("aiStatus")
        self._ai.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._saved = label(name="savedStatus")
        self.outbox = OutboxLamp(self._ws)
        self.outbox.clicked.connect(self.show_outbox)
        self.outbox.changed.connect(self._follow_outbox)
        for part in (self._lamp, self.outbox, self._ai, self._saved):
            part.setContentsMargins(4, 0, 12, 0)
            bar.addWidget(part)
        bar.addPermanentWidget(label(said(RESEARCH_USE), name="researchUse"))
        self.setStatusBar(bar)

    def _follow_outbox(self) -> None:
        """Show in the list that a report was sent, or waits."""
        if self.pages.currentWidget() is self.worklist and not self.worklist.busy:
            self.worklist.refresh_rows()

    def _say(self, *, ai: str | None = None, saved: str | None = None) -> None:
        if ai is not None:
            self._ai.set_whole(ai)
        if saved is not None:
            self._saved.setText(saved)
        layout = self.statusBar().layout()
        if layout is not None:
            layout.activate()  # at once: a text painted in the room of the one before it is cut in mid-letter

    def _echo(self) -> None:
        if self._echoing is not None:
            self._echoing.abandon()
        archive = self.worklist.archive
        self._echoing = self.jobs.start(
            lambda _progress: archive.echo(),
            on_done=lambda _none: self._show_lamp(archive.name, ""),
            on_failed=partial(self._show_lamp, archive.name),
        )

    def _show_lamp(self, archive: str, sentence: str) -> None:
        self._echoing = None
        name = archive if archive == THIS_WORKSTATION else tr("PACS: {archive}").format(archive=archive)
        self._lamp.setText(f"● {name}" if not sentence else tr("● {name} does not answer").format(name=name))
        self._lamp.setToolTip(sentence or tr("{archive} answers.").format(archive=archive))
        set_style_property(self._lamp, "role", "danger" if sentence else "ok")

    def _show_findings(self, findings: Findings) -> None:
        names = " · ".join(f"{model.name} {model.version}" for model in findings.models)
        self._say(ai=tr("AI: {names} · {sum:.1f} s").format(names=names, sum=sum(findings.timings_s.values())))

    def _show_models(self, report: Report) -> None:
        names = " · ".join(f"{model.name} {model.version}" for model in report.models)
        self._say(ai=tr("AI: {names}").format(names=names) if names else tr("AI has not run"))

    def _show_saved(self, when: datetime) -> None:
        self._say(saved=tr("Draft autosaved {astimezone:%H:%M:%S}").format(astimezone=when.astimezone()))

    def _connect(self) -> None:
        self.worklist.opened.connect(self.show_study)
        self.worklist.archive_changed.connect(self._echo)
        self.worklist.top.shortcuts.clicked.connect(self.show_shortcuts)
        self._to_use.clicked.connect(self.show_dashboard)
        bind_keys(self.worklist, self.keys, {"dashboard": self.show_dashboard})
        self.use.closed.connect(self._leave_dashboard)
        self.reading.closed.connect(self.show_worklist)
        self.reading.sign_wanted.connect(self.show_sign_dialog)
        self.reading.saved.connect(self._show_saved)
        self.reading.analysed.connect(self._show_findings)
        self.reading.reread_wanted.connect(lambda uid: self.worklist.open_study(uid, is_local=True))
        self._follow_keys()

    def _follow_keys(self) -> None:
        self._bind_help(self)
        self.reading.monitors.opened.connect(self._bind_help)
        self.keys.changed.connect(self._show_keys)
        self.keys.failed.connect(self._tell_of_keys)
        self._show_keys()
        if self.keys.problem:
            self._tell_of_keys(self.keys.problem)

    def _bind_help(self, window: QWidget) -> None:
        bind_keys(window, self.keys, {"help": self.show_shortcuts, "outbox": self.show_outbox})

    def _show_keys(self) -> None:
        show_keys(self, self.keys)

    def _tell_of_keys(self, sentence: str) -> None:
        self.worklist.notice.show_sentence(sentence, tone="caution")


def new_series(archive: str, study: Study, series: tuple[SeriesMatch, ...]) -> str:
    """Return what an archive has of a study that this machine has not, in a sentence."""
    here = {one.series_instance_uid for one in study.series}
    new = [one for one in series if one.series_instance_uid not in here]
    names = ", ".join(one.description or one.modality for one in series)
    if len(new) == len(series):
        return tr("{archive} has {len} new series of this study: {names}.").format(
            archive=archive, len=len(new), names=names
        )
    return tr("{archive} has more images of {len} series of this study: {names}.").format(
        archive=archive, len=len(series), names=names
    )


def _after_signed(draft: Report, opened: OpenStudy, told: str) -> tuple[Report, str]:
    """Return the draft as one that follows the newest signed report, and what to tell of it after `told`."""
    try:
        signed = signed_report(opened)
    except ProsectorError as error:
        return draft, f"{told} {error}".strip()
    followed = draft if signed is None else following(draft, as_signed(signed))
    return followed, told if followed is draft else f"{told} {_SIGNED_SINCE}".strip()


def _when(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"
