"""What went wrong with a store that speaks S3, in words an operator can act on.

Codes: Amazon S3 API reference, "Error responses"; stores that speak S3 give the same ones.
"""

from collections.abc import Mapping

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
)

from dashboard.domain.recording import StorageTarget
from dashboard.errors import StorageFault, Text, text
from dashboard.storage.addresses import address_of

_SAID: Mapping[str, Text] = {
    "InvalidAccessKeyId": text("The store does not know this access key."),
    "SignatureDoesNotMatch": text("The secret key does not belong to this access key."),
    "AccessDenied": text("The store does not allow this key to do that."),
    "AllAccessDisabled": text("The store has disabled this bucket."),
    "AccountProblem": text("The store's account has a problem. Look at it there."),
    "NoSuchBucket": text("There is no such bucket."),
    "InvalidBucketName": text("A bucket cannot have this name."),
    "PermanentRedirect": text("The bucket is in another region."),
    "AuthorizationHeaderMalformed": text("The bucket is in another region."),
    "IllegalLocationConstraintException": text("The bucket is in another region."),
    "RequestTimeTooSkewed": text(
        "This machine's clock and the store's differ by more than 15 minutes."
    ),
    "ExpiredToken": text("The temporary key has expired."),
    "InvalidToken": text("The store does not accept the temporary key."),
    "SlowDown": text("The store asks us to slow down."),
    "QuotaExceeded": text("The store is full."),
    "XMinioStorageFull": text("The store is full."),
}
_BY_STATUS: Mapping[int, str] = {301: "PermanentRedirect", 403: "AccessDenied"}
"""An answer to HEAD has no body, hence no code."""


def is_missing(fault: Exception) -> bool:
    """There is no such object (the bucket itself is there)."""
    return isinstance(fault, ClientError) and _code(fault) in {"404", "NoSuchKey", "NotFound"}


def fault_of(fault: Exception, target: StorageTarget) -> StorageFault:
    if isinstance(fault, ClientError):
        return _refusal(fault)
    where = address_of(target) or target.region or target.kind
    if isinstance(fault, SSLError):
        sentence = text("%(where)s has a certificate that we cannot trust.", where=where)
    elif isinstance(fault, (ConnectTimeoutError, ReadTimeoutError)):
        sentence = text("%(where)s did not answer in time.", where=where)
    elif isinstance(fault, EndpointConnectionError):
        sentence = text("%(where)s cannot be reached.", where=where)
    elif isinstance(fault, (BotoCoreError, ValueError)):
        sentence = text("%(where)s cannot be used as a store: %(why)s",
                        where=where, why=str(fault)[:200])  # fmt: skip
    return StorageFault(sentence, refused=False)


def _refusal(fault: ClientError) -> StorageFault:
    code = _code(fault)
    status = fault.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    sentence = _SAID.get(code) or _SAID.get(_BY_STATUS.get(status, ""))
    words = str(fault.response.get("Error", {}).get("Message") or "")[:200]
    if sentence is None:
        sentence = text("The store says: %(words)s (%(code)s)", words=words or "–", code=code)
    return StorageFault(sentence, code=code, words=words, refused=400 <= status < 500)


def _code(fault: ClientError) -> str:
    return str(fault.response.get("Error", {}).get("Code") or "")[:60]
