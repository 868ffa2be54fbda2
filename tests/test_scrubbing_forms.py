"""What stays in a scrubbed exchange and what does not: forms of headers, numbers, names, known texts."""

import json

import pytest

from sellerspec import Exchange, Severity, check_exchange, marketplaces
from sellerspec.marketplaces import marketplace
from sellerspec.scrubbing import scrubber
from support import examples
from support.planted_secrets import ORDERS, answered, edged, sent

TIKI = scrubber(marketplace("tiki"), keep=(), overlays=())

KEPT = {
    "accept": ["application/json", "text/html, application/xml;q=0.9, */*; q=0.8"],
    "accept-encoding": ["gzip, deflate, br, zstd", "identity;q=1.0"],
    "accept-language": ["vi-VN,vi;q=0.9,en-US;q=0.8", "id"],
    "allow": ["GET, POST"],
    "cache-control": ["no-cache, private", "max-age=0, must-revalidate"],
    "connection": ["keep-alive", "close"],
    "content-type": [
        "application/json; charset=utf-8",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ],
    "content-disposition": ["attachment"],
    "date": ["Fri, 01 Mar 2024 08:00:00 GMT"],
    "expires": ["0", "Thu, 01 Jan 1970 00:00:00 GMT"],
    "last-modified": ["Fri, 01 Mar 2024 08:00:00 GMT"],
    "retry-after": ["60", "Fri, 01 Mar 2024 08:00:00 GMT"],
    "sellerspec-assumed": ["tnsl/getOrder", "tiki-v2/listQueues"],
    "server": ["nginx", "nginx/1.25.3", "openresty/1.21.4.1", "cloudflare"],
    "transfer-encoding": ["chunked"],
    "user-agent": [
        "python-requests/2.31.0", "python-httpx/0.27.0", "Python/3.11 aiohttp/3.9.5", "node", "curl/8.5.0",
        "GuzzleHttp/7", "okhttp/4.9.1", "Go-http-client/1.1", "connector/1.4.0-rc.2",
    ],
    "vary": ["Accept-Encoding, Origin", "*"],
    "x-ratelimit-limit": ["100", "100, 100;w=60", "5 req/s (burst 5)"],
    "x-ratelimit-reset-after": ["-0.000000"],
    "x-ratelimit-reset": ["1709280000", "2024-03-01T08:00:00Z"],
    "x-request-id": ["7f1d8c1e-6a4f-4b4e-9a52-0d2f1d9b8a11", "req-12345", "0HLQV2M9DQ7S3:00000001"],
}  # fmt: skip


@pytest.mark.parametrize("name", KEPT)
def test_G4_a_header_that_has_the_form_of_its_name_is_kept(name: str) -> None:
    for value in KEPT[name]:
        exchange = Exchange("GET", ORDERS, 200, response_headers={name: value})
        assert TIKI.scrub([exchange])[0].exchange.response_headers == {name: value}
        assert TIKI.leaks(exchange) == ()


def test_G4_a_header_of_another_form_is_a_placeholder_or_left_out() -> None:
    given = {
        "vary": "X-Budi-9021",
        "connection": "budi-9021",
        "content-type": "application/json; owner=budi",
        "content-disposition": "attachment; owner=budi",
        "retry-after": "ask Budi",
        "x-request-id": "budi.0912345678",
    }
    scrubbed = TIKI.scrub([Exchange("GET", ORDERS, 429, response_headers=given)])[0].exchange
    assert scrubbed.response_headers == {
        "vary": "SCRUBBED-vary-1",
        "content-type": "application/json",
        "retry-after": "SCRUBBED-retry_after-2",
        "x-request-id": "SCRUBBED-x_request_id-3",
    }


def test_G1_a_word_before_a_credential_is_kept_only_if_it_names_a_scheme() -> None:
    for value, shown in (
        ("Bearer abcdefgh", "Bearer SCRUBBED-authorization-1"),
        ("Digest username=a", "Digest SCRUBBED-authorization-1"),
        ("HunterSecret abcdefgh", "SCRUBBED-authorization-1"),
    ):
        scrubbed = TIKI.scrub([sent({}, {"authorization": value})])[0].exchange
        assert scrubbed.request_headers == {"authorization": shown}


def body(exchange: Exchange) -> object:
    scrubbed = TIKI.scrub([exchange])[0].exchange
    return json.loads(scrubbed.request_body or scrubbed.response_body)


def test_G1_a_number_of_more_than_five_digits_is_no_small_one_because_of_its_point() -> None:
    given = {"warehouse": {"x": 10.762622, "y": 106.5, "weight": 99999, "share": 0.25}}
    assert body(answered(given)) == {
        "warehouse": {"x": 9900000001.0, "y": 106.5, "weight": 99999, "share": 0.25}
    }


def test_G1_names_in_vietnamese_and_indonesian_tell_of_secrets_with_or_without_accents() -> None:
    given = {"mật_khẩu": 4821, "ma_xac_thuc": 4822, "kata_sandi": 4823, "nomor_hp": "62", "so_luong": 4824}
    assert body(answered(given)) == {
        "SCRUBBED-name-1": 9900000002,
        "ma_xac_thuc": 9900000003,
        "kata_sandi": 9900000004,
        "nomor_hp": "0005",
        "so_luong": 4824,
    }


