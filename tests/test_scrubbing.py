"""Scrubbing: fifty secrets in other places each, and texts that are or are not secrets."""

import base64
import gzip
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import vcr

from sellerspec import Exchange, check, check_exchange
from sellerspec.cassettes import files
from sellerspec.cassettes.files import Recorded
from sellerspec.marketplaces import marketplace
from sellerspec.reporting import FORMATS, Checked, located, render
from sellerspec.scrubbing import NotScrubbed, Scrubber, is_placeholder, scrubber, unnumbered
from sellerspec.scrubbing.patterns import is_random
from support.secret_exchanges import JSON, PLANTED, URL, dumps, post, readings, response, secret_of

PRODUCTS = "https://api.tiki.vn/integration/v1/products"


def on_disk(exchange: Exchange) -> str:
    scrubbed = scrubber(marketplace("tiki")).scrub([exchange])[0].exchange
    return readings(files.dump([Recorded(scrubbed)]))


@pytest.mark.parametrize("number", PLANTED)
def test_a_secret_does_not_reach_the_disk(number: int) -> None:
    assert secret_of(number) not in on_disk(PLANTED[number])


@pytest.mark.parametrize("number", PLANTED)
def test_a_secret_is_seen_by_the_check_and_its_scrubbed_exchange_is_clean(number: int) -> None:
    machine = scrubber(marketplace("tiki"))
    assert machine.leaks(PLANTED[number])
    assert machine.leaks(machine.scrub([PLANTED[number]])[0].exchange) == ()


@pytest.mark.no_cover
def test_scrubbing_twice_changes_nothing() -> None:
    machine = scrubber(marketplace("tiki"))
    once = [result.exchange for result in machine.scrub(list(PLANTED.values()))]
    assert [result.exchange for result in machine.scrub(once)] == once


def test_the_same_secret_has_the_same_placeholder_in_all_exchanges_of_a_cassette() -> None:
    login = response(dumps(access_token="FAKE-LOGIN-1"), JSON)
    use = post(url=f"{URL}?page=1", headers={"Authorization": "Bearer FAKE-LOGIN-1"})
    first, second = scrubber(marketplace("tiki")).scrub([login, use])
    token = json.loads(first.exchange.response_body)["access_token"]
    assert token == "SCRUBBED-access_token-1"
    assert second.exchange.request_headers == {"Authorization": f"Bearer {token}"}


def test_with_a_key_a_secret_has_one_placeholder_in_all_cassettes_and_another_key_gives_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    exchange = post(dumps(token="FAKE-TOKEN-9", phone="0900000009"), JSON)

    def body(machine: Scrubber) -> bytes:
        return machine.scrub([exchange])[0].exchange.request_body

    monkeypatch.setenv("SELLERSPEC_SCRUB_KEY", "fake key of a project")
    keyed = body(scrubber(marketplace("tiki")))
    assert keyed == body(scrubber(marketplace("tiki"), key="fake key of a project"))
    assert keyed != body(scrubber(marketplace("tiki"), key=b"another"))
    assert unnumbered(keyed.decode()) == unnumbered(
        body(scrubber(marketplace("tiki"), key="another")).decode()
    )


@pytest.mark.parametrize(
    ("secret", "placeholder"),
    [
        ("0912000111", "0000000001"),
        ("+84912000111", "+00000000001"),
        ("someone@shop.example", "scrubbed-1@example.invalid"),
        ("An", "SCRUBBED-phone-1"),
        ("FAKE-FAKE-FAKE-FAKE-FAKE-FAKE-32", "SCRUBBED-phone-1----------------"),
        ("RkFLRS1GQUtFLUZBS0UtRkFLRS1GQUtFLTI4LWJ5dGU=", "SCRUBBED/phone/1/AAAAAAAAAAAAAAAAAAAAAAAAAA="),
        (912000111, 9_900_000_001),
        (1.5, 9_900_000_001.0),
        (True, True),
        (None, None),
        ("", ""),
        (["a", {"b": "c"}], ["SCRUBBED-phone-1", {"b": "SCRUBBED-b-2"}]),
    ],
)
def test_a_placeholder_keeps_type_and_form_of_its_secret(secret: Any, placeholder: Any) -> None:
    scrubbed = scrubber().scrub([post(dumps(phone=secret), JSON)])[0].exchange
    assert json.loads(scrubbed.request_body) == {"phone": placeholder}


def test_numbers_of_placeholders_go_on_where_a_loaded_cassette_stopped() -> None:
    old = post(dumps(token="SCRUBBED-token-4", email="scrubbed-6@example.invalid"), JSON)
    new = post(dumps(token="FAKE-NEW-TOKEN"), JSON)
    assert json.loads(scrubber().scrub([old, new])[1].exchange.request_body) == {"token": "SCRUBBED-token-7"}


