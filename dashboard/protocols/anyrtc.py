"""Plain facts of anyRTC's cloud recording, where it differs from Agora's.

Source: agora-anyrtc.md section 14. Paths, bodies, modes and authorization are Agora's
(`agora`), its signature is in `signatures`, which events it sends is in `agora_events`.
"""

from collections.abc import Mapping

from dashboard.protocols import agora_storage
from dashboard.protocols.agora import CHANNEL_CHARACTERS
from dashboard.protocols.agora_storage import StorageVendor, numbered

UID_LONGEST = 48
FILE_KEY = "filename"
"""What clients in use read; the vendor's pages have `fileName`."""


def _regions(vendor: int, *numbers: int) -> dict[int, str]:
    known = agora_storage.VENDORS[vendor].regions
    return {number: known.get(number, f"region {number}") for number in numbers}


STORES: Mapping[int, StorageVendor] = {
    row.number: row
    for row in (
        StorageVendor(0, "Qiniu", {**_regions(0, 0, 1, 2, 3), 4: "SE Asia"}),
        StorageVendor(1, "Amazon S3", _regions(1, *range(16), 17)),
        StorageVendor(2, "Alibaba Cloud OSS", _regions(2, *range(19))),
        StorageVendor(3, "Tencent COS", _regions(3, *range(20))),
        StorageVendor(
            4,
            "Kingsoft KS3",
            numbered(
                "Hangzhou Shanghai Qingdao Beijing Guangzhou Hongkong JR_Beijing JR_Shanghai "
                "Russia Singapore"
            ),
        ),
        StorageVendor(agora_storage.PRIVATE_VENDOR, "private"),
    )
}


def is_uid(value: str) -> bool:
    """Whether this is a uid: text of 1 to 48 characters.

    The vendor's pages do not say which; those of a channel's name are taken, which fit
    into the name of a file.
    """
    return 0 < len(value) <= UID_LONGEST and CHANNEL_CHARACTERS.issuperset(value)
