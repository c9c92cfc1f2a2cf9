"""A process of its own that hands messages to the notification library.

It reads one message a line (JSON) and answers each with one line; services/alerts/postman.py
starts it. Apart from us because the library tells little of what came back, so that calls of
requests and smtplib are listened to here; because no address of ours must be reached, which is
looked at when a socket is connected, after names were resolved; and because it may hang.

message: {"way": {"kind", ...}, "internal", "title", "body", "level", "about": {...}, "skip"}
answer:  {"outcome": "accepted" | "refused" | "away" | "blocked" | "unread" | "unknown",
          "host", "status", "words", "accepted": [addresses]}
"refused", "away" and "blocked" are certain: nothing was taken. "unknown": it may have been.
"""

import json
import logging
import re
import smtplib
import socket
import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from apprise import Apprise, AppriseAsset
from apprise.plugins.custom_json import NotifyJSON
from apprise.plugins.email import NotifyEmail

from dashboard.services.alerts import chat, guard

CONNECT_S, READ_S = 8.0, 12.0
LONGEST_WORDS = 300
SHORTEST_SECRET = 5
_TAGS = re.compile(r"<[^>]{0,200}>|\s+")


class Blocked(OSError):
    """An address that must not be reached."""


class Heard:
    """What was heard while one message was sent."""

    def __init__(self, internal: bool) -> None:
        self.internal = internal
        self.host = ""
        self.status: int | None = None
        self.words = ""
        self.blocked = False
        self.unknown = False
        self.accepted: list[str] = []


heard = Heard(internal=False)


def main() -> None:
    logging.disable(logging.CRITICAL)
    sys.addaudithook(_watch)
    _listen_to_requests()
    _listen_to_smtp()
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line))), flush=True)


def _answer(message: Mapping[str, Any]) -> dict[str, Any]:
    global heard
    heard = Heard(bool(message["internal"]))
    plugin = _plugin(message)
    if plugin is None:
        return _told("unread", message)
    plugin.redirects, plugin.verify_certificate, plugin.retry = False, True, 0
    plugin.socket_connect_timeout, plugin.socket_read_timeout = CONNECT_S, READ_S
    library = Apprise(asset=plugin.asset)
    library.add(plugin)
    done = library.notify(
        title=message["title"],
        body=message["body"],
        notify_type=message["level"],
        body_format="text",
    )
    return _told("accepted" if done else _outcome(), message)


def _outcome() -> str:
    if heard.blocked:
        return "blocked"
    if heard.unknown:
        return "unknown"
    return "refused" if heard.status is not None else "away"


def _told(outcome: str, message: Mapping[str, Any]) -> dict[str, Any]:
    words = heard.words
    for secret in sorted(_secrets(message["way"]), key=len, reverse=True):
        words = words.replace(secret, "•••")
    return {
        "outcome": outcome,
        "host": heard.host,
        "status": heard.status,
        "words": _TAGS.sub(" ", words).strip()[:LONGEST_WORDS],
        "accepted": heard.accepted,
    }


def _secrets(way: Mapping[str, Any]) -> set[str]:
    """All in an address that must not come back in anybody's words."""
    found = {str(way.get("password") or ""), str(way.get("user") or "")}
    found |= set(re.split(r"[/?&=#:@]+", str(way.get("url") or "").partition("://")[2])[1:])
    return {
        each
        for secret in found
        for each in (secret, unquote(secret))
        if len(each) >= SHORTEST_SECRET
    }


# ---------------------------------------------------------------- addresses


def _plugin(message: Mapping[str, Any]):
    """None where the library cannot read the address."""
    asset = AppriseAsset(
        app_id="Tallydeck",
        app_desc="Tallydeck",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        http_redirects=False,
        async_mode=False,
        storage_mode="memory",
        pgp_autogen=False,
        pem_autogen=False,
        timezone="UTC",
        interpret_escapes=False,
        interpret_emojis=False,
    )
    way = message["way"]
    make = {"email": _email, "webhook": _webhook, "chat": _chat}[way["kind"]]
    try:
        return make(way, message, asset)
    except (TypeError, ValueError) as fault:  # AppriseException is a TypeError of theirs
        heard.words = str(fault)
        return None


def _email(way: Mapping[str, Any], message: Mapping[str, Any], asset: AppriseAsset):
    targets = [one for one in way["to"] if one not in message.get("skip", ())]
    return NotifyEmail(
        host=way["host"],
        smtp_host=way["host"],
        port=way["port"],
        schema="mailtos",
        secure=way["security"] != "insecure",
        secure_mode=way["security"],
        user=_quoted(way.get("user")),
        password=_quoted(way.get("password")),
        from_addr=f"Tallydeck <{way['sender']}>",
        targets=targets,
        headers={"X-Tallydeck-Message": str(message["about"].get("id", ""))},
        asset=asset,
    )


