"""What can be said of the addons by reading their files alone."""

import ast
import re
from pathlib import Path

import pytest

from dev.xml_format import check_file

ROOT = Path(__file__).resolve().parent.parent
ADDONS = sorted(path.parent for path in (ROOT / "addons").glob("*/__manifest__.py"))
NAMES = {path.name for path in ADDONS}
MANIFEST_KEYS = {"name", "summary", "version", "license", "author", "category"}
VERSION = re.compile(r"19\.0\.\d+\.\d+\.\d+")
WHEEL_FILE = """\
[build-system]
requires = ["whool"]
build-backend = "whool.buildapi"
"""
# Addons a lower layer offers to the layers above it; bridges stand on top.
LAYERS = (
    {"itsm_sla", "itsm_approval"},
    {"itsm_helpdesk"},
    {"itsm_knowledge", "itsm_cmdb", "itsm_nonit"},
    {"itsm_change", "itsm_nonit_stock"},
    {"spreadsheet_dashboard_itsm"},
    {
        "spreadsheet_dashboard_itsm_change",
        "spreadsheet_dashboard_itsm_cmdb",
        "spreadsheet_dashboard_itsm_nonit",
    },
)
# Folders whose data files Odoo loads only when the manifest lists them.
DATA_FOLDERS = ("data", "demo", "report", "security", "views", "wizards")
REGISTRY = re.compile(
    r"https?://[\w.@:-]*(?:pypi|debian|ubuntu|npm|docker|registry|artifact|mirror)"
    r"|(?:extra-)?index-url\s*=",
    re.IGNORECASE,
)
TEXT_FILES = {".cfg", ".csv", ".in", ".js", ".md", ".py", ".scss", ".sh", ".toml"}
TEXT_FILES |= {".txt", ".xml", ".yaml", ".yml", ""}

each_addon = pytest.mark.parametrize("addon", ADDONS, ids=lambda path: path.name)


def manifest(addon: Path) -> dict:
    """Return an addon's manifest."""
    return ast.literal_eval((addon / "__manifest__.py").read_text(encoding="utf-8"))


def imports(path: Path) -> set[str]:
    """Return the absolute module names that a Python file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def all_dependencies(name: str) -> set[str]:
    """Return the addons of this project that one stands on."""
    direct = set(manifest(ROOT / "addons" / name).get("depends", [])) & NAMES
    return direct.union(*(all_dependencies(other) for other in direct))


@each_addon
def test_manifest_says_what_it_must(addon):
    """A shop, an installer and a lawyer read these keys."""
    values = manifest(addon)
    assert not MANIFEST_KEYS - set(values)
    assert values["license"] == "LGPL-3"
    assert VERSION.fullmatch(values["version"])
    assert values.get("depends"), "name at least the addon it extends"


@each_addon
def test_manifest_lists_the_data_files_that_exist(addon):
    """A file that is not listed is silently never loaded."""
    values = manifest(addon)
    listed = [*values.get("data", []), *values.get("demo", [])]
    assert len(listed) == len(set(listed))
    there = {
        path.relative_to(addon).as_posix()
        for folder in DATA_FOLDERS
        for kind in ("*.xml", "*.csv")
        for path in (addon / folder).rglob(kind)
    }
    assert there == {name for name in listed if name.split("/")[0] in DATA_FOLDERS}
    assert all((addon / name).is_file() for name in listed)


@each_addon
def test_addon_can_become_a_wheel(addon):
    """Whool needs these three lines and nothing else."""
    text = (addon / "pyproject.toml").read_text(encoding="utf-8")
    assert text == WHEEL_FILE


@each_addon
def test_xml_is_well_formed_and_laid_out(addon):
    """``make lint FIX=1`` corrects the layout."""
    problems = []
    for path in sorted(addon.rglob("*.xml")):
        problems += check_file(path, path.relative_to(ROOT).as_posix())
    assert not problems


@each_addon
def test_tools_do_not_import_odoo(addon):
    """Pure logic must run, be tested and be profiled without Odoo."""
    for path in (addon / "tools").rglob("*.py"):
        forbidden = {name for name in imports(path) if name.split(".")[0] == "odoo"}
        assert not forbidden, f"{path}: {forbidden}"


@each_addon
def test_code_imports_only_addons_it_depends_on(addon):
    """Otherwise the addon would not install with only its dependencies."""
    allowed = all_dependencies(addon.name) | {addon.name}
    for path in addon.rglob("*.py"):
        ours = {
            name.split(".")[2]
            for name in imports(path)
            if name.startswith("odoo.addons.") and name.split(".")[2] in NAMES
        }
        assert ours <= allowed, f"{path}: {ours - allowed}"


@pytest.mark.parametrize("number", range(len(LAYERS)))
def test_dependencies_point_one_way(number):
    """An addon stands on lower layers, never on its own or a higher one."""
    lower = set().union(*LAYERS[:number])
    for name in LAYERS[number] & NAMES:
        assert all_dependencies(name) <= lower


def test_no_registry_is_named():
    """Where packages come from is the machine's business."""
    found = []
    ignored = {".git", ".dev", "node_modules", "__pycache__"}
    for path in ROOT.rglob("*"):
        parts = set(path.relative_to(ROOT).parts)
        if parts & ignored or not path.is_file() or path.suffix not in TEXT_FILES:
            continue
        if REGISTRY.search(path.read_text(encoding="utf-8", errors="replace")):
            found.append(path.relative_to(ROOT).as_posix())
    assert not found
