from connector.shop import Review
from connector.tiki import product

from conftest import BOOK


def test_a_pushed_book_is_approved_and_on_sale(tiki, sandbox):
    trace_id = tiki.push(BOOK)
    assert trace_id in sandbox.state()["tables"]["products"]
    assert tiki.review(trace_id).state == "approved"
    skus = sandbox.state()["tables"]["skus"]
    assert [skus[f"1/SACH-BIA-{cover}"]["quantity"] for cover in ("soft", "hard")] == [3, 5]


def test_a_rejected_book_has_a_reason(tiki, sandbox):
    trace_id = tiki.push(BOOK)
    assert trace_id in sandbox.state()["tables"]["products"]
    sandbox.move(trace_id, "rejected")
    reason = sandbox.state()["tables"]["products"][trace_id]["reason"]
    assert tiki.review(trace_id) == Review("rejected", reason)


def test_each_cover_is_a_variant_of_its_own(preflight):
    body = product(BOOK)
    preflight("tiki/createProduct", body)
    assert [variant["option1"] for variant in body["variants"]] == ["soft", "hard"]


def test_a_price_can_be_changed(tiki, sandbox):
    tiki.reprice("AOTHUN-DEN-M", 200_000)
    assert sandbox.state()["tables"]["skus"]["1/AOTHUN-DEN-M"]["price"] == 200_000
