"""What a broken request proves: whether it can have left, and whether time ran out."""

import socket
import ssl
from collections.abc import Iterator
from typing import Literal

import requests
import urllib3

NoWay = Literal["name", "certificate", "refused"]


def why_no_way(fault: BaseException) -> NoWay | None:
    """Why there was no connection: the name is not known, TLS is not right, or nobody listens."""
    for why, kinds in (
        ("name", (socket.gaierror, urllib3.exceptions.NameResolutionError)),
        ("certificate", (ssl.SSLError, urllib3.exceptions.SSLError)),
        ("refused", (ConnectionRefusedError,)),
    ):
        if any(isinstance(cause, kinds) for cause in all_causes(fault)):
            return why
    return None


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


def all_causes(fault: BaseException | None) -> Iterator[BaseException]:
    """The same, and what each was raised from or during: for words, not for proof."""
    seen: set[int] = set()
    while fault is not None and id(fault) not in seen:
        seen.add(id(fault))
        yield fault
        inner = getattr(fault, "reason", None)
        if not isinstance(inner, BaseException):
            inner = next((one for one in fault.args if isinstance(one, BaseException)), None)
        fault = inner or fault.__cause__ or fault.__context__
