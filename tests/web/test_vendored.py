"""What we ship of others is what their packages hold, and is named with its licence."""

import hashlib
import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
VENDOR = HOUSE / "static/vendor"
ROWS = [
    [part.strip() for part in line.split("|")]
    for line in (VENDOR / "VERSIONS").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("file", "name", "version", "licence", "source", "digest"), ROWS)
def test_it_ships_exactly_what_it_names(file, name, version, licence, source, digest):
    assert hashlib.sha256((VENDOR / file).read_bytes()).hexdigest() == digest
    assert version in source
    assert (VENDOR / "licences" / f"{name}.txt").stat().st_size > 300
    assert licence in {"0BSD", "MIT", "Apache-2.0"}


def test_it_names_everything_it_ships():
    shipped = {path.name for path in VENDOR.iterdir() if path.is_file()} - {"VERSIONS"}
    assert shipped == {row[0] for row in ROWS}


def test_it_has_every_icon_that_is_used():
    there = set(re.findall(r'<symbol id="([^"]+)"', (VENDOR / "icons.svg").read_text()))
    used = set()
    for path in (HOUSE / "templates").rglob("*.html"):
        used |= set(re.findall(r'icon\("([a-z-]+)"', path.read_text(encoding="utf-8")))
    for path in (HOUSE / "dashboard/web").glob("*.py"):
        used |= set(
            re.findall(r'"(?:busy|on_air|plain|fault|attention)", "([a-z-]+)"', path.read_text())
        )
    assert used - there == set()
