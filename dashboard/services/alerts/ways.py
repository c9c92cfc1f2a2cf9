"""How a destination is reached: its sealed address, opened for whoever sends."""

from collections.abc import Mapping
from typing import Any

from dashboard.models import AlertDestination
from dashboard.services import vault

_PLACE = "alert_destination/address"


def seal(row: AlertDestination, address: Mapping[str, Any]) -> None:
    """The row has its id by now."""
    row.address = vault.seal(dict(address), f"{_PLACE}/{row.id}")


def opened(row: AlertDestination) -> dict[str, Any]:
    """Secrets and all. Raises vault.VaultClosed."""
    return vault.unseal(row.address, f"{_PLACE}/{row.id}")


def way_of(row: AlertDestination) -> dict[str, Any]:
    """As Letter.way has it. Raises vault.VaultClosed."""
    return {**opened(row), "kind": row.kind, "shown": row.shown}
