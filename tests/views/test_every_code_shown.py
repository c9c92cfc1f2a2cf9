"""Every error that the vendors document, driven through client and services onto the screen.

One application, and one server that answers as the vendors do, with a fault in one call. What a
person then reads must hold our sentences for it, and the vendor's own code and words.
"""

import html
import itertools
import json
from dataclasses import replace
from unittest.mock import patch

import pytest
from jinja2 import FileSystemBytecodeCache

from dashboard import create_app
from dashboard.clock import FrozenClock
from dashboard.domain.recording import Profile, StorageTarget
from dashboard.extensions import db
from dashboard.layouts.document import Layout
from dashboard.models import Account, Channel
from dashboard.protocols import agora_errors, trtc_errors
from dashboard.protocols.agora_errors import ACQUIRE, QUERY, START, STOP, UPDATE
from dashboard.protocols.trtc import CREATE, DELETE, DESCRIBE, MODIFY
from dashboard.providers import registry
from dashboard.services import accounts, context, people, renewals, storage_targets
from dashboard.services.unit_of_work import transaction
from dashboard.settings import load
from dashboard.web import translate
from tests.providers.conftest import Vendor, mumbles, resets, says
from tests.services.layouts import TWO
from tests.views.conftest import Screen, words
from tests.web.conftest import PASSWORD

SAID = "such are the vendor's own words"
NAMES = (f"{number:032x}" for number in itertools.count(1))
KEYS = {
    "agora": {"customer_key": "key", "customer_secret": "s3cret-1"},
    "anyrtc": {"customer_key": "key", "customer_secret": "s3cret-1"},
    "trtc": {"secret_id": "key", "secret_key": "s3cret-1", "app_secret": "0123456789abcdef" * 4},
}
GONE = "The vendor no longer knows this recording."
LEFT = "The vendor says that the recorder has stopped."
NOTHING = "Nobody sent anything, so nothing was recorded."
OF_THE_RECORDING = {
    # told as what became of the recording, not as a fault of the call
    (START, 7): "The recording runs, but the vendor has not told its name yet.",
    (QUERY, 404): GONE, (STOP, 404): GONE,
    (QUERY, 435): NOTHING, (STOP, 435): NOTHING,
    **{(QUERY, code): LEFT for code in (49, 50, 501)},
    **{(STOP, code): "The vendor accepted the stop." for code in (49, 50, 501)},
}  # fmt: skip


class Stage:
    """An application with an account of each vendor, and an administrator before its pages."""

    def __init__(self, folder) -> None:
        self.vendor = Vendor()
        self.clock = FrozenClock()
        settings = load(data=folder / "data", host="127.0.0.1", port=8000)
        self.app = create_app(settings)
        self.app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(folder))
        context.bind(self.app, settings, self.clock, lambda *work: None)
        self.numbers = itertools.count(1)
        self.running: dict[str, str] = {}
        with self.app.app_context():
            db.create_all()
            people.add_user("administrator@example.org", "administrator", PASSWORD)
            with transaction() as work:
                self.accounts = {name: self._account(work, name) for name in KEYS}
        self.screen = Screen(self.app)
        assert self.screen.sign_in("administrator@example.org").status_code == 303
        self.token = self.screen.token()

    def _account(self, work, vendor):
        target = StorageTarget("aws", "bucket", region="us-east-1", access_key="a",
                               secret_key="secret")  # fmt: skip
        return accounts.add(
            work, name=f"{vendor}'s", vendor=vendor, base_url=self.vendor.url,
            app_id="1400000001", credentials=KEYS[vendor], callback_secrets=("s",),
            storage_id=storage_targets.add(work, f"Store of {vendor}", target).id,
        ).id  # fmt: skip

    def channel(self, vendor):
        preset = registry.capabilities_for(vendor).layouts.presets[0]
        with self.app.app_context(), transaction() as work:
            row = Channel(
                account_id=self.accounts[vendor], name=f"lesson-{next(self.numbers)}",
                profile=Profile("900001", layout=Layout(preset)).to_json(),
                created_at=self.clock.now(),
            )  # fmt: skip
            work.session.add(row)
            work.session.flush()
            return row.id

    def press(self, path, **form):
        return self.screen.send(path, form, token=self.token)

    def start(self, vendor):
        """What Start answers, and the page of the recording that it made."""
        channel = self.channel(vendor)
        answer = self.press(f"/channels/{channel}/start", key=f"press-{channel:04}")
        assert answer.status_code == 200
        with self.app.app_context():
            found = db.session.execute(
                db.text("SELECT id FROM recording WHERE channel_id = :c"), {"c": channel}
            )
            return answer, f"/recordings/{found.scalar()}"

    def under_way(self, vendor):
        self.vendor.answers(well)
        return self.start(vendor)[1]

    def always_on(self, vendor):
        """One that is under way, whatever was asked of it before."""
        self.vendor.answers(well)
        if vendor not in self.running:
            self.running[vendor] = self.start(vendor)[1]
        return self.running[vendor]

    def with_a_new_key(self, vendor):
        """One that runs with a temporary key, while the storage has the next one already."""
        self._put_key(vendor)
        page = self.under_way(vendor)
        self.press(f"{page}/query")
        self._put_key(vendor)
        return page

    def hand_keys_on(self):
        with self.app.app_context():
            renewals.renew_due()

    def _put_key(self, vendor):
        with self.app.app_context(), transaction() as work:
            row = work.session.get(Account, self.accounts[vendor]).storage
            token = f"token-{next(self.numbers)}"
            ends_s = int(self.clock.now().timestamp()) + 10**8
            known = storage_targets.target_of(row)
            storage_targets.seal(row, replace(known, sts_token=token, sts_expires_s=ends_s))

    def tried(self, vendor):
        return self.press(f"/accounts/{self.accounts[vendor]}/test")


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    def hurried(make):
        def client(config, gate, studio=None):
            made = make(config, None, studio)  # no turns to wait for, and no pauses
            made._sleep = lambda pause_s: None
            return made

        return client

    quick = {
        name: replace(vendor, make=hurried(vendor.make))
        for name, vendor in registry._VENDORS.items()
    }
    with patch.object(registry, "_VENDORS", quick):
        stage = Stage(tmp_path_factory.mktemp("stage"))
        yield stage
        registry.close_all()
        stage.vendor.close()