def product(**members: Any) -> Exchange:
    """Return a call whose contract knows `name`, `description`, `image` and `variants` of the body."""
    return post(dumps(**members), JSON, url=PRODUCTS)


def known() -> Scrubber:
    return scrubber(marketplace("tiki"))


def test_D3_what_the_contract_knows_as_harmless_stays_to_the_byte() -> None:
    body = (
        b'{ "category_id": 929231617, "name": "Galaxy Note 10+ Ha Noi",'
        b' "description": "made 2019-06-27 10:47:34",'
        b' "image": "https://i.example/637008711602926121_SS-note-10-1.png", "market_price": 1.50e7,'
        b' "variants": [ {"sku": "aB3dE5fG7hJ9kL1mN2pQ4rS6", "inventory_type": "instock",'
        b' "quantity": 12345678} ] }'
    )
    headers = {
        "content-type": "application/json",
        "content-length": str(len(body)),
        "date": "Sun, 22 Nov 2026 10:00:00 GMT",
        "user-agent": "connector/1.0 httpx/0.28",
    }
    answer = dumps(trace_id="c3587ec50976497f837461e0c2ea3da5", state="queueing")
    exchange = Exchange(
        "POST",
        PRODUCTS,
        200,
        request_headers=headers,
        request_body=body,
        response_headers=JSON,
        response_body=answer,
    )
    listed = Exchange("GET", f"{URL}?page=1&limit=20&status=queueing", 200)
    assert (known().leaks(exchange), known().leaks(listed)) == ((), ())
    assert [done.exchange for done in known().scrub([exchange, listed])] == [exchange, listed]


@pytest.mark.parametrize(
    "text", ["0912 000 111", "+84 912 000 111", "0812-0000-1111", "call 0912.000.111 now"]
)
def test_a_phone_number_in_a_text_is_found(text: str) -> None:
    assert [leak.name for leak in known().leaks(product(name=text))] == ["phone"]


@pytest.mark.parametrize("text", ["2019-06-27 10:47:34", "929231617", "20939384", "1.500.000", "VN039007006"])
def test_a_number_that_is_no_phone_number_stays(text: str) -> None:
    assert known().leaks(product(name=text)) == ()


@pytest.mark.parametrize(
    ("value", "placeholder"),
    [
        ("some text", "SCRUBBED-extra-1"),
        ("2019-06-27 10:47:34", "1900-01-02 00:00:00"),
        ("2019-06-27T10:47:34Z", "1900-01-02T00:00:00Z"),
        ("27/06/2019", "02/01/1900"),
        ("https://shop.example/a?b=c", "https://scrubbed-1.example.invalid/"),
        ("123e4567-e89b-12d3-a456-426614174000", "00000000-0000-4000-8000-000000000001"),
        ("(+84) 912 000 111", "(+00) 000 000 001"),
        ("0a1b2c3d4e5f6a7b", "0000000000000001"),
        ("1234", "0001"),
        (1234567, 9_900_000_001),
        (12345, 12345),
        (True, True),
        ("true", "true"),
        ("", ""),
        ("cross_border", "cross_border"),
        (["a"], ["SCRUBBED-extra-1"]),
        ({"b": "c"}, {"b": "SCRUBBED-b-1"}),
        ('{"b": "c"}', '{"b":"SCRUBBED-b-1"}'),
    ],
)
def test_G1_what_no_contract_knows_becomes_a_placeholder_of_its_form(value: Any, placeholder: Any) -> None:
    scrubbed = known().scrub([product(extra=value)])[0].exchange
    assert json.loads(scrubbed.request_body) == {"extra": placeholder}
    assert known().leaks(scrubbed) == ()


def test_D3_the_name_of_a_place_is_no_secret_within_another_text() -> None:
    order = {
        "order_code": "1",
        "shipping": {"city": "Ha Noi", "name": "Bia Van Mot"},
        "items": [{"product_name": "x"}],
    }
    order["items"] = [{"product_name": "Banh com Ha Noi"}, {"product_name": "for Bia Van Mot"}]
    body = json.loads(known().scrub([response(dumps(data=[order]), JSON)])[0].exchange.response_body)
    assert [item["product_name"] for item in body["data"][0]["items"]] == [
        "Banh com Ha Noi",
        "for SCRUBBED-name-2",
    ]
    assert body["data"][0]["shipping"] == {"city": "SCRUBBED-city-1", "name": "SCRUBBED-name-2"}


