"""What a door says of a store: `Spec.storage`.

A door makes it with `storage_of`; the cloud seals its keys before anything is kept. From
then on it is {"kind": "s3", "endpoint", "region", "bucket", "sealed"}, ready for the journal.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from dashboard.engine.uploads.safe import Safe

S3 = "s3"
_LONGEST = 2048


class Keys:
    """In the clear, on their way to the safe. Cannot be printed, nor written as JSON."""

    def __init__(self, access_key: str, secret_key: str, session_token: str = "") -> None:
        self.access_key, self.secret_key = access_key, secret_key
        self.session_token = session_token

    def __repr__(self) -> str:
        return "Keys(...)"


def storage_of(
    endpoint: str | None,
    bucket: str,
    access_key: str,
    secret_key: str,
    session_token: str = "",
    region: str = "",
) -> dict[str, Any] | None:
    """Where a recording goes when its request names an S3-compatible endpoint.

    endpoint: extensionParams.endpoint of Agora's vendor 11, or TRTC's EndpointUrl. Without
        one there is no way out of this machine: None, and files stay in the engine's own
        bucket folder.
    session_token: of a temporary key (Agora's stsToken).
    region: as the store calls it; "" where it does not matter.
    Raises ValueError for an endpoint that is no address; the text says why.
    """
    if not endpoint:
        return None
    return {
        "kind": S3,
        "endpoint": _address(endpoint),
        "region": region,
        "bucket": bucket,
        "keys": Keys(access_key, secret_key, session_token),
    }


def sealed(storage: Mapping[str, Any] | None, safe: "Safe") -> Mapping[str, Any] | None:
    """The same with its keys unreadable; as it is where it has none."""
    if storage is None or "keys" not in storage:
        return storage
    rest = {name: value for name, value in storage.items() if name != "keys"}
    return {**rest, "sealed": safe.seal(vars(storage["keys"]))}


def _address(endpoint: str) -> str:
    try:
        parts = urlsplit(endpoint)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError as fault:
        raise ValueError("must be an address such as https://s3.example.org") from fault
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_fine:
        raise ValueError("must be an address such as https://s3.example.org")
    if len(endpoint) > _LONGEST or parts.username or parts.query or parts.fragment:
        raise ValueError("must be a plain address, without a name, a query or a fragment")
    return endpoint.rstrip("/")
