"""The stores Agora can upload to and their regions. Source: agora-anyrtc.md 4.1 and table A."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class StorageVendor:
    """One row of `storageConfig.vendor`.

    regions: `storageConfig.region` numbers and names; empty where the field is ignored.
    legacy: no longer offered, still taken.
    """

    number: int
    name: str
    regions: Mapping[int, str] = field(default_factory=dict)
    legacy: bool = False


def numbered(names: str, first: int = 0) -> dict[int, str]:
    """Names in the order of their numbers; "-" leaves a number out."""
    return {n: name for n, name in enumerate(names.split(), first) if name != "-"}


VENDORS: Mapping[int, StorageVendor] = {
    row.number: row
    for row in (
        StorageVendor(0, "Qiniu", numbered("Huadong Huabei Huanan Beimei"), legacy=True),
        StorageVendor(
            1,
            "Amazon S3",
            numbered(
                "US_EAST_1 US_EAST_2 US_WEST_1 US_WEST_2 EU_WEST_1 EU_WEST_2 EU_WEST_3 "
                "EU_CENTRAL_1 AP_SOUTHEAST_1 AP_SOUTHEAST_2 AP_NORTHEAST_1 AP_NORTHEAST_2 "
                "SA_EAST_1 CA_CENTRAL_1 AP_SOUTH_1 CN_NORTH_1 CN_NORTHWEST_1 US_GOV_WEST_1 "
                "AF_SOUTH_1 AP_EAST_1 AP_NORTHEAST_3 EU_NORTH_1 ME_SOUTH_1 US_GOV_EAST_1 "
                "AP_SOUTHEAST_3 EU_SOUTH_1"
            ),
        ),
        StorageVendor(
            2,
            "Alibaba Cloud OSS",
            numbered(
                "CN_Hangzhou CN_Shanghai CN_Qingdao CN_Beijing CN_Zhangjiakou CN_Huhehaote "
                "CN_Shenzhen CN_Hongkong US_West_1 US_East_1 AP_Southeast_1 AP_Southeast_2 "
                "AP_Southeast_3 AP_Southeast_5 AP_Northeast_1 AP_South_1 EU_Central_1 EU_West_1 "
                "EU_East_1 AP_Southeast_6 CN_Heyuan CN_Guangzhou CN_Chengdu CN_Nanjing CN_Fuzhou "
                "CN_Wulanchabu AP_Northeast_2 AP_Southeast_7"
            ),
        ),
        StorageVendor(
            3,
            "Tencent COS",
            numbered(
                "AP_Beijing_1 AP_Beijing AP_Shanghai AP_Guangzhou AP_Chengdu AP_Chongqing "
                "AP_Shenzhen_FSI AP_Shanghai_FSI AP_Beijing_FSI AP_Hongkong AP_Singapore "
                "AP_Mumbai AP_Seoul AP_Bangkok AP_Tokyo NA_Siliconvalley NA_Ashburn NA_Toronto "
                "EU_Frankfurt EU_Moscow"
            ),
        ),
        StorageVendor(4, "Kingsoft KS3", legacy=True),
        StorageVendor(5, "Azure Blob Storage"),
        StorageVendor(6, "Google Cloud Storage"),
        StorageVendor(
            7,
            "Huawei OBS",
            numbered(
                "CN_North_1 CN_North_4 CN_East_2 CN_East_3 CN_South_1 CN_Southwest_2 "
                "AP_Southeast_1 AP_Southeast_2 AP_Southeast_3 AF_South_1 SA_Argentina_1 "
                "SA_Peru_1 NA_Mexico_1 SA_Brazil_1 LA_South_2 SA_Chile_1"
            ),
        ),
        StorageVendor(
            8,
            "Baidu BOS",
            numbered("Baoding Suzhou Guangzhou Hongkong Singapore Wuhan Shanghai", first=1),
        ),
        StorageVendor(11, "S3-compatible"),
    )
}

PRIVATE_VENDOR = 100
"""anyRTC's private store (section 14): the bucket is an address."""
AMAZON_S3 = 1
S3_COMPATIBLE = 11
STS_VENDORS = (1, 2, 3)
"""Which take a temporary key (section 4.1)."""
TAG_VENDORS = (1, 2)
"""Which tag what they keep (section 4.1)."""
ENCRYPTIONS = ("kms", "aes256")
"""`extensionParams.sse` of vendor 1."""


def region_name(vendor: int, region: int) -> str | None:
    """The name of a region, None where the number is ignored or unknown."""
    row = VENDORS.get(vendor)
    return row.regions.get(region) if row else None


def takes_region(vendor: int, region: int) -> bool:
    """Whether a vendor has this region; stores whose regions are ignored take any."""
    row = VENDORS.get(vendor)
    return row is None or not row.regions or region in row.regions