# ---------------------------------------------------------------- a vendor that answers


def call_of(asked) -> str:
    """acquire, start, ... or the action of TRTC."""
    return asked.headers.get("x-tc-action") or asked.path.rpartition("/")[2]


def well(connection, asked):
    call = call_of(asked)
    if call in (CREATE, DESCRIBE, MODIFY, DELETE):
        body = {"Response": {"TaskId": next(NAMES), "Status": "InProgress", "RequestId": "r"}}
    else:
        body = {"resourceId": "resource", "sid": next(NAMES), "serverResponse": {"status": 5}}
    says(200, body)(connection, asked)


def badly(call, fault):
    """All is well but this call."""

    def script(connection, asked):
        (fault if call_of(asked) == call else well)(connection, asked)

    return script


def agora_fault(row):
    if row.code is None:
        return says(row.http, {"message": row.reason})
    return says(row.http, {"code": int(row.code), "reason": SAID})


def trtc_fault(row):
    return says(200, {"Response": {"Error": {"Code": str(row.code), "Message": SAID},
                                   "RequestId": "r"}})  # fmt: skip


def read(*answers) -> str:
    return html.unescape(" ".join(words(answer) for answer in answers))


# ---------------------------------------------------------------- each call, as a person makes it


def drive(stage, vendor, call, fault) -> str:
    """Press what makes this call, with the fault in it. Returns what is on the screen then."""
    script = badly(call, fault)
    if call in (ACQUIRE, START, CREATE):
        stage.vendor.answers(script)
        answer, page = stage.start(vendor)
        return read(answer, stage.screen.get(page))
    if call in (STOP, DELETE):
        page = stage.under_way(vendor)
        stage.vendor.answers(script)
        return read(stage.press(f"{page}/stop"))
    if call == UPDATE:
        page = stage.with_a_new_key(vendor)
        stage.vendor.answers(script)
        stage.hand_keys_on()
        return read(stage.screen.get(page))
    page = stage.always_on(vendor)
    stage.vendor.answers(script)
    if call in (QUERY, DESCRIBE):
        return read(stage.press(f"{page}/query"))
    return read(stage.press(f"{page}/layout", document=json.dumps(TWO), revision=1))


def drive_to_the_end(stage, vendor, call, fault) -> str:
    """The same for an answer that tells of the recording, and goes on doing so."""
    page = stage.under_way(vendor)
    query = QUERY if vendor != "trtc" else DESCRIBE
    stage.vendor.answers(badly(call, fault))
    answers = [stage.press(f"{page}/{'stop' if call in (STOP, DELETE) else 'query'}")]
    stage.vendor.answers(badly(query, fault))
    for wait_s in (1, 1300):
        stage.clock.advance(wait_s)
        answers.append(stage.press(f"{page}/query"))
    return read(*answers, stage.screen.get(page))


AGORA = [
    pytest.param(row, call, id=f"{call}-{row.http}-{row.code or row.reason}")
    for row in agora_errors.TABLE
    for call in row.calls
]


@pytest.mark.parametrize(("row", "call"), AGORA)
def test_it_shows_each_error_of_agora(stage, row, call):
    it_shows(stage, "agora", row, call)


@pytest.mark.parametrize("row", agora_errors.TABLE, ids=lambda row: f"{row.http}-{row.code}")
def test_it_shows_each_error_of_anyrtc(stage, row):
    """The same table and client; so one call for each row."""
    it_shows(stage, "anyrtc", row, row.calls[0])


