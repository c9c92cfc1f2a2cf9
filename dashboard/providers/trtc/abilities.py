"""What accounts with TRTC can do and cannot, with the reasons. Source: trtc.md 1 and 3."""

from dashboard.domain.recording import Merge, Mode
from dashboard.domain.subscription import SubscriptionRules
from dashboard.errors import text
from dashboard.layouts.families import TRTC
from dashboard.protocols import trtc
from dashboard.protocols.agora import CHANNEL_NAME, CHANNEL_SIGNS
from dashboard.protocols.trtc import PEOPLE_MAX, RATE_PER_S
from dashboard.providers.base import Bar, Capabilities, NameRule, Secret, Span, StoreOffer
from dashboard.providers.trtc import tickets
from dashboard.providers.trtc.payloads import LIBRARY, LOCAL

_MIX, _INDIVIDUAL = (Mode.MIX,), (Mode.INDIVIDUAL,)
_PREFIX = "[A-Za-z0-9_-]+"
_COS_REGIONS = (
    "ap-beijing", "ap-beijing-1", "ap-beijing-fsi", "ap-nanjing", "ap-shanghai", "ap-shanghai-fsi",
    "ap-guangzhou", "ap-shenzhen-fsi", "ap-chengdu", "ap-chongqing", "ap-hongkong",
    "ap-singapore", "ap-mumbai", "ap-jakarta", "ap-seoul", "ap-bangkok", "ap-tokyo",
    "na-siliconvalley", "na-ashburn", "na-toronto", "sa-saopaulo", "eu-frankfurt", "eu-moscow",
)  # fmt: skip

CAPABILITIES = Capabilities(
    most_regions=PEOPLE_MAX,
    layouts=TRTC,
    ranges={
        "max_idle_s": Span(5, 86_400),
        "resource_hours": Span(6, 720),
        "part_min": Span(1, 1440),
        "canvas.width": Span(2, 1920),
        "canvas.height": Span(2, 1920),
        "canvas.fps": Span(1, 60),
        "canvas.bitrate_kbps": Span(64, 8192),
        "gop_s": Span(1, 3600),
    },
    bars=(
        Bar("snapshot_s", text("This account makes no screenshots.")),
        Bar("record", text("Without files there would be nothing to record.")),
        Bar("keep_sound", text("This account always encodes sound anew.")),
        Bar("small_pictures", text("This account always takes the large stream.")),
        Bar("encryption", text("This account cannot listen to encrypted rooms.")),
        Bar("channel_type", text("Rooms are all of one kind here.")),
        Bar("area", text("This account records near the region of its calls.")),
        Bar("stay", text("This account records near the region of its calls.")),
        Bar("merge", text("In a mix, sound and pictures are in one file anyway."), modes=_MIX),
        Bar(
            "merge",
            text("This account keeps sound and pictures apart, or together, but not both."),
            (Merge.BESIDE,),
        ),
        Bar("sound", text("The sound of single people is kept as it was sent."), modes=_INDIVIDUAL),
        Bar("gop_s", text("Pictures of single people are not encoded anew."), modes=_INDIVIDUAL),
    ),
    hints={
        "room_type": text(
            "Must be what the people's own clients use: "
            "the room 123 by number and the room 123 by text are two rooms."
        ),
        "layout": text(
            "The vendor's call replaces layout and people together; both are always sent."
        ),
        "subscription": text(
            "The vendor's call replaces layout and people together; both are always sent."
        ),
        "canvas": text(
            "Left to the vendor, the picture would be a portrait of 360 x 640; "
            "so yours is always sent."
        ),
        "relays": text("List whom to record as well, or some are heard twice."),
        "output": text("MP4 and AAC need a storage key that may read, too."),
        "sound": text("At most 128 kbit/s here."),
    },
    subscription=SubscriptionRules(
        most=32,
        beginnings=True,
        most_people=PEOPLE_MAX,
        uid="[A-Za-z0-9_-]{1,32}",
        uid_words=text("1 to 32 letters, digits, _ or -"),
    ),
    stores=(
        StoreOffer("tencent", "Tencent COS", _COS_REGIONS, prefix=_PREFIX, prefix_most=0),
        StoreOffer("aws", "Amazon S3", prefix=_PREFIX, prefix_most=0),
        StoreOffer("s3", "S3-compatible", endpoint=True, prefix=_PREFIX, prefix_most=0,
                   hint=text("Only with the international service.")),
        StoreOffer(LIBRARY, "Tencent VOD", bucket=False, keys=False, options=(
            "procedure", "keep_s", "class_id", "sub_app_id", "session_context", "source_context",
            "record_id",
        ), hint=text("Files go to the vendor's media library and cannot be read from here.")),
        StoreOffer(LOCAL, "Local folder", region=False, keys=False, prefix=_PREFIX, prefix_most=0),
    ),
    credentials=(
        Secret("secret_id", text("SecretId"), hidden=False),
        Secret("secret_key", text("SecretKey")),
        Secret("app_secret", text("Secret key of the application"),
               hint=text("UserSigs are made of it, with which the recorder enters rooms.")),
        Secret("region", text("Region of the calls"), hidden=False, required=False,
               hint=text("For instance ap-guangzhou or ap-singapore.")),
        Secret("room_rights", text("Advanced room permissions"), hidden=False, required=False,
               switch=True, hint=text("Tick it where the application has them switched on.")),
    ),
    channel=NameRule(
        text("A room named by text has English letters, digits, spaces and %(signs)s, 64 at most.",
             signs=CHANNEL_SIGNS),
        CHANNEL_NAME, trtc.ROOM_MAX_BYTES,
    ),
    channel_by_number=NameRule(
        text("A room named by number is a whole number from 1 to %(most)s.",
             most=trtc.ROOM_NUMBER_MAX),
        trtc.ROOM_NUMBER, numbers=Span(1, trtc.ROOM_NUMBER_MAX),
    ),
    app_id=text("SdkAppId"),
    app_id_rule="[1-9][0-9]{0,9}",
    app_id_words=text("An SdkAppId is a whole number, such as 1400000001."),
    uid="[A-Za-z0-9_-]{1,32}",
    uid_hint=text("1 to 32 letters, digits, _ or -, as nobody else in the room has them."),
    base_urls=("https://trtc.tencentcloudapi.com", "https://trtc.intl.tencentcloudapi.com"),
    rate_per_s=RATE_PER_S,
    token_life_s=tickets.LIFE_S,
    changes_both=True,
)  # fmt: skip
