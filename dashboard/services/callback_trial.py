"""Trying out the way that callbacks take: a signed test, sent to our own public address.

It goes out as the vendor would send it, comes in by the same door, and stands in the ledger.
What went wrong on the way is told in words.
"""

import json
import secrets
from dataclasses import dataclass

from sqlalchemy import select

from dashboard.errors import Text, text
from dashboard.extensions import db
from dashboard.models import CallbackDelivery
from dashboard.providers import probe, registry
from dashboard.services import accounts, audit, context, permissions
from dashboard.services.account_changes import callback_address
from dashboard.services.readmodels import Actor
from dashboard.services.unit_of_work import calling_out, transaction

LIMIT_S = 10.0
"""Agora waits so long for an answer; TRTC half of it."""


@dataclass(frozen=True)
class Trial:
    """address: where it was sent. delivery_id: under which it stands in the ledger.

    round_trip_ms: from sending it to having the answer. remedy: what to do about it.
    details: words of the machines in between.
    """

    ok: bool
    sentence: Text
    address: str
    round_trip_ms: int | None = None
    delivery_id: int | None = None
    remedy: Text | None = None
    details: str = ""


def send(account_id: int, actor: Actor) -> Trial:
    """Send one and follow it. Raises NotFound, Forbidden."""
    permissions.need(actor, "operate")
    account = accounts.get(account_id)
    known = accounts.callback_secrets_of(account)
    address, name = callback_address(account), account.name
    reader = registry.callbacks_for(account.vendor)
    sent_at = context.now()
    raw = reader.probe(secrets.token_hex(8), sent_at)
    if not known:
        found = Trial(
            False,
            text("This account has no callback secret, so nothing can be signed."),
            address,
            remedy=text("Add the secret of the vendor's console to the account."),
        )
    else:
        with calling_out():
            answer = probe.post(address, reader.sign(known[0], raw), raw, LIMIT_S)
        found = _judged(account_id, address, reader.duplicate_key(raw), answer)
    with transaction() as work:
        audit.note(
            work, "callback.test", "account", account_id, actor=actor, name=name, ok=found.ok,
            delivery=found.delivery_id,
        )  # fmt: skip
    return found


def _judged(account_id: int, address: str, key: str, answer) -> Trial:
    if isinstance(answer, probe.Unanswered):
        sentence, remedy = _UNANSWERED[answer.why]
        return Trial(False, sentence, address, remedy=remedy, details=answer.words)
    arrived = _arrived(account_id, key)
    took_ms = round(answer.took_s * 1000)
    if arrived is not None and _is_ours(answer):
        said = text("It went out, came in and was answered.")
        return Trial(True, said, address, took_ms, arrived)
    sentence, remedy = _wrong(answer, arrived is not None)
    return Trial(False, sentence, address, took_ms, arrived, remedy, _quoted(answer))


def _arrived(account_id: int, key: str) -> int | None:
    db.session.rollback()
    return db.session.scalar(
        select(CallbackDelivery.id).where(
            CallbackDelivery.account_id == account_id, CallbackDelivery.duplicate_key == key
        )
    )


def _is_ours(answer: probe.Answered) -> bool:
    """200 with our own words: a vendor takes JSON and nothing else for a yes."""
    try:
        said = json.loads(answer.content)
    except ValueError:
        return False
    return answer.status == 200 and isinstance(said, dict) and said.get("code") == 0


def _wrong(answer: probe.Answered, arrived: bool) -> tuple[Text, Text]:
    status = answer.status
    if arrived:
        return (
            text("It arrived, but its sender gets another answer than ours (status %(status)s).",
                 status=status),
            text("A proxy in between rewrites answers. The vendor needs ours: 200 with JSON."),
        )  # fmt: skip
    if 300 <= status < 400:
        return (
            text("The address answers with a redirect to %(where)s.", where=answer.leads_to),
            text("Vendors follow no redirects. Set TALLYDECK_PUBLIC_URL to where it leads."),
        )
    if answer.own and status in (401, 403):
        return (
            text("It came in, but its signature was not right any more."),
            text("A proxy in between changes the body or takes headers away. The ledger shows "
                 "what came, among the refused ones."),
        )  # fmt: skip
    if answer.own:
        return (
            text("An installation of ours answers there with status %(status)s, and does not "
                 "know this account.", status=status),
            text("TALLYDECK_PUBLIC_URL leads to another installation than this one."),
        )  # fmt: skip
    if status in (502, 503, 504):
        return (
            text("A proxy answers there, and does not reach us (status %(status)s).",
                 status=status),
            text("Look where the proxy passes /callbacks/ on to, and whether that runs."),
        )  # fmt: skip
    return (
        text("Something else answers there, with status %(status)s.", status=status),
        text("A proxy or another server stands at this address and does not pass /callbacks/ "
             "on to us."),
    )  # fmt: skip


def _quoted(answer: probe.Answered) -> str:
    words = " ".join(answer.content[:160].decode("utf-8", "replace").split())
    return " · ".join(part for part in (answer.server, words) if part)


_UNANSWERED: dict[probe.Why, tuple[Text, Text]] = {
    "address": (
        text("That is no address that can be called."),
        text("Set TALLYDECK_PUBLIC_URL to the address at which vendors reach this server."),
    ),
    "name": (
        text("Not reachable: nobody knows the name of this host."),
        text("Look at the name in TALLYDECK_PUBLIC_URL and at its DNS record."),
    ),
    "refused": (
        text("Not reachable: nobody listens there."),
        text("Look at host and port in TALLYDECK_PUBLIC_URL, and at the firewall in between."),
    ),
    "certificate": (
        text("Not reachable: its certificate is not trusted."),
        text("Vendors refuse it, too. Renew the certificate, with all that stand above it."),
    ),
    "time": (
        text("Not reachable: no answer came in time."),
        text("Vendors give up after 5 to 10 s. Look at the firewall in between."),
    ),
    "broken": (
        text("Not reachable: the connection broke before an answer came."),
        text("Look at the log of whatever stands in between."),
    ),
}