def _webhook(way: Mapping[str, Any], message: Mapping[str, Any], asset: AppriseAsset):
    parts = urlsplit(way["url"])
    return NotifyJSON(
        schema="jsons" if parts.scheme == "https" else "json",
        host=parts.hostname if ":" not in (parts.hostname or "") else f"[{parts.hostname}]",
        port=parts.port,
        secure=parts.scheme == "https",
        user=parts.username,
        password=parts.password,
        fullpath=parts.path or "/",
        params=dict(parse_qsl(parts.query)),
        payload={name: value for name, value in message["about"].items() if value},
        asset=asset,
    )


def _chat(way: Mapping[str, Any], message: Mapping[str, Any], asset: AppriseAsset):
    """Nothing but a service of the list, whatever the library would read in the address."""
    service = chat.service_of(way["url"])
    if service is None or chat.problem_of(way["url"], message["internal"]):
        return None
    plugin = Apprise.instantiate(chat.as_the_library_has_it(way["url"]), asset=asset)
    module = type(plugin).__module__.split(".")
    return plugin if module[:3] == ["apprise", "plugins", service.word] else None


def _quoted(value: str | None) -> str | None:
    """The library unquotes what it is given."""
    return value.replace("%", "%25") if value else None


# ---------------------------------------------------------------- listening


def _watch(event: str, values: tuple) -> None:
    """Called by the interpreter before a socket connects: names are addresses by then."""
    if event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork"):
        raise Blocked("no programs are run here")
    if event not in ("socket.connect", "socket.sendto"):
        return
    found = values[1]
    if not isinstance(found, tuple) or not guard.may_reach(str(found[0]), heard.internal):
        heard.blocked = True
        heard.words = str(found[0]) if isinstance(found, tuple) else "a local socket"
        raise Blocked("an internal address")


def _listen_to_requests() -> None:
    send = requests.Session.send

    def listening(session, request, **options):
        heard.host = urlsplit(request.url).hostname or ""
        try:
            answer = send(session, request, **options)
        except requests.RequestException as fault:
            _note_silence(fault)
            raise
        heard.status, heard.words = answer.status_code, _said(answer)
        return answer

    requests.Session.send = listening


def _note_silence(fault: requests.RequestException) -> None:
    """Before a connection stands, nothing was sent; afterwards nobody knows."""
    heard.status = None
    if heard.blocked:
        return
    root = _root(fault)
    heard.words = getattr(root, "strerror", None) or type(root).__name__
    never_sent = (requests.ConnectTimeout, requests.exceptions.SSLError)
    refused = isinstance(root, ConnectionRefusedError | socket.gaierror) or "NewConnection" in str(
        fault
    )
    heard.unknown = not (isinstance(fault, never_sent) or refused)


def _root(fault: BaseException) -> BaseException:
    """The system's own fault beneath those of the libraries."""
    seen: list[BaseException] = []
    waiting: list[Any] = [fault]
    while waiting:
        one = waiting.pop(0)
        if not isinstance(one, BaseException) or one in seen:
            continue
        seen.append(one)
        waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return next((one for one in reversed(seen) if getattr(one, "strerror", None)), seen[-1])


def _said(answer: requests.Response) -> str:
    body = answer.text[:2000] if answer.status_code >= 300 else ""
    return f"{answer.reason or ''} {body}".strip()


def _listen_to_smtp() -> None:
    connect, reply = smtplib.SMTP.connect, smtplib.SMTP.getreply
    data, sendmail = smtplib.SMTP.data, smtplib.SMTP.sendmail

    def listen_connect(server, host="localhost", port=0, *more, **named):
        heard.host = host
        with _Noting():
            return connect(server, host, port, *more, **named)

    def noting(step):
        def listening(server, *more, **named):
            with _Noting():
                return step(server, *more, **named)

        return listening

    def listen_reply(server):
        code, words = reply(server)
        if code >= 400:
            heard.status, heard.words = code, words.decode("utf-8", "replace")
        return code, words

    def listen_data(server, message):
        """Once the text is on its way, only the answer tells whether it was taken."""
        heard.unknown = True
        answer = data(server, message)
        heard.unknown = False
        return answer

    def listen_sendmail(server, sender, to, *more, **named):
        with _Noting():
            refused = sendmail(server, sender, to, *more, **named)
        heard.accepted += [one for one in to if one not in refused]
        return refused

    smtplib.SMTP.connect, smtplib.SMTP.getreply = listen_connect, listen_reply
    smtplib.SMTP.data, smtplib.SMTP.sendmail = listen_data, listen_sendmail
    smtplib.SMTP.starttls = noting(smtplib.SMTP.starttls)
    smtplib.SMTP.login = noting(smtplib.SMTP.login)


class _Noting:
    """Keep the words of whatever goes wrong inside."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind, fault, trace) -> None:
        if fault is not None and not heard.blocked and heard.status is None:
            root = _root(fault)
            heard.words = getattr(root, "strerror", None) or str(root) or type(root).__name__


if __name__ == "__main__":
    main()
