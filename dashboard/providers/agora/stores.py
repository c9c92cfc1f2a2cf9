"""The stores that Agora writes to, by our names for them. Source: agora-anyrtc.md 4.1, table A."""

from collections.abc import Mapping

from dashboard.domain.recording import StorageTarget
from dashboard.errors import Unsupported, text
from dashboard.protocols import agora_storage
from dashboard.protocols.agora_storage import (
    AMAZON_S3,
    PRIVATE_VENDOR,
    S3_COMPATIBLE,
    STS_VENDORS,
    TAG_VENDORS,
    StorageVendor,
)
from dashboard.providers.base import StoreOffer

NUMBERS: Mapping[str, int] = {
    "qiniu": 0,
    "aws": AMAZON_S3,
    "aliyun": 2,
    "tencent": 3,
    "kingsoft": 4,
    "azure": 5,
    "google": 6,
    "huawei": 7,
    "baidu": 8,
    "s3": S3_COMPATIBLE,
    "private": PRIVATE_VENDOR,
}
KINDS: Mapping[int, str] = {number: kind for kind, number in NUMBERS.items()}
LOCAL = "local"
"""The engine's own folder: it takes any of the numbers and keeps files in a folder per bucket."""


def offers(table: Mapping[int, StorageVendor]) -> tuple[StoreOffer, ...]:
    """What can be chosen from a vendor's table; stores that are no longer offered come last."""
    rows = sorted(table.values(), key=lambda row: row.legacy)
    return tuple(_offer(row) for row in rows) + (
        StoreOffer(LOCAL, "Local folder", region=False, keys=False),
    )


def name_of_region(written: str) -> str:
    """Ours for one of the table: "US_EAST_1" is "us-east-1"."""
    return written.lower().replace("_", "-").replace(" ", "-")


def number_of_region(row: StorageVendor, region: str | None) -> int | None:
    """None where the table has no such region; 0 where regions are ignored."""
    if not row.regions:
        return 0
    wanted = name_of_region(region or "")
    return next((n for n, name in row.regions.items() if name_of_region(name) == wanted), None)


def numbers_of(
    target: StorageTarget, table: Mapping[int, StorageVendor], vendor: str
) -> tuple[int, int]:
    """Vendor and region. Raises Unsupported for a store or region that is not in the table."""
    if target.kind == LOCAL:
        return AMAZON_S3, 0
    row = table.get(NUMBERS.get(target.kind, -1))
    region = number_of_region(row, target.region) if row else None
    if row is None or region is None:
        sentence = (
            text("This account cannot write to such a store.")
            if row is None
            else text("This account does not know that region.")
        )
        raise Unsupported(sentence, vendor=vendor, operation="prepare")
    return row.number, region


def _offer(row: StorageVendor) -> StoreOffer:
    options = ("sse",) if row.number == AMAZON_S3 else ()
    return StoreOffer(
        kind=KINDS[row.number],
        name=row.name,
        regions=tuple(name_of_region(name) for name in row.regions.values()),
        region=bool(row.regions),
        keys=row.number != PRIVATE_VENDOR,
        endpoint=row.number == S3_COMPATIBLE,
        sts=row.number in STS_VENDORS,
        options=(*options, "tag") if row.number in TAG_VENDORS else options,
        hint=text("The bucket is the address that files are sent to.")
        if row.number == PRIVATE_VENDOR
        else None,
    )


AGORA = agora_storage.VENDORS
