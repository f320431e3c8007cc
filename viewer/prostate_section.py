"""What is known of the gland: volume, PSA density, what the AI said of the images."""

from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from core.findings import Ellipsoid
from core.report import Report
from core.study import Role
from viewer.labels import heading, label
from viewer.language import tr
from viewer.said import note_in_words


class ProstateSection(QFrame):
    """Four values side by side."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "section")
        self._volume = label("–", "value", name="glandVolume")
        self._ellipsoid = label("–", "value", name="glandEllipsoid")
        self._density = label("–", "value", name="psaDensity")
        self._sequences = label("–", "value", name="sequencesPresent")
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(1)
        columns: tuple[tuple[str, QLabel, int], ...] = (
            (tr("Volume"), self._volume, 3),
            (tr("Ellipsoid"), self._ellipsoid, 3),
            (tr("PSA density"), self._density, 4),
            (tr("Assessed as"), self._sequences, 4),
        )
        for column, (name, value, stretch) in enumerate(columns):
            grid.addWidget(label(name, "small"), 0, column)
            grid.addWidget(value, 1, column)
            grid.setColumnStretch(column, stretch)
        self._warnings = label(role="small", name="analysisWarnings", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 12)
        layout.addWidget(heading(tr("Prostate")))
        layout.addLayout(grid)
        layout.addWidget(self._warnings)

    def show_report(self, report: Report) -> None:
        """Show the gland of the report."""
        self._volume.setText(f"{report.gland.volume_ml:.1f} mL" if report.gland else "–")
        self._volume.setToolTip(
            tr("Segmented by {name} {version}").format(name=report.gland.model.name, version=report.gland.model.version)
            if report.gland
            else tr("Run AI to measure")
        )
        self._show_ellipsoid(report.gland.ellipsoid if report.gland else None)
        density = report.psa_density
        self._density.setText("–" if density is None else f"{density:.2f}")
        self._density.setToolTip(tr("ng/mL², PSA over gland volume") if density is not None else _density_lacks(report))
        self._sequences.setText(_assessed_as(report))
        self._warnings.setText("\n".join(f"▲ {note_in_words(report, warning)}" for warning in report.warnings))
        self._warnings.setVisible(bool(report.warnings))

    def _show_ellipsoid(self, ellipsoid: Ellipsoid | None) -> None:
        self._ellipsoid.setText(f"{ellipsoid.volume_ml:.1f} mL" if ellipsoid else "–")
        told = tr("π/6 × {length} × {width} × {depth} mm: length and depth mid-sagittal, width axial, of the outline")
        self._ellipsoid.setToolTip(
            told.format(
                length=f"{ellipsoid.length_mm:.0f}",
                width=f"{ellipsoid.width_mm:.0f}",
                depth=f"{ellipsoid.depth_mm:.0f}",
            )
            if ellipsoid
            else tr("Not measured")
        )


def _density_lacks(report: Report) -> str:
    if report.gland is None:
        return tr("Needs the gland: Run AI")
    return tr("Needs the PSA: type it into the bar above")


def _assessed_as(report: Report) -> str:
    return "mpMRI" if report.recognised.one(Role.DCE) else "bpMRI"
