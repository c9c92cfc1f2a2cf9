from dashboard.protocols.signatures import (
    agora_headers,
    sha1_signature,
    sha256_signature,
    verify,
)

BODY = (
    b'{"eventMs":1560408533119,"eventType":10,'
    b'"noticeId":"4eb720f0-8da7-11e9-a43e-53f411c2761f","notifyMs":1560408533119,'
    b'"payload":{"a":"1","b":2},"productId":1}'
)
SHA1 = "033c62f40f687675f17f0f41f91a40c71c0f134c"
SHA256 = "6d3320c60b11101395b7fc8f9068748808a0aa1bfa064438e39d1bc2c7d74d99"


def test_it_signs_the_vendors_own_example():
    assert sha1_signature("secret", BODY) == SHA1
    assert sha256_signature("secret", BODY) == SHA256
    assert agora_headers("secret", BODY) == {"Agora-Signature": SHA1, "Agora-Signature-V2": SHA256}


def test_it_accepts_either_signature_of_any_current_secret():
    assert verify(["secret"], BODY, v1=SHA1)
    assert verify(["secret"], BODY, v2=SHA256)
    assert verify(["old", "secret"], BODY, v1=SHA1.upper(), v2=f" {SHA256} ")


def test_it_lets_the_stronger_signature_decide():
    assert not verify(["secret"], BODY, v1=SHA1, v2="0" * 64)


def test_it_refuses_what_is_not_signed_or_changed():
    assert not verify(["secret"], BODY)
    assert not verify([], BODY, v1=SHA1)
    assert not verify([""], BODY, v1=sha1_signature("", BODY))
    assert not verify(["secret"], BODY + b" ", v1=SHA1)
    assert not verify(["secret"], BODY, v1="\u00e9\udcff")
