"""The token with which the recorder enters a channel, made by Agora's own library."""

from agoraiotools.AccessToken2 import AccessToken, ServiceRtc

from dashboard.errors import CredentialsRejected, text
from dashboard.providers.base import AccountConfig

LIFE_S = 24 * 3600
"""The longest that Agora lets a token live."""


def token_for(config: AccountConfig, channel: str, uid: str) -> str:
    """ "" for an account without an App Certificate: its project takes no tokens.

    The recorder only listens, so it may join and publish nothing. Raises CredentialsRejected
    where the certificate is none.
    """
    certificate = config.credentials.get("app_certificate", "")
    if not certificate:
        return ""
    service = ServiceRtc(channel, int(uid))
    service.add_privilege(ServiceRtc.kPrivilegeJoinChannel, LIFE_S)
    token = AccessToken(config.app_id, certificate, expire=LIFE_S)
    token.add_service(service)
    made = token.build()
    if not made:
        raise CredentialsRejected(
            text("No token can be made with this App ID and App Certificate."),
            vendor=config.vendor,
            operation="start",
            remedy=text("Both have 32 digits from 0 to f. Copy them again from the console."),
        )
    return made
