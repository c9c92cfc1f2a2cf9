"""Quiet hours by the clocks of a zone, addresses that may be reached, services that are known."""

from datetime import UTC, datetime

import pytest

from dashboard.services.alerts import chat, guard, quiet


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "begins", "ends", "until"),
    [
        ("2026-01-01T21:59", "UTC", "22:00", "07:00", None),
        ("2026-01-01T22:00", "UTC", "22:00", "07:00", "2026-01-02T07:00"),
        ("2026-01-02T06:59", "UTC", "22:00", "07:00", "2026-01-02T07:00"),
        ("2026-01-02T07:00", "UTC", "22:00", "07:00", None),
        ("2026-01-01T12:30", "UTC", "12:00", "13:00", "2026-01-01T13:00"),
        ("2026-01-01T15:00", "Asia/Shanghai", "22:00", "07:00", "2026-01-01T23:00"),
        ("2026-03-28T22:00", "Europe/Berlin", "22:00", "07:00", "2026-03-29T05:00"),
        ("2026-10-24T21:00", "Europe/Berlin", "22:00", "07:00", "2026-10-25T06:00"),
        ("2026-01-01T23:00", "UTC", None, None, None),
    ],
)
def test_it_is_quiet_by_the_clocks_of_the_place(now, zone, begins, ends, until):
    """In Berlin the clocks go forward on 29 March 2026 and back on 25 October."""
    found = quiet.until(utc(now), zone, begins, ends)
    assert found == (utc(until) if until else None)


@pytest.mark.parametrize(
    ("address", "outside", "inside"),
    [
        ("93.184.216.34", True, True),
        ("2606:4700::1111", True, True),
        ("127.0.0.1", False, True),
        ("::1", False, True),
        ("10.1.2.3", False, True),
        ("192.168.0.9", False, True),
        ("100.64.0.1", False, False),
        ("169.254.169.254", False, False),
        ("fe80::1%eth0", False, False),
        ("fd00::1", False, True),
        ("::ffff:127.0.0.1", False, True),
        ("::ffff:169.254.169.254", False, False),
        ("64:ff9b::7f00:1", False, True),
        ("2002:7f00:1::", False, True),
        ("0.0.0.0", False, False),
        ("224.0.0.1", False, False),
        ("255.255.255.255", False, False),
        ("nonsense", False, False),
    ],
)
def test_it_knows_which_addresses_are_inside(address, outside, inside):
    assert guard.may_reach(address, internal=False) is outside
    assert guard.may_reach(address, internal=True) is inside


@pytest.mark.parametrize("service", chat.SERVICES.values(), ids=lambda one: one.word)
def test_it_takes_the_form_of_address_that_it_shows(service):
    assert chat.service_of(service.example) is service
    assert chat.problem_of(service.example, internal=False) is None


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("https://hooks.slack.com/services/T1/B1/abc", "slack"),
        ("https://discord.com/api/webhooks/1/abc", "discord"),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abc", "wecombot"),
        ("https://oapi.dingtalk.com/robot/send?access_token=abc", "dingtalk"),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/abc", "feishu"),
        ("https://x.westeurope.logic.azure.com/workflows/1?sp=a&sv=1.0&sig=b", "workflows"),
    ],
)
def test_it_takes_the_web_address_that_a_service_gives(address, word):
    assert chat.service_of(address).word == word
    assert chat.problem_of(address, internal=False) is None


@pytest.mark.parametrize("host", ["discord.com.example.org", "evil-discord.com", "example.com"])
def test_it_takes_no_web_address_that_only_looks_like_one(host):
    assert chat.service_of(f"https://{host}/api/webhooks/1/abc") is None


HEX = "3ccdd113474722377935511fc85d3dd4"
ADDRESSES = {
    "slack": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#news",
    "discord": "https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    "workflows": f"workflows://host.example.com:443/{HEX}/sigsigsigsig",
    "google_chat": "gchat://AAAAAAA/key/token",
    "telegram": "tgram://123456789:abcdefg_hijklmnop/12315544/",
    "dingtalk": f"https://oapi.dingtalk.com/robot/send?access_token={HEX}",
    "feishu": f"https://open.feishu.cn/open-apis/bot/v2/hook/{HEX}",
    "lark": "lark://abcd1234",
    "wecombot": f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={HEX}aaaa",
    "serverchan": "schan://12345678",
    "mattermost": f"mmosts://host.example.com/{HEX}",
    "rocketchat": "rockets://abc123def456/ghi789jkl012@host.example.com/#room",
    "matrix": "matrixs://user:password@host.example.com/#room",
    "zulip": f"zulip://bot@org/{HEX}/channel",
    "webexteams": f"wxteams://{HEX}{HEX}{HEX[:16]}",
    "nextcloudtalk": "nctalks://user:password@host.example.com/room",
    "ntfy": "ntfys://topic",
    "gotify": "gotifys://host.example.com/tokentoken12345",
    "bark": "barks://host.example.com/device",
    "pushover": f"pover://{HEX[:30]}@{HEX[:30]}",
    "pagerduty": f"pagerduty://{HEX}@{HEX[:20]}",
    "opsgenie": "opsgenie://aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa",
}


@pytest.mark.parametrize("word", chat.SERVICES)
def test_it_offers_what_the_library_reads_as_that_very_service(word):
    """A release that renames a service or drops one is noticed here."""
    import apprise

    address = ADDRESSES[word]
    assert chat.problem_of(address, internal=False) is None
    plugin = apprise.Apprise.instantiate(chat.as_the_library_has_it(address))
    assert type(plugin).__module__.split(".")[:3] == ["apprise", "plugins", word]
