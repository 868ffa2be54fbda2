"""Tokopedia's refusal, and the responses of its own pages."""

import json

import pytest

import sellerspec
from support.examples import ROOT

GOOD = {"fs_id": "13004", "from_date": "1660262400", "to_date": "1660348800", "page": "1", "per_page": "50"}


def call(token: str = "Bearer FAKE-TOKEN-FOR-TESTS", **query: str) -> sellerspec.Report:
    parameters = "&".join(f"{name}={value}" for name, value in {**GOOD, **query}.items())
    headers = {"Authorization": token} if token else {}
    url = f"https://fs.tokopedia.net/v2/order/list?{parameters}"
    return sellerspec.check_exchange(sellerspec.Exchange("GET", url, request_headers=headers))


def test_window_of_more_than_three_days_is_refused_as_documented() -> None:
    path = ROOT / "tokopedia/listOrders/valid/documented-refusal.exchange.json"
    documented = json.loads(path.read_text())["response_body"]
    response = call(to_date="1660521601").server_response()
    assert response.body["data"] is None
    for name in ("messages", "reason", "error_code"):
        assert response.body["header"][name] == documented["header"][name]


@pytest.mark.parametrize(
    ("query", "code", "reason"),
    [
        ({"fs_id": ""}, "ORD_DLV_001", "fs_id cannot be empty"),
        ({"fs_id": "x"}, "ORD_DLV_002", "invalid fs_id format"),
        ({"shop_id": "x"}, "ORD_DLV_006", "invalid shop_id format"),
        ({"warehouse_id": "1x"}, "ORD_DLV_007", "invalid warehouse_id format"),
        (
            {"shop_id": "1", "warehouse_id": "2"},
            "ORD_DLV_008",
            "please choose one between shop id or warehouse id",
        ),
        ({"page": "", "per_page": ""}, "ORD_DLV_014", "page cannot be empty"),
        ({"status": "new"}, "ORD_DLV_018", "invalid status format"),
    ],
)
def test_refusal_has_the_code_and_the_text_of_the_table(
    query: dict[str, str], code: str, reason: str
) -> None:
    response = call(**query).server_response()
    assert response.status == 400
    assert (response.body["header"]["error_code"], response.body["header"]["reason"]) == (code, reason)


def test_a_refusal_without_a_documented_text_is_marked_as_ours() -> None:
    header = call(page="0").server_response().body["header"]
    assert header["error_code"] == "ORD_DLV_015"
    assert header["reason"].startswith("[sellerspec] ")
    header = call(token="").server_response().body["header"]
    assert (header["error_code"], header["messages"]) == ("", "[sellerspec] the request is refused")


def test_a_missing_token_is_refused_before_the_request_is_read() -> None:
    assert call(token="", fs_id="").server_response().status == 401


def test_exactly_three_days_is_only_warned_about() -> None:
    report = call(to_date="1660521600")
    assert report.ok
    assert [finding.code for finding in report.findings] == ["ORD_DLV_013"]


def test_no_finding_shows_the_name_of_a_buyer() -> None:
    path = ROOT / "tokopedia/tokocabangOrderNotification/valid/base.json"
    order = json.loads(path.read_text())
    order["customer"]["Name"] = order["customer"].pop("name") or "Contoh Pembeli"
    report = sellerspec.check("tokopedia/tokocabangOrderNotification", order)
    assert [finding.rule for finding in report.findings] == ["tokopedia.member-case"]
    assert "Contoh" not in str(report)
