from connector.tiki import product

from conftest import BOOK


def test_a_pushed_book_is_approved_in_the_end(tiki, sandbox):
    trace_id = tiki.push(BOOK)
    assert tiki.state(trace_id) == "queuing"
    sandbox.advance(3600)
    assert tiki.state(trace_id) == "approved"


def test_each_cover_is_a_variant_of_its_own(preflight):
    body = product(BOOK)
    preflight("tiki/createProduct", body)
    assert [variant["option1"] for variant in body["variants"]] == ["soft", "hard"]


def test_a_price_can_be_changed(tiki, sandbox):
    tiki.reprice("AOTHUN-DEN-M", 200_000)
    assert sandbox.state()["tables"]["skus"]["1/AOTHUN-DEN-M"]["price"] == 200_000
