"""Earlier examinations in the reading room: looked for on opening, hung beside the study, and what has changed."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from highdicom import Volume
from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QMenu, QPlainTextEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from core.progress import Progress
from core.report import Lesion, Report
from core.study import Role
from pacs.archive import Archive
from service.priors import (
    LesionChange,
    PdfDocument,
    Prior,
    PriorStudy,
    compare_lesions,
    find_priors,
    laid_on,
    open_prior,
)
from service.reading import LoadedSeries, OpenStudy, is_local
from service.workspace import Workspace
from viewer.jobs import Job, JobRunner
from viewer.labels import label
from viewer.language import tr
from viewer.pdf_preview import PdfPreview, render_pages
from viewer.prior_prefetch import PriorPrefetch
from viewer.said import said
from viewer.session import Session
from viewer.theme import icon

_DOCUMENT_SIZE = QSize(820, 900)
_NBSP = "\u00a0"  # a number and its unit stay in one line
_WHOSE_OUTLINES = tr("Outlines on the prior's images are those of the present study, for the place.")


class Priors(QObject):
    """Offers the priors of the open study in a button, and tells in `panel` what changed since the one that hangs."""

    hung = Signal(object)
    """These series (`LoadedSeries`) of a prior lie on the study now and are to hang beside it."""
    of_prostate = Signal(object)
    """The days (`date`) of the earlier prostate MRs that were found."""
    told = Signal(str)
    failed = Signal(str)

    def __init__(self, ws: Workspace, jobs: JobRunner, parent: QWidget) -> None:
        super().__init__(parent)
        self._ws, self._jobs, self._window = ws, jobs, parent
        self._archive: Archive | None = None
        self._session: Session | None = None
        self._opened: OpenStudy | None = None
        self._job: Job | None = None
        self._prior: tuple[Prior, PriorStudy] | None = None
        self._found: tuple[Prior, ...] = ()
        self.prefetch = PriorPrefetch(ws, jobs, self)
        self.button = _PriorsButton()
        self.panel = _ChangesPanel()
        self.panel.document_wanted.connect(self._show_document)
        self.button.chosen.connect(self._open)
        self.prefetch.came.connect(self.button.tell_of)

    @property
    def prior(self) -> PriorStudy | None:
        """The prior that hangs beside the study, or None."""
        return self._prior[1] if self._prior else None

    def show_session(self, session: Session | None, opened: OpenStudy | None, archive: Archive | None) -> None:
        """Look for the priors of this study, beside the window."""
        self._stop()
        if self._session is not None:
            self._session.changed.disconnect(self._follow)
        self._session, self._opened, self._archive, self._prior = session, opened, archive, None
        self.button.hide()
        self.panel.clear()
        if session is not None:
            session.changed.connect(self._follow)
        if session is None or opened is None or archive is None:
            return
        self._job = self._jobs.start(
            lambda _progress: find_priors(self._ws, archive, opened),
            on_done=self._offer,
            on_failed=self.button.show_problem,
        )

    def _offer(self, priors: tuple[Prior, ...]) -> None:
        self._job = None
        self._found = priors
        self.button.show_priors(priors)
        for prior in priors:
            if is_local(self._ws, prior.match.study_instance_uid):
                self.button.tell_of(prior.match.study_instance_uid)
        self._fetch_ahead()
        whens = [prior.match.study_datetime for prior in priors if prior.of_prostate]
        self.of_prostate.emit(tuple(when.date() for when in whens if when is not None))

    def _open(self, prior: Prior) -> None:
        opened, archive, session = self._opened, self._archive, self._session
        if opened is None or archive is None or session is None or self._job is not None:
            return
        self.prefetch.stop()  # what the reader asked for comes first
        gland = session.report.gland.mask if session.report.gland else None
        self.button.show_busy(0.0, tr("Fetching"))

        def work(progress: Progress) -> tuple[PriorStudy, tuple[LoadedSeries, ...]]:
            found = open_prior(self._ws, archive, prior, opened, _filled(gland), progress)
            day = _day(prior.match.study_datetime)
            return found, tuple(replace(one, prior=day) for one in laid_on(found, opened))

        self._job = self._jobs.start(
            work,
            on_done=partial(self._take, prior),
            on_failed=self._not_opened,
            on_progress=self.button.show_busy,
        )

    def _take(self, prior: Prior, found: tuple[PriorStudy, tuple[LoadedSeries, ...]]) -> None:
        self._job = None
        self._prior = (prior, found[0])
        self.button.show_chosen(prior)
        self.button.tell_of(prior.match.study_instance_uid)
        self._follow()
        self.hung.emit(found[1])
        self.told.emit(_how_it_lies(prior, found[0]))
        self._fetch_ahead()

    def _not_opened(self, sentence: str) -> None:
        self._job = None
        self.button.show_ready()
        self._fetch_ahead()
        self.failed.emit(tr("The prior could not be opened: {sentence}").format(sentence=sentence))

    def _fetch_ahead(self) -> None:
        """Fetch priors that may be asked for next, while nothing else is."""
        if self._archive is not None:
            self.prefetch.start(self._archive, self._found)

    def _follow(self) -> None:
        if self._prior is None or self._session is None:
            return
        prior, study = self._prior
        self.panel.show_study(prior, study, _changes(self._session.report, study))

    def _show_document(self, number: int) -> None:
        if self._prior is None:
            return
        document = self._prior[1].documents[number]
        dialog = QDialog(self._window)
        dialog.setObjectName("priorDocument")
        dialog.setWindowTitle(document.title)
        dialog.resize(_DOCUMENT_SIZE.boundedTo(self._window.window().size()))
        if isinstance(document, PdfDocument):
            QVBoxLayout(dialog).addWidget(self._pages(document.pdf, dialog))
        else:
            QVBoxLayout(dialog).addWidget(_written(document.text))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _pages(self, pdf: bytes, dialog: QDialog) -> PdfPreview:
        preview = PdfPreview()
        drawing = self._jobs.start(
            lambda _progress: render_pages(pdf),
            on_done=preview.show_pages,
            on_failed=preview.say,
        )
        dialog.finished.connect(drawing.abandon)  # it may be closed before its pages are drawn
        return preview

    def _stop(self) -> None:
        self.prefetch.stop()
        self._found = ()
        if self._job is not None:
            self._job.cancel()
            self._job.abandon()
            self._job = None


class _PriorsButton(QToolButton):
    """Hidden while there are none; its menu lists them with what speaks for each."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("priorsButton")
        self.setIcon(icon("filmstrip"))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._ready = ""
        self._actions: dict[str, tuple[Prior, QAction]] = {}
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self.setMenu(self._menu)
        self.hide()

    def show_priors(self, priors: tuple[Prior, ...]) -> None:
        """Offer these."""
        self._menu.clear()
        self._actions = {}
        for prior in priors:
            action = self._menu.addAction(_named(prior))
            action.setToolTip(tr("Offered because {why}.").format(why=prior.why))
            action.triggered.connect(partial(self.chosen.emit, prior))
            self._actions[prior.match.study_instance_uid] = (prior, action)
        self._ready = (tr("{count} priors") if len(priors) > 1 else tr("1 prior")).format(count=len(priors))
        self.setToolTip(tr("Earlier MR studies of this patient; choose one to hang it beside this study"))
        self.show_ready()
        self.setVisible(bool(priors))

    def tell_of(self, uid: str, problem: str = "") -> None:
        """Say that a prior is on this machine, or why fetching it beforehand failed."""
        if uid not in self._actions:
            return
        prior, action = self._actions[uid]
        offered = tr("Offered because {why}.").format(why=prior.why)
        if problem:
            action.setToolTip(f"{offered} " + tr("Not fetched yet: {problem}").format(problem=said(problem)))
        else:
            action.setText(tr("{prior} · on this machine").format(prior=_named(prior)))
            action.setToolTip(offered)

    def show_problem(self, sentence: str) -> None:
        """Say why no priors were looked for."""
        self._menu.clear()
        self._ready = tr("Priors unknown")
        self.setToolTip(tr("Priors could not be looked for: {sentence}").format(sentence=sentence))
        self.show_ready()
        self.setEnabled(False)
        self.show()

    def show_busy(self, fraction: float, message: str) -> None:
        """Say how far the chosen one is."""
        self.setEnabled(False)
        self.setText(tr("Prior {fraction:.0%}").format(fraction=fraction))
        self.setToolTip(message)

    def show_ready(self) -> None:
        """Offer again."""
        self.setText(self._ready)
        self.setAccessibleName(self._ready)
        self.setEnabled(True)

    def show_chosen(self, prior: Prior) -> None:
        """Say which one hangs."""
        self._ready = tr("Prior {day}").format(day=_day(prior.match.study_datetime))
        self.show_ready()


