"""What accounts with Agora can do and cannot, with the reasons. Source: agora-anyrtc.md 1 to 5."""

from dashboard.domain.recording import Merge, Mode, Output, Pictures, Sound
from dashboard.domain.subscription import SubscriptionRules
from dashboard.errors import text
from dashboard.protocols.agora import (
    CHANNEL_MAX_BYTES,
    CHANNEL_NAME,
    CHANNEL_SIGNS,
    FRAME_RATES,
    RANGES,
    RATE_PER_S,
    REGIONS_MAX,
    SUBSCRIBED_UIDS_MAX,
    UID_GROUPS,
)
from dashboard.providers.agora import stores, tokens
from dashboard.providers.base import Bar, Capabilities, NameRule, Secret, Span, Tells

_MIX, _INDIVIDUAL = (Mode.MIX,), (Mode.INDIVIDUAL,)


def span(field: str) -> Span:
    found = RANGES[field]
    return Span(found.low, found.high)


RANGES_OF_FIELDS = {
    "max_idle_s": span("maxIdleTime"),
    "resource_hours": span("resourceExpiredHour"),
    "snapshot_s": span("captureInterval"),
    "canvas.width": Span(2, RANGES["width"].high),
    "canvas.height": Span(2, RANGES["height"].high),
    "canvas.bitrate_kbps": span("bitrate"),
    "expected_people": Span(1, UID_GROUPS[-1]),
}

BARS = (
    Bar(
        "output",
        text("This account writes HLS, and an MP4 beside it. The MP4 alone, or AAC, it does not."),
        (Output.HLS_AAC, Output.MP4, Output.AAC),
    ),
    Bar(
        "output",
        text("Single people are recorded as HLS only. An MP4 can be made of it afterwards."),
        (Output.HLS_MP4,),
        _INDIVIDUAL,
    ),
    Bar(
        "pictures",
        text("Here a shared screen is a uid of its own. Choose it among the people."),
        (Pictures.MAIN, Pictures.SCREEN),
    ),
    Bar("sound", text("This account has no such quality of sound."), (Sound.CALL, Sound.CD)),
    Bar("sound", text("The sound of single people is kept as it was sent."), modes=_INDIVIDUAL),
    Bar("snapshot_s", text("Screenshots are made of single people only."), modes=_MIX),
    Bar("record", text("A mix without files of it would be nothing."), modes=_MIX),
    Bar("merge", text("In a mix, sound and pictures are in one file anyway."), modes=_MIX),
    Bar("merge", text("This account keeps the separate files in any case."), (Merge.ONLY,)),
    Bar("keep_sound", text("A mix of sound is always encoded anew."), modes=_MIX),
    Bar("part_min", text("This account decides itself how long its files get.")),
    Bar("on_pause", text("This account always goes on with the last picture.")),
    Bar("gop_s", text("This account decides itself when a key frame comes.")),
    Bar("room_type", text("Channels have one kind of name here.")),
    Bar("relays", text("There are no relaying robots here.")),
)

CAPABILITIES = Capabilities(
    most_regions=REGIONS_MAX,
    ranges=RANGES_OF_FIELDS,
    numbers={"canvas.fps": FRAME_RATES},
    bars=BARS,
    hints={
        "subscription": text(
            "A list for one medium alone would turn the other off, "
            "so the other is sent along as everybody."
        ),
        "layout": text("A layout is always sent whole; nothing of the one before stays."),
        "encryption": text("It must be what the people's own clients use."),
        "channel_type": text("It must be what the people's own clients use."),
    },
    subscription=SubscriptionRules(
        most=SUBSCRIBED_UIDS_MAX,
        one_sided=True,
        strict=True,
        most_people=REGIONS_MAX,
        uid="[1-9][0-9]{0,9}",
        uid_most=2**32 - 1,
        uid_words=text("a whole number from 1 to 4294967295"),
    ),
    channel=NameRule(
        text("Use English letters, digits, spaces and %(signs)s; 64 at most.", signs=CHANNEL_SIGNS),
        CHANNEL_NAME,
        CHANNEL_MAX_BYTES,
    ),
    stores=stores.offers(stores.AGORA),
    credentials=(
        Secret("customer_key", text("Customer key"), hidden=False),
        Secret("customer_secret", text("Customer secret")),
        Secret(
            "app_certificate",
            text("App Certificate"),
            required=False,
            hint=text("Needed where the project takes tokens; they are made of it."),
        ),
    ),
    uid="[1-9][0-9]{0,9}",
    uid_hint=text("A whole number from 1 to 4294967295 that nobody else in the channel has."),
    base_urls=("https://api.sd-rtn.com", "https://api.agora.io"),
    rate_per_s=RATE_PER_S,
    token_life_s=tokens.LIFE_S,
    renew_storage=True,
    tells=Tells(every_s=60, senders=True, uploads=True),
)