def test_D3_a_placeholder_keeps_the_form_that_the_contract_asks_for() -> None:
    machine = scrubber(marketplace("tokopedia"))
    notice = {
        "encryption": {
            "secret": base64.b64encode(b"x" * 256).decode(),
            "content": base64.b64encode(b"y" * 64).decode(),
        },
        "recipient": {"address": {"geo": "-6.2146200,106.8451300", "postal_code": "12345"}},
        "buyer_id_hash": "ab" * 32,
    }
    key = "tokopedia/orderNotification"
    sent = Exchange(
        "POST", "https://receiver.example/hook", request_headers=JSON, request_body=dumps(**notice)
    )
    scrubbed = machine.scrub([sent], [key])[0].exchange
    body = json.loads(scrubbed.request_body)
    assert body["recipient"]["address"] == {"geo": "-0.0000000,000.0000003", "postal_code": "00004"}
    assert body["buyer_id_hash"] == "5".rjust(64, "0")
    assert [len(base64.b64decode(body["encryption"][name])) for name in ("secret", "content")] == [256, 64]
    before, after = (
        {finding.pointer for finding in check_exchange(exchange, operation=key, strict=True).findings}
        for exchange in (sent, scrubbed)
    )
    assert after <= before


def test_keep_names_what_a_project_wants_to_see(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exchange = product(brand="Bịa", shop={"city": "Huế", "name": "Bịa Đặt"}, password="FAKE-PASSWORD")
    (tmp_path / "pyproject.toml").write_text('[tool.sellerspec]\nkeep = ["brand", "shop.city", "note"]\n')
    monkeypatch.chdir(tmp_path)
    assert json.loads(known().scrub([exchange])[0].exchange.request_body) == {
        "brand": "Bịa",
        "shop": {"city": "Huế", "name": "SCRUBBED-name-1"},
        "password": "SCRUBBED-password-2",
    }


def test_a_message_keeps_the_words_of_the_contract_and_what_the_request_has() -> None:
    sent = product(name="Áo", variants=[{"sku": "S-RED-9"}])
    texts = ["the sku S-RED-9 is not valid", "the sku S-BLUE-9 is not valid", "Nguyễn Bịa đã gọi"]
    answer = replace(sent, status=422, response_headers=JSON, response_body=dumps(errors=texts))
    body = json.loads(known().scrub([answer])[0].exchange.response_body)
    assert body == {
        "errors": [
            "the sku S-RED-9 is not valid",
            "the sku SCRUBBED-text-1 is not valid",
            "SCRUBBED-errors-2",
        ]
    }


def test_random_texts_are_told_from_names_and_numbers() -> None:
    assert is_random("aB3dE5fG7hJ9kL1mN2pQ4rS6")
    assert is_random("0123456789abcdef0123456789abcdef")
    assert not is_random("00000000000000000000000000000000")
    assert not is_random("laptop-dell-xps-15-9570-05-TURBO")
    assert not is_random("123e4567-e89b-12d3-a456-426614174000")
    assert not is_random("warehouse_inventory_identifier")


def test_a_key_or_a_random_text_is_found_whatever_it_is_called() -> None:
    key = "-----BEGIN PRIVATE KEY-----\nFAKE\n-----END PRIVATE KEY-----"
    leaks = known().leaks(
        product(name=key, description="aB3dE5fG7hJ9kL1mN2pQ4rS6", image="AKIAFAKEFAKEFAKEFAKE")
    )
    assert [(leak.pointer, leak.name) for leak in leaks] == [
        ("/request/body/name", "key"),
        ("/request/body/description", "random"),
        ("/request/body/image", "key"),
    ]


def test_a_random_text_below_a_public_name_does_not_vouch_for_itself_elsewhere() -> None:
    token = "aB3dE5fG7hJ9kL1mN2pQ4rS6"
    machine = known()
    assert machine.leaks(product(variants=[{"sku": token}])) == ()
    assert [leak.pointer for leak in machine.leaks(product(name=token))] == ["/request/body/name"]


def test_a_name_counts_below_its_parent_only_and_further_names_can_be_given() -> None:
    machine = scrubber(marketplace("tiki"), secret_members=["items.sku"])
    order = {"items": [{"sku": "FAKE", "product_name": "Bịa"}], "shipping": {"name": "Bịa"}}
    body = json.loads(machine.scrub([response(dumps(data=[order]), JSON)])[0].exchange.response_body)
    assert body["data"][0] == {
        "items": [{"sku": "SCRUBBED-sku-1", "product_name": "Bịa"}],
        "shipping": {"name": "SCRUBBED-name-2"},
    }


def test_a_secret_as_the_name_of_a_member_is_found() -> None:
    scrubbed = scrubber().scrub([post(dumps(**{"someone@shop.example": {"n": 1}}), JSON)])[0].exchange
    assert json.loads(scrubbed.request_body) == {"scrubbed-1@example.invalid": {"n": 1}}


@pytest.mark.parametrize(
    "value", ["SCRUBBED-token-1", "Bearer SCRUBBED-authorization-12", "00000001", "", 9_900_000_007, None]
)
def test_a_placeholder_is_known_again(value: Any) -> None:
    assert is_placeholder(value)


@pytest.mark.parametrize("value", ["SCRUBBED", "SCRUBBED-token-1 FAKE", "0912000111", 5, "Bearer FAKE", [1]])
def test_anything_else_is_no_placeholder(value: Any) -> None:
    assert not is_placeholder(value)


def test_a_request_for_comparing_never_fails() -> None:
    body = gzip.compress(dumps(token="FAKE"))
    assert (
        scrubber().request(post(body, {"content-type": "application/json"})).request_body
        == b'{"token":"SCRUBBED-token-1"}'
    )
    assert scrubber().request(post(body[:-9])).request_body == b""


def test_an_address_that_is_none_is_still_looked_through() -> None:
    exchange = post(url="https://[broken/?x=someone@shop.example")
    assert "someone@" not in scrubber().scrub([exchange])[0].exchange.url


def test_a_secret_that_cannot_be_taken_out_stops_the_writing() -> None:
    exchange = post(url="https://fake-secret-77.shop.example/a", headers={"tiki-api": "fake-secret-77"})
    with pytest.raises(NotScrubbed, match=r"a secret is still in POST https://.* after scrubbing"):
        scrubber().scrub([exchange])


def test_a_short_or_plain_number_is_not_searched_for_elsewhere() -> None:
    scrubbed = json.loads(
        known().scrub([product(postal_code="700000", name="INV/1700000/X")])[0].exchange.request_body
    )
    assert scrubbed == {"postal_code": "000001", "name": "INV/1700000/X"}


@pytest.mark.no_cover
def test_the_same_secrets_leak_through_plain_vcrpy(tmp_path: Path) -> None:
    from vcr.request import Request

    recorder = vcr.VCR(
        filter_headers=["authorization", "tiki-api", "cookie", "x-api-key", "proxy-authorization"],
        filter_query_parameters=["access_token", "token", "secret"],
        filter_post_data_parameters=["secret_key", "password", "token", "access_token", "client_secret"],
        filter_nested_post_data_parameters=True,
        decode_compressed_response=True,
    )
    leaked = []
    for number, exchange in PLANTED.items():
        path = tmp_path / f"{number}.yaml"
        with recorder.use_cassette(str(path)) as tape:
            headers = {name: [value] for name, value in exchange.response_headers.items()}
            tape.append(
                Request(exchange.method, exchange.url, exchange.request_body, dict(exchange.request_headers)),
                {
                    "status": {"code": 200, "message": "OK"},
                    "headers": headers,
                    "body": {"string": exchange.response_body},
                },
            )
        text = path.read_text()
        binary = re.findall(r"!!binary \|\n((?:\s+[A-Za-z0-9+/=]+\n)+)", text)
        seen = readings(text + " " + " ".join("".join(part.split()) for part in binary))
        leaked += [number] if secret_of(number) in seen else []
    print(f"plain vcrpy with its filters leaks {len(leaked)} of {len(PLANTED)}: {leaked}")
    assert len(leaked) >= 25


@pytest.mark.parametrize(
    "query",
    ["code=FAKE7CODE", "state=FAKE7STATE", "X-Amz-Signature=FAKE7SIG", "next=https%253A%252F%252FFAKE7"],
)
def test_D4_what_a_redirect_hands_over_is_scrubbed(query: str) -> None:
    exchange = replace(response(b"", {"Location": f"https://a.example/cb?{query}"}), status=302)
    location = known().scrub([exchange])[0].exchange.response_headers["Location"]
    name = query.partition("=")[0]
    assert unnumbered(location) in (
        f"https://a.example/cb?{name}=SCRUBBED-{name.replace('-', '')}",
        f"https://a.example/cb?{name}=scrubbed@example.invalid",
    )


def test_D4_identity_and_tax_numbers_are_scrubbed() -> None:
    body = dumps(ktp="3171010101000001", npwp="01.000.001.0-000.000", virtual_account="880810000001")
    scrubbed = json.loads(known().scrub([response(body, JSON)])[0].exchange.response_body)
    assert scrubbed == {
        "ktp": "0000000000000001",
        "npwp": "00.000.000.0-000.002",
        "virtual_account": "000000000003",
    }


def test_G6_metadata_of_a_cassette_are_unknown_members() -> None:
    assert known().note({"operator": "Bịa", "runs": 3}) == {"operator": "SCRUBBED-operator-1", "runs": 3}


def test_G7_the_name_of_a_member_that_is_data_is_hidden_in_pointer_and_message() -> None:
    text = '{"name": "Áo", "0912000111": {}, "a\\u001b[31mb": 1}'
    report = located(check("tiki/createProduct", text), text)
    for form in FORMATS:
        shown = render(form, [Checked("x.json", report, text)])
        assert "0912000111" not in shown
        assert "\x1b" not in shown