class _ChangesPanel(QWidget):
    """What changed, lesion by lesion, and the reports of the prior."""

    document_wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(12, 10, 12, 10)
        self._layout.setSpacing(8)
        self.clear()

    def clear(self) -> None:
        """Say that no prior hangs."""
        self._fill([label(tr("No prior hangs beside this study."), "dim", wrap=True)])

    def show_study(self, prior: Prior, study: PriorStudy, changes: tuple[LesionChange, ...]) -> None:
        """Show a prior's changes and documents."""
        day = _day(prior.match.study_datetime)
        parts: list[QWidget] = [label(f"{day} · {prior.match.description or 'MR'}", wrap=True)]
        if study.problem:
            parts.append(label(study.problem, "caution", wrap=True))
        if study.alignment is not None:
            parts.append(label(_WHOSE_OUTLINES, "dim", wrap=True, name="whoseOutlines"))
        if study.report is None:
            parts.append(
                label(tr("It has no report that was signed here, so lesions are not compared."), "dim", wrap=True)
            )
        elif not changes:
            parts.append(label(tr("Neither examination has a reported lesion."), "dim", wrap=True))
        parts += [label(change_words(change), wrap=True, name="lesionChange") for change in changes]
        for number, document in enumerate(study.documents):
            button = QPushButton(tr("Read: {title}").format(title=document.title))
            button.setObjectName(f"priorDocument_{number}")
            button.clicked.connect(partial(self.document_wanted.emit, number))
            parts.append(button)
        self._fill(parts)

    def _fill(self, parts: list[QWidget]) -> None:
        while self._layout.count():
            item = self._layout.takeAt(0)
            if item is not None and (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for part in parts:
            self._layout.addWidget(part)
        self._layout.addStretch(1)


def change_words(change: LesionChange) -> str:
    """Return what became of a lesion, e.g. `L1 (before: L2): 14 mm (+4 mm) · ADC 720 (−5 %) · PI-RADS 4 (was 3)`."""
    if change.now is None:
        assert change.before is not None
        return tr("Prior {label}, {label_2}: no longer reported").format(
            label=change.before.label, label_2=said(change.before.sector.label)
        )
    measures = change.now.measures
    if change.before is None:
        return tr("{label}: new, {long_axis_mm:.0f} mm, PI-RADS {category}").format(
            label=change.now.label, long_axis_mm=measures.long_axis_mm, category=change.now.category
        )
    told = [f"{measures.long_axis_mm:.0f} mm ({_size_change(change, change.before)})"]
    told.append(f"{measures.volume_ml:.2f} mL ({_signed(change.volume_percent)}{_NBSP}%)")
    if measures.adc_mean is not None:
        told.append(
            tr("ADC {adc_mean:.0f} ({signed}{nbsp}%)").format(
                adc_mean=measures.adc_mean, signed=_signed(change.adc_percent), nbsp=_NBSP
            )
        )
    told.append(
        tr("PI-RADS {category} (was {category_2})").format(
            category=change.now.category, category_2=change.before.category
        )
    )
    return tr("{label} (before: {label_2}): {list}").format(
        label=change.now.label, label_2=change.before.label, list=" · ".join(told)
    )


def _size_change(change: LesionChange, before: Lesion) -> str:
    """Say by how much a lesion grew, or, where that cannot be told, how large it was on which images."""
    if change.size_mm is not None:
        return f"{_signed(change.size_mm)}{_NBSP}mm"
    on = "ADC" if before.measures.measured_on is Role.ADC else "T2"
    return tr("was {long_axis_mm:.0f}{nbsp}mm on {on}").format(
        long_axis_mm=before.measures.long_axis_mm, nbsp=_NBSP, on=on
    )


def _signed(number: float | None) -> str:
    return "?" if number is None else f"{number:+.0f}".replace("-", "−")


def _written(text: str) -> QPlainTextEdit:
    shown = QPlainTextEdit(text)
    shown.setObjectName("priorText")
    shown.setAccessibleName(tr("Report of the prior"))
    shown.setReadOnly(True)
    return shown


def _changes(report: Report, study: PriorStudy) -> tuple[LesionChange, ...]:
    if study.report is None or study.alignment is None:
        return ()
    return compare_lesions(report, study.report, study.alignment.matrix)


def _how_it_lies(prior: Prior, study: PriorStudy) -> str:
    day = _day(prior.match.study_datetime)
    if study.alignment is None:
        return tr("The prior of {day} hangs beside this study. {problem}").format(day=day, problem=study.problem)
    how = (
        tr("aligned with this one on the prostate")
        if study.alignment.improved
        else tr("linked by the scanner's positions")
    )
    return tr("The prior of {day} hangs beside this study, {how}; check the alignment before you compare.").format(
        day=day, how=how
    )


def _named(prior: Prior) -> str:
    return f"{_day(prior.match.study_datetime)} · {prior.match.description or 'MR'}"


def _day(when: datetime | None) -> str:
    return f"{when:%Y-%m-%d}" if when else tr("unknown date")


def _filled(gland: Volume | None) -> Volume | None:
    """Return a gland that can be a region, or None."""
    return gland if gland is not None and bool(gland.array.any()) else None
