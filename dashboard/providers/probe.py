"""Sending something to an address of our own as a vendor would, and what came of it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import requests
import urllib3

from dashboard.providers.breakage import all_causes, ran_out_of_time, why_no_way

CONNECT_S = 5.0
LARGEST = 64 * 1024
Why = Literal["name", "refused", "certificate", "time", "broken", "address"]


@dataclass(frozen=True)
class Answered:
    """took_s: from the first byte sent to the last one read. own: our mark for answers of ours
    that refuse. leads_to: where a redirect points. server: what it calls itself."""

    status: int
    content: bytes
    took_s: float
    own: bool = False
    leads_to: str = ""
    server: str = ""


@dataclass(frozen=True)
class Unanswered:
    """why: the name is not known; nobody listens; the certificate is not trusted; time ran out;
    the connection broke; it is no address. words: the system's own."""

    why: Why
    words: str


def post(
    address: str, headers: Mapping[str, str], raw: bytes, limit_s: float
) -> Answered | Unanswered:
    """One POST, no redirects followed, no proxy of the shell used; vendors use neither."""
    began = time.monotonic()
    with requests.Session() as session:
        session.trust_env = False
        try:
            answer = session.post(
                address,
                data=raw,
                headers={"Content-Type": "application/json", **headers},
                timeout=(CONNECT_S, limit_s),
                allow_redirects=False,
                stream=True,
            )
            content = answer.raw.read(LARGEST, decode_content=True)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as fault:
            return Unanswered(_why(fault), _words(fault))
    return Answered(
        status=answer.status_code,
        content=content,
        took_s=time.monotonic() - began,
        own="X-Fault" in answer.headers,
        leads_to=answer.headers.get("Location", "")[:300],
        server=(answer.headers.get("Via") or answer.headers.get("Server") or "")[:80],
    )


def _why(fault: BaseException) -> Why:
    causes = list(all_causes(fault))
    invalid = (
        requests.exceptions.InvalidURL,
        requests.exceptions.MissingSchema,
        requests.exceptions.InvalidSchema,
    )
    if any(isinstance(cause, invalid) for cause in causes):
        return "address"
    known = why_no_way(fault)
    if known:
        return known
    if ran_out_of_time(fault):
        return "time"
    no_way = any(isinstance(c, urllib3.exceptions.NewConnectionError) for c in causes)
    return "refused" if no_way else "broken"


def _words(fault: BaseException) -> str:
    """The innermost says it best, and names no object of ours."""
    inner = list(all_causes(fault))[-1]
    return f"{type(inner).__name__}: {inner}"[:200]
