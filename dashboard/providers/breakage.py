"""What a broken request proves: whether it can have left, and whether time ran out."""

from collections.abc import Iterator

import requests
import urllib3


def was_never_sent(fault: Exception) -> bool:
    """True when the request cannot have left: there never was a connection to send it on."""
    kinds = (
        urllib3.exceptions.NewConnectionError,
        urllib3.exceptions.ConnectTimeoutError,
        urllib3.exceptions.LocationParseError,
        requests.exceptions.ConnectTimeout,
        requests.exceptions.InvalidURL,
        requests.exceptions.InvalidSchema,
        requests.exceptions.MissingSchema,
    )
    causes = list(_causes(fault))
    if any(isinstance(cause, kinds) for cause in causes):
        return True
    return any("CERTIFICATE_VERIFY_FAILED" in str(cause) for cause in causes)


def ran_out_of_time(fault: Exception) -> bool:
    kinds = (TimeoutError, requests.exceptions.Timeout, urllib3.exceptions.TimeoutError)
    return any(isinstance(cause, kinds) for cause in _causes(fault))


def _causes(fault: BaseException | None) -> Iterator[BaseException]:
    """An error, what it wraps, and what that wraps."""
    seen = set()
    while fault is not None and id(fault) not in seen:
        seen.add(id(fault))
        yield fault
        inner = getattr(fault, "reason", None) or next(iter(fault.args), None)
        fault = inner if isinstance(inner, BaseException) else None
