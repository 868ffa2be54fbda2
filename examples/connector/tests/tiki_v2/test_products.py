from dataclasses import replace

import pytest
from connector.errors import MarketplaceError
from connector.shop import Review
from connector.tiki_v2.products import product

from conftest import BOOK


def test_a_pushed_book_is_approved_and_on_sale(tiki, tables):
    track_id = tiki.products.push(BOOK)
    assert track_id in tables("requests")
    assert tiki.products.review(track_id).state == "approved"
    numbers = tiki.products.numbers(track_id)
    products = {one["original_sku"]: one for one in tables("products").values()}
    assert numbers == {sku: products[sku]["product_id"] for sku in ("SACH-BIA-soft", "SACH-BIA-hard")}
    available = {sku: tables("stocks")[f"{id}/384740"]["available"] for sku, id in numbers.items()}
    assert available == {"SACH-BIA-soft": 3, "SACH-BIA-hard": 5}


def test_a_rejected_book_has_a_reason(tiki, sandbox, tables):
    track_id = tiki.products.push(BOOK)
    assert track_id in tables("requests")
    sandbox.move(track_id, "rejected")
    assert tiki.products.review(track_id) == Review("rejected", tables("requests")[track_id]["reason"])


def test_a_book_that_breaks_a_rule_is_not_sent(tiki, tables):
    before = tables("requests")
    with pytest.raises(MarketplaceError, match=r"is not sent: [\s\S]*tiki-v2\.attribute-listed"):
        tiki.products.push(replace(BOOK, author="Người Lạ"))
    assert tables("requests") == before


def test_each_cover_is_a_variant_of_its_own(preflight):
    body = product(BOOK)
    preflight("tiki-v2/createProductRequest", body)
    assert [variant["option1"] for variant in body["variants"]] == ["soft", "hard"]
