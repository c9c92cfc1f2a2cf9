"""What the content policy forbids does not stand in any template or page.

No style attributes or elements, no scripts in the page, no on… attributes, no hx-on, no
javascript: or data: addresses. The only style in a page is a linked sheet.
"""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
TEMPLATES = sorted((HOUSE / "templates").rglob("*.html"))
FORBIDDEN = {
    "style attribute": re.compile(r"""<[^>]*\sstyle\s*=""", re.I),
    "style element": re.compile(r"<style[\s>]", re.I),
    "inline script": re.compile(r"""<script(?![^>]*\s(?:src=|type="application/json"))""", re.I),
    "event attribute": re.compile(r"""<[a-z][^<>]*\son[a-z]+\s*=\s*["']""", re.I),
    "hx-on": re.compile(r"hx-on", re.I),
    "hx-vals js": re.compile(r"""["']js:""", re.I),
    "script address": re.compile(r"javascript:", re.I),
    "trigger filter": re.compile(r"""hx-trigger="[^"]*\["""),
    "text marked safe": re.compile(r"\|\s*safe\b"),
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_it_has_nothing_inline_in_its_templates(path):
    text = path.read_text(encoding="utf-8")
    found = [name for name, pattern in FORBIDDEN.items() if pattern.search(text)]
    assert found == []


class Inline(HTMLParser):
    """Collects what would need 'unsafe-inline', and ids that are used twice."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        for name, value in attrs:
            if name == "style" or name.startswith("on") or name.startswith("hx-on"):
                self.faults.append(f"<{tag} {name}>")
            if (value or "").lower().startswith(("javascript:", "data:")):
                self.faults.append(f"<{tag} {name}={value[:20]}>")
            if name in {"href", "src"} and (value or "").startswith(("http:", "https:", "//")):
                self.faults.append(f"<{tag} {name}={value[:40]}> leads elsewhere")
        is_data = given.get("type") == "application/json"
        if tag == "style" or (tag == "script" and "src" not in given and not is_data):
            self.faults.append(f"<{tag}>")
        if given.get("id"):
            self.ids.append(given["id"])


PAGES = [
    "/sign-in",
    "/account",
    "/people",
    "/audit",
    "/live",
    "/live?kiosk=1",
    "/channels",
    "/recordings",
    "/ledger",
    "/ledger/test",
    "/channels/new",
    "/schedules",
    "/schedules/agenda",
    "/schedules/new",
    "/schedules/import",
    "/alerts",
    "/alerts/rules/new?condition=no_upload",
    "/alerts/destinations/new?kind=chat",
    "/none",
]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("path", PAGES)
def test_it_has_nothing_inline_in_its_pages(administrator, anonymous, path, language):
    browser = anonymous if path == "/sign-in" else administrator
    page = (
        browser.get(path, headers={"Cookie": f"locale={language}"})
        if path == "/sign-in"
        else (browser.get(path))
    )
    assert page.status_code in {200, 404}
    reader = Inline()
    reader.feed(page.text)
    assert reader.faults == []
    assert len(reader.ids) == len(set(reader.ids))


def test_it_brings_the_token_in_every_form_that_posts():
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.S):
            assert "csrf" in form, path


def test_it_tells_htmx_to_behave():
    base = (HOUSE / "templates/base.html").read_text(encoding="utf-8")
    for setting in (
        '"includeIndicatorStyles":false',
        '"allowEval":false',
        '"selfRequestsOnly":true',
        '"historyCacheSize":0',
    ):
        assert setting in base


@pytest.mark.parametrize(
    "path", sorted((HOUSE / "static/js").rglob("*.js")), ids=lambda path: path.name
)
def test_it_keeps_html_and_sentences_out_of_scripts(path):
    text = path.read_text(encoding="utf-8")
    assert "innerHTML" not in text
    assert "insertAdjacentHTML" not in text
    assert "eval(" not in text
    assert 'setAttribute("style"' not in text
