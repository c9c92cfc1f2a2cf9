"""Who may import whom. The table is the one of the architecture; every import is read."""

import ast
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2] / "dashboard"

MAY_IMPORT = {
    "errors": set(),
    "clock": set(),
    "extensions": set(),
    "settings": {"errors"},
    "layouts": {"errors"},
    "protocols": {"errors"},
    "domain": {"errors", "layouts"},
    "models": {"extensions", "clock", "domain", "layouts"},
    "providers": {"errors", "clock", "settings", "domain", "layouts", "protocols"},
    "storage": {"errors", "settings", "domain"},
    "engine": {"errors", "clock", "settings", "layouts", "protocols"},
    "services": {
        "errors", "clock", "settings", "extensions", "models",
        "providers", "storage", "domain", "layouts",
    },
    "jobs": {"clock", "settings", "services"},
    "web": {"errors", "clock", "settings", "extensions", "domain"},
    "views": {"errors", "settings", "domain", "layouts", "services", "web"},
    "cli": {"settings", "extensions", "models", "services"},
}  # fmt: skip
BUILDERS = {"__init__", "migrations"}  # create_app puts everything together


def modules():
    return sorted(path for path in HOUSE.rglob("*.py") if room_of(path) not in BUILDERS)


def room_of(path: Path) -> str:
    return path.relative_to(HOUSE).with_suffix("").parts[0]


def rooms_imported_by(path: Path) -> set[str]:
    """The names under `dashboard` that a file imports, wherever in the file it does."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                pytest.fail(f"{path}: relative import; write the name in full")
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "dashboard":
                found.add(parts[1] if len(parts) > 1 else "__init__")
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_it_imports_only_what_the_table_allows(path):
    room = room_of(path)
    assert room in MAY_IMPORT, f"{room} is not in the table"
    beyond = rooms_imported_by(path) - MAY_IMPORT[room] - {room}
    assert not beyond, f"{path.relative_to(HOUSE)} may not import {sorted(beyond)}"
