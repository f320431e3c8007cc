"""A report of another system in a window of its own: its text as a tree, or its pages."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from reporting.foreign_sr import SrNode
from service.foreign import PdfContent, ReportContent, Result
from viewer.foreign_panel import lost_words
from viewer.jobs import JobRunner
from viewer.labels import label
from viewer.language import tr
from viewer.pdf_preview import PdfPreview, render_pages

_SIZE = QSize(820, 900)


class ResultDialog(QDialog):
    """Stands beside the images; Esc closes it."""

    def __init__(self, result: Result, content: ReportContent | PdfContent, jobs: JobRunner, parent: QWidget) -> None:
        super().__init__(parent)
        head = result.head
        self.setObjectName("resultDialog")
        self.setWindowTitle(head.title)
        self.resize(_SIZE.boundedTo(parent.window().size()))
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        by = " · ".join(filter(None, (head.device, ", ".join(head.people), head.when, head.state)))
        layout.addWidget(label(by, "small" if head.intact else "caution", wrap=True, name="resultBy"))
        if isinstance(content, PdfContent):
            layout.addWidget(self._pages(content.pdf, jobs), 1)
        else:
            if content.tree.not_read:
                told = label(lost_words(content.tree.not_read), "caution", wrap=True, name="resultLost")
                layout.addWidget(told)
            layout.addWidget(text_tree(content.tree.nodes), 1)
        self.finished.connect(self.deleteLater)

    def _pages(self, pdf: bytes, jobs: JobRunner) -> PdfPreview:
        preview = PdfPreview()
        drawing = jobs.start(
            lambda _progress: render_pages(pdf),
            on_done=preview.show_pages,
            on_failed=lambda _why: preview.say(tr("The PDF cannot be shown: it is damaged or protected.")),
        )
        self.finished.connect(drawing.abandon)  # it may be closed before its pages are drawn
        return preview


def text_tree(nodes: Sequence[SrNode]) -> QTreeWidget:
    """Return a report's content as a tree, all of it open."""
    tree = QTreeWidget()
    tree.setObjectName("resultTree")
    tree.setAccessibleName(tr("Content of the report"))
    tree.setHeaderHidden(True)
    tree.setWordWrap(True)
    tree.setUniformRowHeights(False)
    tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    tree.setTextElideMode(Qt.TextElideMode.ElideNone)
    for node in nodes:
        tree.addTopLevelItem(_item(node))
    tree.expandAll()
    return tree


def _item(node: SrNode) -> QTreeWidgetItem:
    item = QTreeWidgetItem([node.text])
    item.setToolTip(0, tr("Content item {position}").format(position=node.position))
    for child in node.children:
        item.addChild(_item(child))
    return item
