"""What accounts with anyRTC can do and cannot. Source: agora-anyrtc.md section 14."""

from dataclasses import replace

from dashboard.errors import text
from dashboard.protocols import anyrtc
from dashboard.providers.agora import abilities, stores
from dashboard.providers.base import Bar, Secret

CAPABILITIES = replace(
    abilities.CAPABILITIES,
    bars=(
        *abilities.BARS,
        Bar("area", text("This account decides itself where a recording is made.")),
        Bar("stay", text("This account decides itself where a recording is made.")),
    ),
    subscription=replace(
        abilities.CAPABILITIES.subscription,
        uid=".{1,48}",
        uid_most=None,
        uid_words=text("1 to 48 characters"),
    ),
    stores=tuple(replace(offer, sts=False, options=()) for offer in stores.offers(anyrtc.STORES)),
    credentials=(
        Secret("customer_key", text("Customer key"), hidden=False),
        Secret("customer_secret", text("Customer secret")),
    ),
    uid=".{1,48}",
    uid_hint=text("1 to 48 characters, as nobody else in the channel has them."),
    base_urls=("https://api.agrtc.cn", "https://www.anyrtc.io"),
    token_life_s=None,
    renew_storage=False,
)