def test_G1_a_text_where_a_number_or_a_time_belongs_is_nothing_that_the_contract_knows() -> None:
    given = {"category_id": "hunter-two", "variants": [{"price": "19000", "quantity": "hunter-two"}]}
    assert body(sent(given)) == {
        "category_id": "SCRUBBED-category_id-1",
        "variants": [{"price": "19000", "quantity": "SCRUBBED-category_id-1"}],
    }
    given = {"data": [{"updated_at": "by Budi", "purchased_at": "2019-11-01 04:00:00", "status": "new_one"}]}
    assert body(answered(given)) == {
        "data": [
            {
                "updated_at": "SCRUBBED-updated_at-1",
                "purchased_at": "2019-11-01 04:00:00",
                "status": "new_one",
            }
        ]
    }


def test_G1_names_of_members_that_are_names_of_persons_do_not_stay() -> None:
    given = {"totals": {"budi santoso": 1, "line total": 2}, "tokens": {"hunter": True}}
    assert body(answered(given)) == {
        "totals": {"SCRUBBED-name-1": 1, "SCRUBBED-name-2": 2},
        "tokens": {"SCRUBBED-name-3": True},
    }
    assert body(answered({"totals": {"order_count": 1}})) == {"totals": {"order_count": 1}}


def test_G5_texts_of_products_stay_but_for_what_is_secret_in_them() -> None:
    for name in (
        "Điện thoại Pin: 5000mAh, Sạc 33W",
        "Ốp lưng pass 12 Pro, màu đỏ",
        "Password keeper 3 in 1",
        "USB OTP 32GB",
        "Sandisk 128GB",
        "Bộ 10 20 30 40 món",
        "Nước hoa Secret 100ml",
        "data: 64GB, 128GB",
        "Máy ảnh EOS 90D 18-135mm",
    ):
        given = {"name": name, "category_id": 1}
        assert body(sent(given)) == given, name
    assert body(sent({"name": "Áo SĐT0912345678, mật khẩu: Hunter22", "category_id": 1})) == {
        "name": "Áo SĐT0000000002, mật khẩu: SCRUBBED-password-1",
        "category_id": 1,
    }


def test_G5_letters_and_digits_of_other_forms_hide_no_phone() -> None:
    for phone in ("０９１２０００１２５", "0912\u200b000\u200b125", "+1 (415) 555-0123", "+65 8000 0122"):
        scrubbed = TIKI.scrub([sent({"name": f"gọi {phone} nhé", "category_id": 1})])[0].exchange
        assert phone not in scrubbed.request_body.decode()
        assert TIKI.leaks(scrubbed) == ()


def test_G6_of_the_header_of_a_part_only_its_name_and_type_stay() -> None:
    head = 'Content-Disposition: form-data; name="a"; owner="Budi"\r\nContent-Type: text/plain; who=Budi'
    assert TIKI.scrub([edged(head, "1")])[0].exchange.request_body == (
        b'--edge\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--edge--\r\n'
    )


SAME = [
    example
    for path in sorted(examples.ROOT.rglob("valid/*.json"))
    if not path.name.endswith(".facts.json") and (example := examples.Example(path))
]
NOT_THE_SAME = {
    # the window of a parameter that no document names, coordinates that are off the globe
    "tiki/listOrders/valid/tiki.orders-window.exchange",
    "tokopedia/tokocabangOrderNotification/valid/documented-notification",
}


@pytest.mark.parametrize("name", marketplaces.NAMES)
def test_D3_a_scrubbed_example_has_the_findings_of_the_example_also_with_strict(name: str) -> None:
    machine = scrubber(marketplace(name), keep=(), overlays=())
    differ = set()
    for example in SAME:
        if not example.operation.startswith(f"{name}/"):
            continue
        exchange = (
            examples.exchange(example.value())
            if example.is_exchange
            else sent(example.path.read_bytes(), url="https://example.invalid/")
        )
        scrubbed = machine.scrub([exchange], [example.operation])[0].exchange
        if findings(exchange, example) != findings(scrubbed, example):
            differ.add(str(example))
    assert differ <= NOT_THE_SAME


def findings(exchange: Exchange, example: examples.Example) -> set[tuple[str, str, Severity]]:
    report = check_exchange(exchange, operation=example.operation, facts=example.facts, strict=True)
    return {(finding.rule, finding.pointer, finding.severity) for finding in report.findings}


def test_what_a_schema_marks_as_never_returned_is_a_secret() -> None:
    form = b"grant_type=authorization_code&code=Ex4mple9Consent&client_id=2345678901&redirect_uri=https%3A//a"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    exchange = sent(form, headers, "https://api.tiki.vn/sc/oauth2/token")
    machine = scrubber(marketplace("tiki-v2"), keep=(), overlays=())
    body = machine.scrub([exchange])[0].exchange.request_body
    assert b"grant_type=authorization_code&code=SCRUBBED-code-" in body
    assert b"Ex4mple9Consent" not in body
