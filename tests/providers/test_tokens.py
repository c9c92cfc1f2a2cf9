"""Tokens for the recorder: made by Agora's library, held to the vendor's published one."""

from dataclasses import replace

import pytest
from agoraiotools.AccessToken2 import AccessToken, ServiceRtc

from dashboard.errors import CredentialsRejected
from dashboard.providers.agora.tokens import token_for
from dashboard.providers.base import AccountConfig

APP, CERTIFICATE = "970CA35de60c44645bbae8a215061b33", "5CFd2fd1755d40ecb72977518be15d3b"
PUBLISHED = (
    "007eJxTYBBbsMMnKq7p9Hf/HcIX5kce9b518kCiQgSr5Zrp4X1Tu6UUGCzNDZwdjU1TUs0Mkk1MzExMk5ISUy0SjQxNDcw"
    "Mk4yN3b8IMEQwMTAwMoAwBIL4CgzmKeZGxmamqUmWFsYmFqbGluapxqnGaZYpJmYGSSkpiVwMRhYWRsYmhkbmxgDCaiTj"
)
"""Of the vendor's own tests, for salt 1 and second 1111111."""


@pytest.fixture
def config():
    return AccountConfig(1, "agora", "A", "https://x", APP, {"app_certificate": CERTIFICATE})


def test_the_library_makes_the_published_token():
    service = ServiceRtc("7d72365eb983485397e3e3f9d460bdda", 2882341273)
    service.add_privilege(ServiceRtc.kPrivilegeJoinChannel, 600)
    token = AccessToken(APP, CERTIFICATE, issue_ts=1111111, expire=600)
    token._AccessToken__salt = 1
    token.add_service(service)
    assert token.build() == PUBLISHED


def test_it_lets_the_recorder_in_and_nothing_more(config):
    read = AccessToken()
    assert read.from_string(token_for(config, "lesson-7", "900001"))
    service = read._AccessToken__service[1]
    assert service._ServiceRtc__channel_name == b"lesson-7"
    assert service._ServiceRtc__uid == b"900001"
    assert service._Service__privileges == {1: 24 * 3600}


def test_no_certificate_no_token(config):
    assert token_for(replace(config, credentials={}), "lesson-7", "900001") == ""


def test_it_says_when_the_certificate_is_none(config):
    with pytest.raises(CredentialsRejected):
        token_for(replace(config, credentials={"app_certificate": "short"}), "lesson-7", "1")
