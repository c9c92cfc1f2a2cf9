"""How a call to Tencent Cloud proves who sends it: TC3-HMAC-SHA256 over the raw body.

Source: trtc.md 2.1 and 2.2. Hash the bytes as they travel; a body that was parsed and
written again differs.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

ALGORITHM = "TC3-HMAC-SHA256"
TERMINATOR = "tc3_request"
UNSIGNED = "UNSIGNED-PAYLOAD"
"""Value of CONTENT_HEADER: the body is not part of the signature."""
CONTENT_HEADER = "X-TC-Content-SHA256"
TOLERANCE_S = 300
"""How far X-TC-Timestamp may be from the server's clock."""
SIGNED_HEADERS = ("content-type", "host")
"""What the official clients sign at least."""

_CREDENTIAL = r"(?P<id>[^/\s,]+)/(?P<date>\d{4}-\d\d-\d\d)/(?P<service>\w+)/tc3_request"
_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} +Credential={_CREDENTIAL}, *"
    r"SignedHeaders=(?P<names>[a-z0-9;-]+), *Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass(frozen=True)
class Authorization:
    """The header of this name, taken apart. signed: names of headers, lower case, in order."""

    secret_id: str
    date: str
    service: str
    signed: tuple[str, ...]
    signature: str

    def render(self) -> str:
        scope = f"{self.date}/{self.service}/{TERMINATOR}"
        return (
            f"{ALGORITHM} Credential={self.secret_id}/{scope}, "
            f"SignedHeaders={';'.join(self.signed)}, Signature={self.signature}"
        )


def parse(header: str) -> Authorization | None:
    """None when it is not written as this algorithm is."""
    found = _AUTHORIZATION.fullmatch(header.strip())
    if not found:
        return None
    names = tuple(found["names"].split(";"))
    return Authorization(found["id"], found["date"], found["service"], names, found["signature"])


def date_of(timestamp: int) -> str:
    """The UTC day that a signature is made for. Raises ValueError, OverflowError or OSError."""
    return f"{datetime.fromtimestamp(timestamp, UTC):%Y-%m-%d}"


def content_hash(body: bytes, unsigned: bool = False) -> str:
    return hashlib.sha256(UNSIGNED.encode() if unsigned else body).hexdigest()


def signature(
    secret_key: str,
    timestamp: int,
    service: str,
    headers: Mapping[str, str],
    body_hash: str,
    signed: Sequence[str] = SIGNED_HEADERS,
    method: str = "POST",
    query: str = "",
) -> str:
    """Hex digest of one call to the path "/".

    headers: lower-case names to values as they were sent; a name of `signed` that is missing
        counts as empty. body_hash: see `content_hash`.
    """
    lines = "".join(f"{name}:{_canonical(name, headers.get(name, ''))}\n" for name in signed)
    canonical = "\n".join((method, "/", query, lines, ";".join(signed), body_hash))
    date = date_of(timestamp)
    scope = f"{date}/{service}/{TERMINATOR}"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join((ALGORITHM, str(timestamp), scope, digest))
    key = f"TC3{secret_key}".encode()
    for part in (date, service, TERMINATOR):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def authorization(
    secret_id: str,
    secret_key: str,
    timestamp: int,
    service: str,
    headers: Mapping[str, str],
    body: bytes,
) -> str:
    """The Authorization header of a POST with this body and these two signed headers."""
    made = signature(secret_key, timestamp, service, headers, content_hash(body))
    return Authorization(secret_id, date_of(timestamp), service, SIGNED_HEADERS, made).render()


def verify(
    given: Authorization,
    secret_key: str,
    timestamp: int,
    headers: Mapping[str, str],
    body: bytes,
    query: str = "",
) -> bool:
    """Whether a POST was signed with this key. The clock is the caller's to compare.

    Takes the same time whichever character differs. Nothing matches an empty key.
    """
    required = set(SIGNED_HEADERS) <= set(given.signed)
    unsigned = headers.get(CONTENT_HEADER.lower()) == UNSIGNED
    expected = signature(
        secret_key,
        timestamp,
        given.service,
        headers,
        content_hash(body, unsigned),
        given.signed,
        query=query,
    )
    same = hmac.compare_digest(expected, given.signature)
    return same and required and bool(secret_key) and given.date == date_of(timestamp)


def _canonical(name: str, value: str) -> str:
    """Other clients sign the action as well, in lower case; the two usual ones stay as sent."""
    value = value.strip()
    return value if name in SIGNED_HEADERS else value.lower()
