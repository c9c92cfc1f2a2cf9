"""The chat services that alerts can be told in, as the notification library addresses them.

An allow list: the library knows further services, some of which run programs or read files of
this machine. Source of the forms of address: appriseit.com/services.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import parse_qsl, urlsplit

from dashboard.errors import Text, text


@dataclass(frozen=True)
class Service:
    """word: of its module in the library. schemes: what an address may begin with; open ones
    carry their keys in the clear. example: what an address looks like. options: what may stand
    behind the question mark. web: hosts of the service's own web addresses, taken as they are.
    """

    word: str
    name: str
    schemes: tuple[str, ...]
    example: str
    open: tuple[str, ...] = ()
    options: frozenset[str] = frozenset()
    web: tuple[str, ...] = ()


_ALL = (
    Service("slack", "Slack", ("slack",), "slack://TokenA/TokenB/TokenC/#channel",
            web=("hooks.slack.com",)),
    Service("discord", "Discord", ("discord",), "discord://WebhookId/WebhookToken",
            options=frozenset({"thread", "ping"}), web=("discord.com", "discordapp.com")),
    Service("workflows", "Microsoft Teams (Workflows)", ("workflow", "workflows"),
            "workflows://host:443/WorkflowId/Signature",
            options=frozenset({"api-version", "sp", "sv", "sig", "ver"}),
            web=(".logic.azure.com", ".powerplatform.com")),
    Service("google_chat", "Google Chat", ("gchat",), "gchat://Workspace/Key/Token",
            options=frozenset({"key", "token", "thread"}), web=("chat.googleapis.com",)),
    Service("telegram", "Telegram", ("tgram",), "tgram://BotToken/ChatId",
            options=frozenset({"silent", "topic", "thread"})),
    Service("dingtalk", "DingTalk 钉钉", ("dingtalk",), "dingtalk://Secret@Token",
            options=frozenset({"access_token"}), web=("oapi.dingtalk.com",)),
    Service("feishu", "Feishu 飞书", ("feishu",), "feishu://Token", web=("open.feishu.cn",)),
    Service("lark", "Lark", ("lark",), "lark://Token", web=("open.larksuite.com",)),
    Service("wecombot", "WeCom 企业微信", ("wecombot",), "wecombot://Key",
            options=frozenset({"key"}), web=("qyapi.weixin.qq.com",)),
    Service("serverchan", "ServerChan Server酱", ("schan",), "schan://SendKey"),
    Service("mattermost", "Mattermost", ("mmosts", "mmost"), "mmosts://host/Token",
            open=("mmost",), options=frozenset({"channel"})),
    Service("rocketchat", "Rocket.Chat", ("rockets", "rocket"), "rockets://TokenA/TokenB@host/#channel",
            open=("rocket",), options=frozenset({"mode"})),
    Service("matrix", "Matrix", ("matrixs", "matrix"), "matrixs://user:password@host/#room",
            open=("matrix",), options=frozenset({"mode", "msgtype"})),
    Service("zulip", "Zulip", ("zulip",), "zulip://bot@organisation/Token/channel"),
    Service("webexteams", "Webex", ("wxteams", "webex"), "wxteams://Token",
            web=("webexapis.com", "api.ciscospark.com")),
    Service("nextcloudtalk", "Nextcloud Talk", ("nctalks", "nctalk"),
            "nctalks://user:password@host/Room", open=("nctalk",)),
    Service("ntfy", "ntfy", ("ntfys", "ntfy"), "ntfys://topic", open=("ntfy",),
            options=frozenset({"priority", "xtags", "token", "auth", "mode"})),
    Service("gotify", "Gotify", ("gotifys", "gotify"), "gotifys://host/Token", open=("gotify",),
            options=frozenset({"priority"})),
    Service("bark", "Bark", ("barks", "bark"), "barks://host/DeviceKey", open=("bark",),
            options=frozenset({"sound", "level", "group"})),
    Service("pushover", "Pushover", ("pover",), "pover://UserKey@Token",
            options=frozenset({"priority", "sound"})),
    Service("pagerduty", "PagerDuty", ("pagerduty",), "pagerduty://IntegrationKey@ApiKey",
            options=frozenset({"region", "severity"})),
    Service("opsgenie", "Opsgenie", ("opsgenie",), "opsgenie://ApiKey",
            options=frozenset({"region", "priority"})),
)  # fmt: skip

SERVICES: Mapping[str, Service] = MappingProxyType({one.word: one for one in _ALL})
_BY_SCHEME = {scheme: one for one in _ALL for scheme in one.schemes}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9]{1,20})://")
LONGEST = 2000


def service_of(address: str) -> Service | None:
    """Whose address it is, by its scheme, or by the host of a web address of its own."""
    found = _SCHEME.match(address)
    scheme = found.group(1).lower() if found else ""
    if scheme != "https":
        return _BY_SCHEME.get(scheme)
    host = urlsplit(address).hostname or ""
    return next((one for one in _ALL if any(_is_at(host, web) for web in one.web)), None)


def problem_of(address: str, internal: bool) -> Text | None:
    """Why an address is not taken, None where it is. Whether the service knows it, only a test
    shows. internal: it may lie in a network of our own."""
    try:
        service = service_of(address)
        given = {name.lower() for name, _ in _options(address)}
    except ValueError:
        service, given = None, set()
    if service is None or len(address) > LONGEST or not address.isprintable():
        return text("This is no address of a service in the list.")
    scheme = address.partition(":")[0].lower()
    if scheme in service.open and not internal:
        return text(
            "Keys would travel in the clear. Use %(scheme)s://, or allow internal addresses.",
            scheme=service.schemes[0],
        )
    beyond = given - service.options
    if beyond:
        return text("%(names)s cannot be given in an address.", names=", ".join(sorted(beyond)))
    return None


def as_the_library_has_it(address: str) -> str:
    """Two services' own web addresses are not known to the library in this form."""
    for pattern, scheme in _OWN_WEB:
        found = pattern.fullmatch(address)
        if found:
            return f"{scheme}://{found.group(1)}"
    return address


_OWN_WEB = (
    (re.compile(r"https://oapi\.dingtalk\.com/robot/send\?access_token=(\w+)"), "dingtalk"),
    (re.compile(r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([\w-]+)/?"), "feishu"),
)


def _options(address: str) -> list[tuple[str, str]]:
    """What stands behind the first question mark, also behind a room such as "#news"."""
    return parse_qsl(address.partition("?")[2], keep_blank_values=True)


def _is_at(host: str, web: str) -> bool:
    return host.endswith(web) if web.startswith(".") else host == web
