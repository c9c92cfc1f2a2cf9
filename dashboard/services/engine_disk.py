"""Whether an engine's disk has room: its vendors' words cannot say so, its studio can."""

from dashboard.errors import ProviderError, Text, text
from dashboard.providers.base import AccountConfig
from dashboard.services import accounts
from dashboard.services.unit_of_work import calling_out

_MAKE_ROOM = text("Make room on that disk, then start again.")


def why_full(config: AccountConfig) -> Text | None:
    """Why nothing new can be recorded there; None where there is room, or nobody can tell.

    Asks the account's studio, so no transaction may be open.
    """
    studio = accounts.studio_of(config)
    if studio is None:
        return None
    try:
        with calling_out():
            left_mb = studio.full_disk_mb()
    except ProviderError:
        return None  # that the account does not answer is told by others
    if left_mb is None:
        return None
    return text(
        "The disk of %(account)s is full: with %(mb)s MB left it takes no new recording.",
        account=config.name,
        mb=left_mb,
    )


def in_plain_words(fault: ProviderError, config: AccountConfig) -> ProviderError:
    """The same fault, told as what it is where a full disk is behind "try again later"."""
    if fault.http_status is None or not fault.retryable:
        return fault
    why = why_full(config)
    if why is None:
        return fault
    return type(fault)(
        why,
        vendor=fault.vendor,
        operation=fault.operation,
        http_status=fault.http_status,
        vendor_code=fault.vendor_code,
        vendor_text=fault.vendor_text,
        request_id=fault.request_id,
        retryable=fault.retryable,
        outcome=fault.outcome,
        remedy=_MAKE_ROOM,
    )
