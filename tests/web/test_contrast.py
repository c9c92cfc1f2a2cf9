"""Words can be read and controls be seen, in both themes (WCAG 2.2 AA: 4.5 and 3 to 1)."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "static/css"
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")
NAMED = dict(re.findall(r"(--[\w-]+):\s*([^;]+);", TOKENS))
GROUNDS = ("page", "rail", "surface", "sunken", "hover")
WORDS = ("text", "text-strong", "text-muted", "link")
PAIRS = [
    *((f"--color-{ink}", f"--color-{ground}", 4.5) for ink in WORDS for ground in GROUNDS),
    ("--color-on-primary", "--color-primary", 4.5),
    ("--color-on-primary", "--color-primary-hover", 4.5),
    ("--color-on-air-text", "--color-on-air-wash", 4.5),
    ("--color-on-air-text", "--color-page", 4.5),
    ("--color-on-air-text", "--color-surface", 4.5),
    ("--color-attention-text", "--color-attention-wash", 4.5),
    ("--color-attention-text", "--color-rail", 4.5),
    ("--color-attention-text", "--color-surface", 4.5),
    ("--color-draft", "--color-draft-wash", 4.5),
    ("--color-text-strong", "--color-selected", 4.5),
    ("--color-control-line", "--color-surface", 3.0),
    ("--color-control-line", "--color-page", 3.0),
    ("--color-focus", "--color-page", 3.0),
    ("--color-focus", "--color-surface", 3.0),
    ("--color-on-air", "--color-surface", 3.0),
    ("--color-attention", "--color-surface", 3.0),
]


def value(name, theme):
    """The hex colour behind a name, in "light" or "dark"."""
    found = NAMED[name].strip()
    if match := re.fullmatch(r"var\((--[\w-]+)\)", found):
        return value(match[1], theme)
    if match := re.fullmatch(r"light-dark\((#\w{6}), (#\w{6})\)", found):
        return match[1 if theme == "light" else 2]
    assert re.fullmatch(r"#\w{6}", found), found
    return found


def luminance(color):
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    lit = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * lit[0] + 0.7152 * lit[1] + 0.0722 * lit[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_it_can_be_read(ink, ground, least, theme):
    assert contrast(value(ink, theme), value(ground, theme)) >= least


DRAWINGS = {"drawing.css", "recording.css"}
"""Drawn pictures have greys of their own, which no theme changes."""


@pytest.mark.parametrize("sheet", sorted(CSS.glob("*.css")), ids=lambda path: path.name)
def test_it_uses_meanings_and_no_raw_values(sheet):
    if sheet.name == "tokens.css":
        pytest.skip("they are defined here")
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.S)
    if sheet.name not in DRAWINGS:
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;\s,)])", text) == []
    raw = "|".join(("desk", "ink", "tally", "preview", "amber", "blue", "hairline", "edge"))
    assert re.findall(rf"var\(--(?:{raw})\b", text) == []


def test_it_keeps_the_tally_red_for_what_is_on_air():
    """Red is said by few: the lamp, its badge and count, the mark, Stop, the programme's frame."""
    users = {
        sheet.name
        for sheet in CSS.glob("*.css")
        if sheet.name != "tokens.css" and "--color-on-air" in sheet.read_text(encoding="utf-8")
    }
    assert users <= {
        "lamp.css",
        "button.css",
        "recording.css",
        "recordings.css",
        "channels.css",
        "editor.css",
        "player.css",
        "wall.css",
    }
