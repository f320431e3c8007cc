"""What the frozen folder leaves out must be nothing that the program imports itself."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("core", "pacs", "inference", "reporting", "resources", "service", "viewer")


# Model packs need these libraries; `inference.needs.require_library` says so where they are missing.
_ASK_FIRST = ("checkpoint.py", "nnunet_v1.py", "openvino_network.py", "picai_unet.py")


def _left_out() -> set[str]:
    tree = ast.parse((ROOT / "installers" / "prosector.spec").read_text("utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "NOT_NEEDED":
            return set(ast.literal_eval(node.value))
    raise AssertionError("The spec has no NOT_NEEDED.")


def _imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def test_the_frozen_folder_leaves_out_nothing_that_the_program_imports():
    left_out = _left_out()
    offenders = {
        f"{path.relative_to(ROOT)}: {name}"
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for name in _imported(path) & left_out
        if not path.is_relative_to(ROOT / "inference" / "adapters") and path.name not in _ASK_FIRST
    }
    assert "torch" in left_out
    assert offenders == set()
