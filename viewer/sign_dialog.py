"""Sign & send: the report as it will be stored, what to know before signing, the signature, and how sending goes."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractSlider,
    QApplication,
    QDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.amendment import Continuation
from core.pirads import Category
from core.progress import Progress
from core.report import Check, Reader, Report, amendment_checks, checks
from pacs.archive import Archive
from reporting.signature import SigningKey
from reporting.words import patient_name
from service.outbox_bundle import SignedBundle, unsent
from service.outbox_by_hand import send
from service.publish import prepare, preview_pdf, signed_pdf
from service.reading import OpenStudy
from service.report_objects import accession_checks, drawings_check, not_stored, planned
from service.signing import token_of, trust_of
from service.workspace import Workspace
from viewer.amended_section import AmendedSection
from viewer.jobs import Job, JobRunner
from viewer.labels import Chip, ElidedLabel, heading, label, section
from viewer.language import tr
from viewer.notice import Notice
from viewer.pdf_preview import PdfPreview, render_pages
from viewer.planned_list import PlannedList
from viewer.said import said
from viewer.sign_checks import ChecksSection
from viewer.signature_form import SignatureForm
from viewer.told_lines import ToldLines, expected

_RIGHT = 430
_Step = QAbstractSlider.SliderAction


class _States(QObject):
    """Carries what was signed and how it is sent from the thread that does it to the window."""

    drawn = Signal(object)
    """The pages of the signed PDF, as `QImage`s."""
    told = Signal(str, str)


class SignDialog(QDialog):
    """Signs one report; `sent` is true once an archive was seen to hold it."""

    def __init__(
        self,
        ws: Workspace,
        jobs: JobRunner,
        report: Report,
        opened: OpenStudy,
        archive: Archive,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("signDialog")
        self.setWindowTitle(tr("Sign and send report"))
        self._ws, self._jobs = ws, jobs
        self._report, self._opened, self._archive = report, opened, archive
        self._bundle: SignedBundle | None = None
        self._sending = False
        self._drawing: Job | None = None
        self._unlocking: Job | None = None
        self.sent = False
        self._told = _States(self)
        self.preview = PdfPreview()
        self.objects = PlannedList(planned(ws, report, opened))
        self.told = ToldLines(ws)
        self._expected = [label(line, "small", wrap=True) for line in expected(ws, report)]
        self._may_be_preliminary = isinstance(report.amends, Continuation | None)
        self.form = SignatureForm(
            ws.settings.reader,
            token_of(ws),
            stamped_by=str(ws.settings.signing.tsa_url or ""),
            may_be_preliminary=self._may_be_preliminary,
        )
        self.amended = AmendedSection(jobs, report, opened)
        self.notice = Notice()
        self._lay_out()
        self._connect()
        self._show_ready()
        self._draw_preview()
        self._mention_unsent()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin with the passphrase, or with the way back while something blocks signing."""
        super().showEvent(event)
        if self._is_blocked:
            self._back.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press the button that has the focus."""
        focused = self.focusWidget()
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif isinstance(focused, QPushButton) and not event.isAutoRepeat():
            focused.click()

    def done(self, result: int) -> None:
        """Close, but not while the report is being sent."""
        if self._sending:
            return
        for job in (self._drawing, self._unlocking):
            if job is not None:
                job.abandon()
        self.amended.abandon()
        self.form.forget_passphrase()
        super().done(result)

    # ------------------------------------------------------------------ sign and send

    def sign_and_send(self) -> None:
        """Open the key, sign, keep the signed objects here, send them and read them back."""
        if self.sent:
            self.accept()
            return
        bundle, open_key, reader = self._bundle, self.form.open_key, self.form.reader
        preliminary = self._is_preliminary
        if bundle is not None:
            self._send(lambda progress: self._send_bundle(bundle, progress))
            return
        if not self._can_sign or open_key is None:
            return

        def work(progress: Progress) -> bool:
            progress.report(0.0, tr("Opening the key"))
            key = open_key()
            progress.report(0.05, tr("Drawing and signing the report"))
            self._bundle = prepare(
                self._ws, self._report, reader, key, self._opened, preliminary=preliminary, archive=self._archive.name
            )
            return self._send_bundle(self._bundle, progress)

        self._send(work)

    def _send_bundle(self, bundle: SignedBundle, progress: Progress) -> bool:
        """Show what was signed and send it; returns whether the archive was seen to hold it."""
        if pdf := signed_pdf(bundle):
            self._told.drawn.emit(render_pages(pdf))
        return send(self._ws, bundle, self._archive, self._told.told.emit, progress)

    def _send(self, work: Callable[[Progress], bool]) -> None:
        self._sending = True
        self.notice.clear()
        self.form.notice.clear()
        self.objects.show_all("ready")
        self._show_ready()
        self._jobs.start(work, on_done=self._succeeded, on_failed=self._failed, on_progress=self._show_progress)

    def _succeeded(self, is_held: bool) -> None:
        self._sending, self.sent = False, True
        self.form.forget_passphrase()
        self.form.setEnabled(False)
        name = self._archive.name
        held = tr(
            "Signed and sent. {name} holds every object; the report was read back and its signature is intact."
        ).format(name=name)
        taken = tr(
            "Signed and sent. {name} took every object and has yet to answer that it keeps them; the outbox waits for "
            "that."
        ).format(name=name)
        self.notice.show_sentence(held if is_held else taken, tone="ok" if is_held else "caution")
        self._show_ready()
        self._sign.setFocus()

    def _failed(self, sentence: str) -> None:
        self._sending = False
        if self._bundle is None:
            self.form.show_problem(sentence)
        else:
            self.form.forget_passphrase()
            self.form.setEnabled(False)
            self.notice.show_sentence(
                tr(
                    "{sentence} The report is signed and kept on this machine; nothing is lost. It is sent by "
                    "itself when that is possible; the outbox lamp tells."
                ).format(sentence=sentence)
            )
        self._show_ready()
        if self._bundle is not None:
            self._sign.setFocus()

    def _show_progress(self, _fraction: float, message: str) -> None:
        told = said(message)
        self._sign.setText(f"{told}…" if len(told) < 24 else tr("Sending…"))

    # ------------------------------------------------------------------ state

    @property
    def _can_sign(self) -> bool:
        is_seen = self.preview.page_count > 0 and self.amended.is_shown
        return not self._is_blocked and self.form.is_complete and is_seen

    @property
    def _is_blocked(self) -> bool:
        told = (*checks(self._report), *self._amendment_checks)
        return any(check.blocks and not check.passed for check in told)

    @property
    def _signing_words(self) -> str:
        return tr("Sign as preliminary && send") if self._is_preliminary else tr("Sign && send")

    @property
    def _is_preliminary(self) -> bool:
        return self.form.preliminary

    @property
    def _amendment_checks(self) -> tuple[Check, ...]:
        return amendment_checks(self._report, preliminary=self._is_preliminary)

    def _show_ready(self) -> None:
        if self._bundle is not None:
            self._show_told()
        self._back.setEnabled(not self._sending)
        self._back.setVisible(not self.sent)
        self._sign.setEnabled(not self._sending and (self.sent or self._bundle is not None or self._can_sign))
        if self.sent:
            self._sign.setText(tr("Done"))
        elif self._sending:
            self._sign.setText(tr("Signing…"))
        else:
            self._sign.setText(tr("Send again") if self._bundle is not None else self._signing_words)

    def _show_told(self) -> None:
        """Follow what RIS and EHR are told of the report that was signed, in the place of what was to be expected."""
        for line in self._expected:
            line.hide()
        self.told.follow(self._report.study_instance_uid)

    def _unlock(self) -> None:
        open_key, passphrase, reader = self.form.open_key, self.form.passphrase, self.form.reader
        if open_key is None or self._sending or self._bundle is not None:
            return
        if self._unlocking is not None:
            self._unlocking.abandon()
        self._unlocking = self._jobs.start(
            lambda _progress: self._opened_key(open_key, reader),
            on_done=lambda key: self._show_key(key, passphrase),
            on_failed=self._locked_out,
        )

    def _opened_key(self, open_key: Callable[[], SigningKey], reader: Reader) -> SigningKey:
        """Open the key; raises `CannotSign` when it could not sign here, before the reader confirms anything."""
        key = open_key()
        if reader.name:
            key.require_fit_for(reader, trust_of(self._ws), datetime.now(UTC))
        return key

    def _show_key(self, key: SigningKey, passphrase: str) -> None:
        if not self._sending and not self.sent and passphrase == self.form.passphrase:
            self.form.show_key(key)

    def _locked_out(self, sentence: str) -> None:
        if not self._sending and not self.sent:
            self.form.show_problem(sentence)

    def _draw_preview(self) -> None:
        report, opened = self._report, self._opened
        self._drawing = self._jobs.start(
            lambda _progress: render_pages(preview_pdf(report, opened)),
            on_done=self._show_pages,
            on_failed=self.preview.say,
        )

    def _show_pages(self, pages: tuple[QImage, ...]) -> None:
        self.preview.show_pages(pages)
        self.form.allow_confirmation()
        self._show_ready()

    def _show_signed(self, pages: tuple[QImage, ...]) -> None:
        if self._drawing is not None:
            self._drawing.abandon()  # a waiting report may be sent before the draft of the new one is drawn
        self.preview.show_pages(pages)
        self.preview.setAccessibleName(tr("Signed report"))

    def _mention_unsent(self) -> None:
        uid = self._report.study_instance_uid
        waiting = next((bundle for bundle in unsent(self._ws) if bundle.study_instance_uid == uid), None)
        if waiting is not None:
            self.notice.show_sentence(
                tr(
                    "A report of this study is signed already and waits to be sent. Send that one, "
                    "or sign this one anew."
                ),
                tone="caution",
                button=tr("Send that one"),
                way_out=lambda: self._send_waiting(waiting),
            )

    def _send_waiting(self, bundle: SignedBundle) -> None:
        self._bundle = bundle
        self.form.setEnabled(False)
        self.sign_and_send()

    # ------------------------------------------------------------------ parts

    def _lay_out(self) -> None:
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self.preview, 1)
        body.addWidget(self._right())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._title())
        layout.addLayout(body, 1)
        parent = self.parentWidget()
        room = parent.window().size() if parent else QSize(1366, 768)
        self.resize(min(1280, room.width() - 60), min(920, room.height() - 40))

    def _title(self) -> QFrame:
        study = self._report.recognised.study
        number = study.accession_number
        accession = " · " + tr("Acc {number}").format(number=number) if number else ""
        chip = Chip()
        category = self._report.category
        chip.show_category(
            tr("PI-RADS –") if category is Category.PENDING else tr("PI-RADS {category}").format(category=category),
            category,
        )
        bar = QFrame()
        bar.setObjectName("topBar")
        bar.setFixedHeight(50)
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(12)
        row.addWidget(label(tr("Sign and send report"), "title"))
        row.addWidget(
            ElidedLabel(f"{patient_name(study.patient.name)} · {study.patient.patient_id}{accession}", "dim"), 1
        )
        row.addWidget(chip)
        return bar

    def _right(self) -> QFrame:
        content = QWidget()
        stacked = QVBoxLayout(content)
        stacked.setContentsMargins(0, 0, 0, 0)
        stacked.setSpacing(0)
        ws, report = self._ws, self._report
        others = (*accession_checks(ws, report), *drawings_check(ws, report), *self._amendment_checks)
        stacked.addWidget(ChecksSection(self._report, others))
        stacked.addWidget(self.amended)
        stacked.addWidget(self._planned())
        stacked.addWidget(self.form)
        stacked.addStretch(1)
        self._side = scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(content)
        right = QFrame()
        right.setObjectName("sidePanel")
        right.setFixedWidth(_RIGHT)
        layout = QVBoxLayout(right)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scroll, 1)
        layout.addWidget(self._footer())
        return right

    def _planned(self) -> QFrame:
        frame = section()
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(10)
        layout.addWidget(heading(tr("Will be stored in {name}").format(name=self._archive.name)))
        layout.addWidget(self.objects)
        for sentence in not_stored(self._ws, self._report, self._opened):
            layout.addWidget(label(said(sentence), "small", wrap=True))
        for line in (*self._expected, self.told):
            layout.addWidget(line)
        return frame

    def _footer(self) -> QFrame:
        self._back = QPushButton(tr("Back"))
        self._back.setObjectName("signBackButton")
        self._back.setAutoDefault(False)
        self._back.clicked.connect(self.reject)
        self._sign = QPushButton(tr("Sign && send"))
        self._sign.setObjectName("signAndSendButton")
        self._sign.setAccessibleName(tr("Sign and send"))
        self._sign.setProperty("primary", True)
        self._sign.setAutoDefault(False)
        self._sign.clicked.connect(self.sign_and_send)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._back, 1)
        buttons.addWidget(self._sign, 2)
        footer = QFrame()
        footer.setObjectName("panelFooter")
        layout = QVBoxLayout(footer)
        layout.setContentsMargins(16, 10, 16, 12)
        layout.setSpacing(8)
        layout.addWidget(self.notice)
        layout.addLayout(buttons)
        return footer

    def _connect(self) -> None:
        self._told.told.connect(self.objects.show_state, Qt.ConnectionType.QueuedConnection)
        self._told.drawn.connect(self._show_signed, Qt.ConnectionType.QueuedConnection)
        self.form.changed.connect(self._show_ready)
        self.amended.shown.connect(self._show_ready)
        self.form.unlock_wanted.connect(self._unlock)
        self.form.completed.connect(lambda: self._sign.setFocus())
        self.form.confirmed.connect(self.sign_and_send)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._reveal)
        for key, step in (("PgUp", _Step.SliderPageStepSub), ("PgDown", _Step.SliderPageStepAdd)):
            leaf = QShortcut(QKeySequence(key), self)
            leaf.activated.connect(partial(self.preview.verticalScrollBar().triggerAction, step))

    def _reveal(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Scroll what Enter went on to into view: nobody is to confirm a sentence that cannot be seen."""
        if now is not None and self._side.isAncestorOf(now):
            self._side.ensureWidgetVisible(now)
