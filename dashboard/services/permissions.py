"""Who may do what, asked once more where it is done."""

from typing import Literal

from dashboard.errors import Forbidden, text
from dashboard.services.readmodels import Actor


def need(actor: Actor, action: Literal["view", "operate", "administer"]) -> None:
    """Raises Forbidden."""
    if not actor.may(action):
        raise Forbidden(text("Your role does not allow this."))
