"""The audit trail: found, told, taken along, and kept from everybody else."""

import csv
import io
import json
import re

import pytest

from dashboard.extensions import db
from dashboard.models import Audit
from dashboard.services import audit
from dashboard.services.unit_of_work import transaction
from dashboard.views.audit import safe
from tests.views.conftest import words

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "|calc", "%0A")


@pytest.fixture
def admin(browse):
    return browse("administrator")


def note(house, count=1, **columns):
    def write():
        with transaction() as work:
            for number in range(count):
                given = {"action": "channel.edit", "subject": "channel", "subject_id": number + 1}
                audit.note(work, **(given | columns))

    house.do(write)


def sentences(answer) -> list[str]:
    found = re.findall(r'<span class="audit-what[^"]*">(.*?)</span>', answer.text, re.S)
    return [re.sub(r"<[^>]+>", "", each) for each in found]


def test_it_tells_who_did_what_when_from_where(admin, operator, house):
    operator.post("/channels/1/start", {"key": "press-0001"})
    page = admin.get("/audit")
    assert "Started recording lesson." in sentences(page)
    text = words(page)
    assert "operator@example.org" in text
    assert "127.0.0.1" in text
    assert 'href="/recordings/1"' in page.text


def test_it_shows_before_and_after(admin, house):
    note(house, name="lesson", before={"profile": {"canvas": {"width": 640}}, "same": 1},
         after={"profile": {"canvas": {"width": 1280}}, "same": 1})  # fmt: skip
    page = admin.get("/audit?action=channel.edit")
    row = re.search(r"<tr><th[^>]*>profile.canvas.width</th><td>640</td><td>1280</td>", page.text)
    assert row
    assert "same" not in words(page)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("who=somebody@example.org", 1),
        ("who=nobody@example.org", 0),
        ("action=channel.archive", 1),
        ("subject=channel&subject_id=7", 1),
        ("subject=channel&subject_id=8", 0),
        ("address=192.0.2.77", 1),
        ("q=Lektion", 1),
        ("q=%E8%AF%BE%E5%A0%82", 1),
        ("q=100%25", 0),
        ("since=2999-01-01", 0),
        ("until=2999-01-01&action=channel.archive", 1),
        ("since=nonsense&subject_id=x&older=y&action=channel.archive", 1),
        ("until=9999-12-31&action=channel.archive", 1),
    ],
)
def test_it_finds_by(admin, house, asked, found):
    note(house, action="channel.archive", subject_id=7, email="somebody@example.org",
         address="192.0.2.77", name="Lektion 课堂")  # fmt: skip
    assert len(sentences(admin.get(f"/audit?{asked}"))) == found


def test_it_pages_by_key_there_and_back(admin, house):
    note(house, 120)
    first = admin.get("/audit?action=channel.edit")
    assert len(sentences(first)) == 50
    older = re.search(r'rel="next" href="([^"]+)"', first.text).group(1).replace("&amp;", "&")
    note(house, 5)  # what is new meanwhile moves no page
    second = admin.get(older)
    assert len(sentences(second)) == 50
    assert not ids(first) & ids(second)
    newer = re.search(r'rel="prev" href="([^"]+)"', second.text).group(1).replace("&amp;", "&")
    assert ids(admin.get(newer)) == ids(first)


def ids(answer) -> set[str]:
    return set(re.findall(r'id="audit-(\d+)"', answer.text))


def test_it_shows_a_word_without_a_sentence_as_such(admin, house):
    note(house, action="teapot.boil", subject="teapot")
    page = admin.get("/audit?action=teapot.boil")
    assert sentences(page) == ["Something this version has no sentence for: teapot.boil"]


def test_it_writes_csv_that_no_spreadsheet_runs(admin, house):
    for formula in FORMULAS:
        note(house, name=formula, email=formula)
    answer = admin.get("/audit/export.csv?action=channel.edit")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert len(rows) == 1 + len(FORMULAS)
    cells = [cell for row in rows for cell in row if cell]
    assert [cell for cell in cells if cell.lstrip()[0] in "=+-@|%"] == []
    assert {row[2] for row in rows[1:]} == {f"'{formula}" for formula in FORMULAS}


def test_it_streams_json_lines_of_everything_that_was_found(admin, house):
    note(house, 1100)
    answer = admin.get("/audit/export.jsonl?action=channel.edit")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert len(lines) == 1100
    assert lines[0]["id"] > lines[-1]["id"]
    assert answer.headers.get("Content-Length") is None
    assert "Exported the audit trail." in sentences(admin.get("/audit"))


def test_it_leaves_plain_cells_alone():
    assert safe("lesson 1") == "lesson 1"
    assert safe("") == ""


def test_it_is_for_administrators_alone(viewer, operator, anonymous_screen):
    for person in (viewer, operator):
        assert person.get("/audit").status_code == 403
        assert person.get("/audit/export.csv").status_code == 403
    assert anonymous_screen.get("/audit").status_code == 302


@pytest.fixture
def anonymous_screen(app):
    from tests.views.conftest import Screen

    return Screen(app)


def test_it_cannot_be_changed_by_any_request(admin, app):
    for path in ("/audit", "/audit/export.csv"):
        assert admin.post(path).status_code == 405
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("audit.")]
    assert {method for rule in rules for method in rule.methods} == {"GET", "HEAD", "OPTIONS"}


def test_it_is_led_to_from_the_pages_of_its_subjects(admin, operator, house):
    house.start()
    for path, subject in (
        ("/recordings/1", "recording"),
        ("/channels/1/edit", "channel"),
        ("/accounts/1", "account"),
    ):
        link = f"/audit?subject={subject}&amp;subject_id=1"
        assert link in admin.get(path).text
        if subject != "account":
            assert link not in operator.get(path).text


def test_it_notes_the_address_that_the_proxies_tell(app, house, settings):
    from werkzeug.middleware.proxy_fix import ProxyFix

    from tests.views.conftest import Screen

    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1)
    screen = Screen(app)
    screen.client.environ_base["HTTP_X_FORWARDED_FOR"] = "198.51.100.7"
    screen.sign_in("operator@example.org")
    screen.post("/channels/1/start", {"key": "press-0001"})
    screen.post("/sign-out")

    def noted():
        rows = db.session.query(Audit).order_by(Audit.id)
        return [(row.action, row.address) for row in rows if row.address]

    assert house.do(noted) == [
        ("sign_in", "198.51.100.7"),
        ("recording.start", "198.51.100.7"),
        ("sign_out", "198.51.100.7"),
    ]
