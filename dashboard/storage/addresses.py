"""Where a bucket speaks S3, when nobody typed it: the vendors' own hosts, by region.

Sources: Tencent Cloud, "Regions and Access Endpoints" of COS; Alibaba Cloud, "Accessing OSS with
the AWS SDK". A bucket that is reached by a name of its own still needs its address typed.
"""

from collections.abc import Mapping

from dashboard.domain.recording import StorageTarget

HOSTS: Mapping[str, str] = {
    "tencent": "https://cos.{region}.myqcloud.com",
    "aliyun": "https://s3.oss-{region}.aliyuncs.com",
}


def address_of(target: StorageTarget) -> str | None:
    """Scheme and host, the bucket's name not among it. None where it is not known."""
    host = HOSTS.get(target.kind)
    if target.endpoint or host is None or not target.region:
        return target.endpoint
    return host.format(region=target.region)
