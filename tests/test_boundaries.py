"""Who may import whom, where import-linter cannot say it, and what headless commands must not load."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("core", "pacs", "inference", "reporting", "resources", "service", "viewer")


def _imported(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("package", [p for p in PACKAGES if p != "reporting"])
def test_only_reporting_writes_structured_reports_and_segmentations(package):
    offenders = [
        path.name
        for path in (ROOT / package).rglob("*.py")
        for name in _imported(path)
        if name.startswith(("highdicom.sr", "highdicom.seg"))
    ]
    assert offenders == []


HEAVY = ("torch", "onnxruntime", "monai", "vtkmodules", "vtk", "PySide6", "SimpleITK", "highdicom", "pynetdicom")


def _modules_after(code):
    script = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_the_command_line_loads_nothing_heavy_before_a_command_runs():
    assert not _modules_after("from service.cli import parser; parser()") & set(HEAVY)


def test_headless_commands_run_without_qt_and_vtk(tmp_path):
    blocked = (
        "import sys\n"
        "class Absent:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in ('PySide6', 'vtkmodules', 'vtk', 'shiboken6'):\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Absent())\n"
        "import service.analysis, service.publish, service.reading, service.lesions, inference.pipeline\n"
        "import service.watch, service.cluster\n"
        "import service.check_dimse, service.check_web\n"
        "from service.cli import main\n"
        f"code = main(['phantom', {str(tmp_path / 'phantom')!r}])\n"
        "sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", blocked], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "phantom").rglob("*.dcm"))) > 100


def test_help_names_every_command():
    done = subprocess.run(
        [sys.executable, "-m", "service.cli", "--help"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    for command in ("open", "demo", "analyse", "verify", "phantom", "pacs", "audit"):
        assert f"    {command} " in done.stdout
