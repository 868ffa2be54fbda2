"""What TNSL's module offers beside its rules: the merge of extra data, times, envelopes."""

import pytest

import sellerspec
from sellerspec.marketplaces.tnsl.orders import is_time, merged_extra
from sellerspec.model import Basis


def test_a_merge_overwrites_only_what_is_sent() -> None:
    stored = {"extra_info": {"delivery_partner": "A", "shipping_label_url": "https://l.example/1"}}
    sent = {"shipping_label_url": "https://l.example/2"}
    assert merged_extra(stored, sent) == {
        "delivery_partner": "A",
        "shipping_label_url": "https://l.example/2",
    }
    assert merged_extra({"success": True, "data": stored}, {}) == stored["extra_info"]
    assert merged_extra(None, sent) == sent
    assert merged_extra({"extra_info": None}, None) == {}


@pytest.mark.parametrize(
    ("text", "real"),
    [
        ("2022-10-26T14:22:46+07:00", True),
        ("2022-10-26T14:22:46.123Z", True),
        ("2022-10-26T14:22:46", False),
        ("2022-10-26 14:22:46+07:00", False),
        ("2022-02-30T14:22:46+07:00", False),
        ("", False),
    ],
)
def test_a_time_has_an_offset_and_is_real(text: str, real: bool) -> None:
    assert is_time(text) is real


def test_a_wrong_state_answers_409_in_words_marked_as_ours() -> None:
    facts = sellerspec.Facts(order={"main_state": "shipping"})
    report = sellerspec.check("tnsl/cancelOrder", {}, facts=facts)
    response = report.server_response()
    assert report.assumed == ("tnsl/cancelOrder",)
    assert response.status == 409
    assert set(response.body) == {"success", "errors", "metadata"}
    assert response.body["errors"][0]["message"].startswith("[sellerspec] ")


def test_without_the_order_the_state_is_not_guessed() -> None:
    assert sellerspec.check("tnsl/cancelOrder", {}).unchecked == ("tnsl.cancel-state",)


def test_a_missing_token_answers_the_documented_401() -> None:
    exchange = sellerspec.Exchange("GET", "https://api.tikinow.vn/business/v1/orders/100000001")
    response = sellerspec.check_exchange(exchange).server_response()
    assert response.status == 401
    assert response.body["error"] == {
        "status_code": 401,
        "message": "Unauthorized",
        "message_code": "INVALID_TOKEN",
    }


def test_all_but_three_operations_say_that_they_are_assumed() -> None:
    documented = {
        operation.id
        for operation in sellerspec.operations("tnsl")
        if operation.source.status is not Basis.ASSUMED
    }
    assert documented == {"getQuotes", "registerWebhooks", "orderStatusSync"}
    assert len(sellerspec.operations("tnsl")) == 13


def test_no_finding_repeats_a_secret() -> None:
    secret = "fake-secret-that-is-too-long-for-it"
    target = {"url": "https://partner.example/", "secret_key": secret}
    body = {"sync_inventory_location": [], "sync_webhook": {"order": target, "stock": target}}
    report = sellerspec.check("tnsl/registerWebhooks", body)
    assert len(report.errors) == 2
    assert secret not in str(report.to_dict())
