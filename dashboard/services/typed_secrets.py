"""Secrets typed into a form that was refused: kept for the next try, and never shown.

They go back with the page only sealed, bound to this session and this kind of form, and are
good for some minutes. So no process has to remember them, and nobody else can use them.
"""

import base64
import binascii
from collections.abc import Mapping
from functools import cache

from dashboard.providers import registry
from dashboard.services import account_form, context, vault
from dashboard.services.readmodels import Actor

FIELD = "typed_secrets"
GOOD_S = 15 * 60
_AT = "at_s"


@cache
def fields() -> frozenset[str]:
    """All fields of all forms that are never shown again."""
    hidden = (
        account_form.KEY + secret.name
        for vendor in registry.vendors()
        for secret in registry.capabilities_for(vendor).credentials
        if secret.hidden
    )
    return frozenset({"callback_secret", "secret", "secret_key", "sts_token", *hidden})


def hold(form: Mapping[str, str], actor: Actor, place: str) -> str:
    """What a refused form carries along; "" where no secret was typed."""
    found = {name: form[name] for name in fields() if str(form.get(name) or "").strip()}
    if not found:
        return ""
    sealed = vault.seal({**found, _AT: context.now().timestamp()}, _place(actor, place))
    return base64.b64encode(sealed).decode()


def restored(form: Mapping[str, str], actor: Actor, place: str) -> dict[str, str]:
    """The form with the secrets of the try before, where no new ones are typed."""
    kept = _opened(str(form.get(FIELD) or ""), actor, place)
    typed = {name: value for name, value in form.items() if name != FIELD}
    again = {name for name in kept if str(typed.get(name) or "").strip()}
    return {**typed, **{name: value for name, value in kept.items() if name not in again}}


def names_in(held: str, actor: Actor, place: str) -> frozenset[str]:
    """Which fields need not be typed again."""
    return frozenset(_opened(held, actor, place))


def _opened(held: str, actor: Actor, place: str) -> dict[str, str]:
    if not held:
        return {}
    try:
        found = vault.unseal(base64.b64decode(held, validate=True), _place(actor, place))
    except (vault.VaultClosed, binascii.Error, ValueError, IndexError):
        return {}
    at_s = found.pop(_AT)
    return found if 0 <= context.now().timestamp() - at_s <= GOOD_S else {}


def _place(actor: Actor, place: str) -> str:
    return f"form/{actor.id}/{actor.session_id}/{place}"
