"""The documents lead nowhere that is not there, and name nothing that the code has not."""

import re
from pathlib import Path

import pytest

from dashboard.engine.config import Tuning, _parser
from dashboard.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
FOR_TESTS = {"TEST_CHROMIUM", "TEST_POSTGRES"}
"""Read by the tests themselves, and no setting of the product."""

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
SETTING = re.compile(rf"\b{PREFIX}([A-Z_]+[A-Z])\b")
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]*\b")
CODE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
PACKAGE = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==", re.MULTILINE)

each_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)


def test_it_has_what_a_stranger_and_an_operator_look_for():
    names = {path.relative_to(ROOT).as_posix() for path in DOCUMENTS}
    assert names >= {
        "README.md", "CHANGELOG.md", "docs/guide.md", "docs/deployment.md", "docs/engine.md",
        "docs/settings.md", "docs/DECISIONS.md",
    }  # fmt: skip


@each_document
def test_it_links_and_shows_only_what_exists(path):
    for target in relative_links(path.read_text()):
        file, _, place = target.partition("#")
        found = (path.parent / file).resolve() if file else path
        assert found.exists(), target
        assert not place or place in headings(found.read_text()), target


@each_document
def test_it_names_only_settings_that_there_are(path):
    known = set(Settings.model_fields) | {name.lower() for name in FOR_TESTS}
    assert {name.lower() for name in SETTING.findall(path.read_text())} <= known


def test_it_tells_each_flag_of_the_engine_and_shows_no_other():
    text = (ROOT / "docs/engine.md").read_text()
    rows = FLAG.findall("".join(re.findall(r"^\| `--.*?\|", text, re.MULTILINE)))
    commands = [code for code in CODE.findall(text) if "python -m dashboard.engine" in code]
    flags = {name for action in _parser()._actions for name in action.option_strings}
    assert set(rows) == {name for name in flags if name.startswith("--")} - {"--help"}
    assert commands
    assert set(FLAG.findall("".join(commands))) <= flags


def test_it_tells_limits_of_the_engine_with_their_defaults():
    text = (ROOT / "docs/engine.md").read_text()
    told = re.findall(r"^\| `(\w+)` \| ([\d.,]+) \|", text, re.MULTILINE)
    defaults = vars(Tuning())
    assert len(told) > 10
    for name, value in told:
        default = defaults[name]
        expected = list(default) if isinstance(default, tuple) else [float(default)]
        assert [float(part) for part in value.split(",")] == expected, name


def test_it_gives_a_reason_for_every_package():
    table = (ROOT / "docs/DECISIONS.md").read_text().split("## House")[0]
    names = {name.strip() for row in re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)
             for name in row.split(",")}  # fmt: skip
    for file in ("requirements.txt", "requirements-dev.txt"):
        assert set(PACKAGE.findall((ROOT / file).read_text())) <= names, file


def relative_links(text: str) -> list[str]:
    return [link for link in LINK.findall(CODE.sub("", text)) if "://" not in link]


def headings(text: str) -> set[str]:
    """The names under which a heading can be reached, as GitHub makes them."""
    plain = (re.sub(r"[^\w\s-]", "", head.lower()) for head in HEADING.findall(CODE.sub("", text)))
    return {head.strip().replace(" ", "-") for head in plain}
