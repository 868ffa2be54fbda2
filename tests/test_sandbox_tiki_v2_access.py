"""The sandbox of Tiki's Open API: tokens, scopes and the rate."""

import base64

import httpx

from sellerspec.sandbox.tiki_v2 import access, seed
from support.sandboxes import calling, running
from support.tiki_v2_samples import V2, V21

TOKEN = "/sc/oauth2/token"
BASIC = "Basic " + base64.b64encode(b"1234567890:FAKE-SECRET").decode()
PUBLIC = {"client_id": "2345678901", "client_secret": "FAKE-SECRET-2"}


def asked(client: httpx.Client, form: dict[str, str], authorization: str = "") -> httpx.Response:
    """Ask for a token."""
    headers = {"authorization": authorization} if authorization else {}
    # the token of the client has to stay away
    return httpx.post(f"{client.base_url}{TOKEN}", data=form, headers=headers, trust_env=False)


def status(client: httpx.Client, token: str, url: str) -> int:
    return client.get(url, headers={"authorization": f"Bearer {token}"}).status_code


def refused(client: httpx.Client, token: str) -> str:
    answer = client.get(f"{V2}/sellers/me", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    return answer.text


def test_a_token_of_client_credentials_calls_for_a_day() -> None:
    with running("tiki-v2") as (box, client):
        made = asked(client, {"grant_type": "client_credentials", "scope": ""}, BASIC).json()
        assert made.items() >= {"expires_in": 86_400, "token_type": "bearer"}.items()
        assert "refresh_token" not in made
        assert status(client, made["access_token"], f"{V2}/sellers/me") == 200
        box.advance(86_399)
        assert status(client, made["access_token"], f"{V2}/sellers/me") == 200
        box.advance(2)
        assert status(client, made["access_token"], f"{V2}/sellers/me") == 401
        assert "this token has ended, 86,400 seconds" in refused(client, made["access_token"])
        assert "no seller has this token" in refused(client, "example-token")
        assert client.get(f"{V2}/sellers/me", headers={"authorization": ""}).status_code == 401


def test_a_consent_gives_tokens_that_can_be_renewed_once() -> None:
    with running("tiki-v2") as (_, client):
        form = {
            "grant_type": "authorization_code",
            "code": seed.CODE,
            "redirect_uri": "https://app.example/callback",
            **PUBLIC,
        }
        for refused in ({"redirect_uri": "https://app.example/other"}, {"scope": "multichannel"}):
            assert asked(client, {**form, **refused}).status_code == 400  # and the code stays unused
        made = asked(client, form).json()
        assert status(client, made["access_token"], f"{V2}/orders") == 200
        assert asked(client, form).status_code == 400
        renewing = {"grant_type": "refresh_token", "refresh_token": made["refresh_token"], **PUBLIC}
        renewed = asked(client, renewing).json()
        assert renewed["access_token"] != made["access_token"]
        assert renewed["refresh_token"] != made["refresh_token"]
        assert asked(client, renewing).status_code == 400


def test_a_client_proves_itself_as_its_app_is_registered() -> None:
    form = {"grant_type": "client_credentials"}
    with running("tiki-v2") as (_, client):
        assert asked(client, {**form, **PUBLIC}).status_code == 200
        for sent, authorization in (
            (form, ""),
            ({**form, **PUBLIC, "client_secret": "FAKE"}, ""),
            ({**form, "client_id": "1234567890", "client_secret": "FAKE-SECRET"}, ""),
            (form, "Basic ?"),
            (form, "Basic " + base64.b64encode(b"2345678901:FAKE-SECRET-2").decode()),
        ):
            assert asked(client, sent, authorization).status_code == 401
        assert asked(client, {"grant_type": "password", **PUBLIC}).status_code in (400, 422)


def test_a_scope_that_is_not_granted_is_a_403() -> None:
    with running("tiki-v2") as (_, client):
        assert status(client, "FAKE-TOKEN-PRODUCTS", f"{V21}/products") == 200
        assert status(client, "FAKE-TOKEN-PRODUCTS", f"{V2}/categories") == 200
        assert status(client, "FAKE-TOKEN-PRODUCTS", f"{V2}/orders") == 403
        assert status(client, "FAKE-TOKEN-ORDERS", f"{V2}/orders") == 200
        assert status(client, "FAKE-TOKEN-ORDERS", f"{V2}/tracking") == 403
        assert status(client, "FAKE-TOKEN-ORDERS", f"{V2}/seller-inventories") == 403
        assert status(client, "FAKE-TOKEN-LOCKED", f"{V2}/categories") == 403
        form = {"grant_type": "client_credentials", "scope": "order multichannel"}
        assert asked(client, form, BASIC).status_code == 400
        made = asked(client, {**form, "scope": "order"}, BASIC).json()
        assert made["scope"] == "order"
        assert status(client, made["access_token"], f"{V21}/products") == 403


def test_the_rate_is_that_of_a_seller_not_of_a_token() -> None:
    with calling("tiki-v2", rate_limit=2) as call, call.box.clock.stopped():
        one, other = (
            {"authorization": f"Bearer {token}"} for token in ("FAKE-TOKEN-FOR-TESTS", "FAKE-TOKEN-PRODUCTS")
        )
        url = f"{V2}/categories"
        sent = [call("GET", url, headers=headers) for headers in (one, other, one)]
        assert [reply.status for reply in sent] == [200, 200, 429]
        assert sent[2].headers["retry-after"] == "1"
        foreign = {"authorization": "Bearer FAKE-TOKEN-OTHER"}
        assert call("GET", url, headers=foreign).status == 200
    with calling("tiki-v2") as call:
        assert call.box.limit.rate == access.RATE
