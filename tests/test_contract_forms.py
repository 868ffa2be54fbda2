"""Bodies that are forms: how the one of a request for a token is read, and what is said of others."""

import gzip

import pytest

from sellerspec import Exchange, check_exchange

BODY = b"grant_type=client_credentials"
FORM = "application/x-www-form-urlencoded"
SENT_AS = f"the body must be sent as `{FORM}`, got "


def messages(body: bytes, **headers: str) -> list[str]:
    """Return what is said of a request for a token."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    exchange = Exchange(
        "POST",
        "https://api.tiki.vn/sc/oauth2/token",
        200,
        request_headers={"authorization": "Basic YTpi", **sent},
        request_body=body,
        response_headers={"content-type": "application/json"},
        response_body=b'{"access_token":"a","expires_in":1,"scope":"","token_type":"bearer"}',
    )
    return [finding.message for finding in check_exchange(exchange).findings]


@pytest.mark.parametrize("content_type", [FORM, f"{FORM}; charset=UTF-8", FORM.upper()])
def test_a_form_is_read_also_packed(content_type: str) -> None:
    assert messages(BODY, content_type=content_type) == []
    assert messages(gzip.compress(BODY), content_type=content_type, content_encoding="gzip") == []


@pytest.mark.parametrize(
    ("content_type", "shown"),
    [
        ("application/json", "`application/json`"),
        ("", "no content type"),
        ("a\0", "a string that is not shown"),
        ("bearer aB3dE6gH9jK2mN5pQ8s", "a string that is not shown"),
    ],
)
def test_another_content_type_is_said_and_no_secret_shown(content_type: str, shown: str) -> None:
    assert messages(BODY, content_type=content_type) == [SENT_AS + shown]


def test_a_form_without_content_type_is_not_taken_for_one() -> None:
    assert messages(BODY) == [f"{SENT_AS}no content type"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"\xff=1", "the body is not a form: `name=value` with `&` between them, in UTF-8"),
        (BODY + b"&scope=a&scope=b", "the form has the member `scope` twice"),
        (BODY + b"&0912345678=a&0912345678=b", "the form has the member `***` twice"),
    ],
)
def test_what_is_no_form_is_said(body: bytes, message: str) -> None:
    assert messages(body, content_type=FORM) == [message]


def test_a_form_that_ends_inside_its_packing() -> None:
    packed = gzip.compress(BODY)[:-9]
    assert messages(packed, content_type=FORM, content_encoding="gzip") == ["the compressed body is cut off"]
