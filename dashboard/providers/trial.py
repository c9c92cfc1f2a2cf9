"""Trying an account out with calls that record nothing and cost nothing.

A recording is prepared that nobody starts, and one is asked for that never was. Between them
they need the address, the application's id and every key that a start needs.
"""

import time
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy

import requests

from dashboard.domain.recording import Profile, RecordingSpec, StorageTarget
from dashboard.providers.base import Capabilities, RecordingProvider, StoreOffer

_NOBODY = "f" * 32
_MADE_UP = {
    "resource_id": _NOBODY,
    "sid": _NOBODY,
    "task_id": _NOBODY,
    "mode": "mix",
    "channel": "tallydeck-test",
    "recorder_uid": "999000001",
}
"""What handles hold, of all vendors together; each reads its own."""
_LIMIT_S = 3.0


def let_in(provider: RecordingProvider) -> None:
    """Raises ProviderError where a start would fail for the account's sake."""
    handle = provider.prepare(_spec(provider.capabilities))
    provider.query({**_MADE_UP, **handle})


def clock_ahead_s(base_url: str) -> float | None:
    """How far the vendor's clock is ahead of ours in seconds, from the date of any answer.

    None where there is no answer, or none with a date.
    """
    with requests.Session() as session:
        session.trust_env = False
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        try:
            answer = session.head(base_url, timeout=_LIMIT_S, allow_redirects=False)
            told = parsedate_to_datetime(answer.headers["Date"])
        except (requests.RequestException, KeyError, ValueError):
            return None
    return told.timestamp() - time.time()


def _spec(capabilities: Capabilities) -> RecordingSpec:
    profile = Profile(recorder_uid=_MADE_UP["recorder_uid"])
    return RecordingSpec(_MADE_UP["channel"], profile, _store(capabilities.stores[0]))


def _store(offer: StoreOffer) -> StorageTarget:
    return StorageTarget(
        kind=offer.kind,
        bucket="test",
        access_key="test",
        secret_key="test",  # noqa: S106 - nothing is written there
        region=offer.regions[0] if offer.regions else ("test" if offer.region else None),
        endpoint="https://store.example.org" if offer.endpoint else None,
    )
