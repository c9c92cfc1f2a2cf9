"""Which of our errors an answer is.

| answer                                    | error               | outcome  |
| ----------------------------------------- | ------------------- | -------- |
| 401, 403, or an app id nobody knows       | CredentialsRejected | refused  |
| 429                                       | ProviderRefused     | refused  |
| any other 4xx but 408                     | ProviderRefused     | refused  |
| 3xx: it sends us somewhere else           | ProviderUnavailable | refused  |
| 5xx that the vendor says began nothing    | ProviderUnavailable | refused  |
| 408, other 5xx, "not completed"           | ProviderUnavailable | unknown  |
| 2xx without what was asked for            | ProviderUnavailable | unknown  |
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.errors import (
    CredentialsRejected,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
    Text,
    text,
)
from dashboard.providers.base import AccountConfig
from dashboard.providers.transport import Answer

UNKNOWN_APP_WORDS = ("appid is invalid", "invalid appid", "invalid_appid")


@dataclass(frozen=True)
class Explained:
    """What the vendor's pages say of an answer.

    begun: the thing asked for may be happening in spite of the answer. retry: asking again helps.
    """

    meaning: Text
    remedy: Text | None = None
    begun: bool = False
    retry: bool = False


@dataclass(frozen=True)
class Said:
    """The vendor's own words in an answer. code: of the body, None where it has none."""

    code: int | None
    words: str

    @property
    def vendor_code(self) -> str | None:
        return None if self.code is None else str(self.code)


def fault_of(
    answer: Answer,
    said: Said,
    explained: Explained | None,
    config: AccountConfig,
    operation: str,
) -> ProviderError:
    """Build the error for an answer that is not the one we hoped for."""
    kind, given = _kind_of(answer, said, explained)
    message = explained.meaning if explained else _plain(answer, config.name)
    return kind(
        message,
        vendor=config.vendor,
        operation=operation,
        http_status=answer.status,
        vendor_code=said.vendor_code,
        vendor_text=said.words or None,
        request_id=answer.request_id,
        remedy=explained.remedy if explained else None,
        **given,
    )


def _kind_of(
    answer: Answer, said: Said, explained: Explained | None
) -> tuple[type[ProviderError], Mapping[str, Any]]:
    status = answer.status
    if status in (401, 403) or said.words in UNKNOWN_APP_WORDS:
        return CredentialsRejected, {}
    if status == 429:
        return ProviderRefused, {"retryable": True}
    if 300 <= status < 400:
        return ProviderUnavailable, {"outcome": "refused"}
    if 400 <= status < 500 and status != 408:
        return ProviderRefused, {"retryable": bool(explained and explained.retry)}
    if status >= 500 and explained and not explained.begun:
        return ProviderUnavailable, {"outcome": "refused", "retryable": explained.retry}
    return ProviderUnavailable, {"outcome": "unknown", "retryable": True}


def _plain(answer: Answer, account: str) -> Text:
    """Our sentence where the vendor's pages have none."""
    if answer.status < 300:
        return text("%(account)s gave an answer that we cannot read.", account=account)
    if answer.status < 400:
        return text(
            "The address of %(account)s sends us elsewhere. Check its base address.",
            account=account,
        )
    if answer.status < 500:
        return text("%(account)s refused (HTTP %(status)s).", account=account, status=answer.status)
    return text(
        "%(account)s has a fault of its own (HTTP %(status)s).",
        account=account,
        status=answer.status,
    )