def it_shows(stage, vendor, row, call):
    told = OF_THE_RECORDING.get((call, row.code))
    is_end = told and call != START
    shown = (drive_to_the_end if is_end else drive)(stage, vendor, call, agora_fault(row))
    assert (told or str(row.meaning)) in shown
    assert told or str(row.remedy) in shown
    assert (row.reason if row.code is None else f"{int(row.code)} · {SAID}") in shown


TRTC = [
    pytest.param(row, call, id=f"{call}-{row.code}")
    for number, row in enumerate(trtc_errors.TABLE)
    for call in dict.fromkeys((row.calls[0], row.calls[number % len(row.calls)]))
]
"""Each row by its first call and by one of the others: they share one table."""


@pytest.mark.parametrize(("row", "call"), TRTC)
def test_it_shows_each_error_of_trtc(stage, row, call):
    if row.ended and call in (DESCRIBE, DELETE):
        assert GONE in drive_to_the_end(stage, "trtc", call, trtc_fault(row))
        return
    shown = drive(stage, "trtc", call, trtc_fault(row))
    assert str(row.meaning) in shown
    assert str(row.remedy) in shown
    assert f"{row.code} · {SAID}" in shown


# ---------------------------------------------------------------- the Test button


TRIED = [
    pytest.param(row, call, id=f"{call}-{row.http}-{row.code or row.reason}")
    for row in agora_errors.TABLE
    for call in (ACQUIRE, QUERY)
    if call in row.calls and (call, row.code) not in OF_THE_RECORDING
]


@pytest.mark.parametrize(("row", "call"), TRIED)
def test_the_test_button_says_what_agora_objects_to(stage, row, call):
    stage.vendor.answers(badly(call, agora_fault(row)))
    shown = read(stage.tried("agora"))
    code = f"{int(row.code)} · {SAID}" if row.code is not None else row.reason
    assert f"{row.meaning} {row.remedy} ({code})" in shown


DESCRIBED = [row for row in trtc_errors.TABLE if DESCRIBE in row.calls]


@pytest.mark.parametrize("row", DESCRIBED, ids=lambda row: str(row.code))
def test_the_test_button_says_what_trtc_objects_to(stage, row):
    """TRTC is asked for a task that never was; that it has ended is the right answer."""
    stage.vendor.answers(badly(DESCRIBE, trtc_fault(row)))
    shown = read(stage.tried("trtc"))
    said = f"{row.meaning} {row.remedy} ({row.code} · {SAID})"
    assert (said in shown) is not row.ended


# ---------------------------------------------------------------- what is no answer of the vendor's


CALLS = {"agora": (ACQUIRE, START, QUERY, STOP), "trtc": (CREATE, DESCRIBE, DELETE)}
PATHS = [
    (resets, "The connection to {} broke before it answered."),
    (mumbles, "The connection to {} broke before it answered."),
    (says(500, b"<h1>Oops</h1>", "text/html"), "{} has a fault of its own (HTTP 500)."),
    (says(503, b"", "text/plain"), "{} has a fault of its own (HTTP 503)."),
    (says(302, b"", Location="https://elsewhere.example"), "The address of {} sends us elsewhere."),
    (says(418, b"tea"), "{} refused (HTTP 418)."),
    (says(200, b"[]"), "{} gave an answer that we cannot read."),
]


@pytest.mark.parametrize(("fault", "sentence"), PATHS, ids=[str(n) for n in range(len(PATHS))])
@pytest.mark.parametrize(
    ("vendor", "call"), [(vendor, call) for vendor, calls in CALLS.items() for call in calls]
)
def test_it_says_so_where_no_answer_of_the_vendor_came(stage, vendor, call, fault, sentence):
    assert sentence.format(f"{vendor}'s") in drive(stage, vendor, call, fault)


# ---------------------------------------------------------------- in both languages


@pytest.mark.parametrize("language", ["zh"])
def test_each_error_has_its_sentences_in_every_language(language):
    catalog = translate.catalog(language)
    rows = (*agora_errors.TABLE, *trtc_errors.TABLE)
    for sentence in {text.template for row in rows for text in (row.meaning, row.remedy)}:
        there = catalog.get(sentence)
        assert there is not None, sentence
        assert there.string not in ("", sentence), sentence


def test_the_screen_shows_them_in_chinese(stage):
    row = next(row for row in agora_errors.TABLE if row.code == agora_errors.Code.OVERLOAD)
    catalog = translate.catalog("zh")
    wanted = [catalog.get(text.template).string for text in (row.meaning, row.remedy)]
    stage.screen.client.set_cookie("locale", "zh")
    try:
        shown = drive(stage, "agora", ACQUIRE, agora_fault(row))
    finally:
        stage.screen.client.delete_cookie("locale")
    assert all(sentence in shown for sentence in (*wanted, f"{int(row.code)} · {SAID}"))
