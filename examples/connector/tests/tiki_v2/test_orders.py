import pytest
from connector.errors import MarketplaceError
from connector.shop import Order

BY_TIKI, BY_SELLER, ABROAD, DROPSHIP = "700000003", "700000005", "700000008", "700000011"
"""Orders of the four kinds; those that have two items are of two articles."""

ARTICLES = {"ao-thun-m", "ao-thun-l"}


@pytest.fixture
def reserved(tables):
    """Returns how many shirts of the first article orders wait for."""
    return lambda: tables("stocks")["248956418/384740"]["reserved"]


def statuses(order) -> dict:
    return {item["product"]["seller_product_code"]: item["confirmation"]["status"] for item in order["items"]}


@pytest.mark.parametrize("code", [BY_TIKI, ABROAD])
def test_what_is_in_stock_is_confirmed(confirming, kept, code):
    items = confirming(code).confirm(code, ARTICLES)
    assert sorted(items) == [item["id"] for item in kept(code)["items"]]
    assert set(statuses(kept(code)).values()) == {"seller_confirmed"}
    assert kept(code)["status"] == "picking"


def test_only_what_is_in_stock_is_confirmed(confirming, kept):
    confirming(BY_SELLER).confirm(BY_SELLER, {"ao-thun-m"})
    assert statuses(kept(BY_SELLER)) == {"ao-thun-m": "seller_confirmed", "ao-thun-l": "seller_canceled"}


@pytest.mark.sellerspec(ignore=["tiki-v2.confirm-items-empty"])
def test_an_order_of_which_nothing_is_in_stock_is_canceled(confirming, kept, reserved):
    before = reserved()
    assert confirming(BY_SELLER).confirm(BY_SELLER, set()) == []
    assert kept(BY_SELLER)["status"] == "canceled"
    assert reserved() == before - 1


def test_a_dropship_order_is_confirmed_with_a_time_of_pick_up(confirming, kept):
    items = confirming(DROPSHIP).confirm(DROPSHIP, ARTICLES)
    assert sorted(items) == [item["id"] for item in kept(DROPSHIP)["items"]]
    assert kept(DROPSHIP)["status"] == "picking"
    times = {item["confirmation"]["pickup_confirm_sla"] for item in kept(DROPSHIP)["items"]}
    assert times == {"2026-11-27 15:00:00"}


def test_a_dropship_order_of_which_an_item_is_missing_is_canceled(confirming, kept, reserved):
    before = reserved()
    assert confirming(DROPSHIP).confirm(DROPSHIP, {"ao-thun-m"}) == []
    assert kept(DROPSHIP)["status"] == "canceled"
    assert reserved() == before - 1


@pytest.mark.parametrize(("code", "supplier"), [("sgn", 188_954), ("hn4", 384_740)])
def test_an_order_of_no_warehouse_is_taken_from_one_that_supplies_tiki(
    confirming, kept, arrive, code, supplier
):
    items = [{**item, "seller_inventory_id": None} for item in kept(BY_TIKI)["items"]]
    arrive("900000001", BY_TIKI, items=items, tiki_warehouse={"id": 4, "name": "Kho Tiki", "code": code})
    confirming("900000001").confirm("900000001", ARTICLES)
    assert {item["seller_inventory_id"] for item in kept("900000001")["items"]} == {supplier}


@pytest.mark.parametrize(
    ("code", "kind"),
    [(BY_TIKI, "shipping"), (BY_SELLER, "invoice"), (ABROAD, "shipping"), (DROPSHIP, "shipping")],
)
def test_a_confirmed_order_has_labels(tiki, kept, arrive, code, kind):
    items = kept(code)["items"]
    for item in items:
        item["confirmation"]["status"] = "seller_confirmed"
    arrive("900000001", code, status="picking", items=items)
    order = Order("tiki-v2", "900000001", "picking", (), delivery=kept(code)["fulfillment_type"])
    assert tiki.orders.label(order) == f"https://labels.sandbox.example/900000001/{kind}.html"


def test_an_order_that_comes_at_once_has_no_labels(tiki):
    with pytest.raises(MarketplaceError, match="no labels for `instant_delivery`"):
        tiki.orders.label(Order("tiki-v2", "900000001", "picking", (), delivery="instant_delivery"))


def test_a_canceled_order_is_not_confirmed(confirming, sandbox, kept):
    sandbox.move(BY_SELLER, "canceled")
    with pytest.raises(MarketplaceError):
        confirming(BY_SELLER).confirm(BY_SELLER, ARTICLES)
    assert "waiting" in statuses(kept(BY_SELLER)).values()


def test_what_the_shop_delivers_is_reported(tiki, kept, arrive):
    arrive("900000001", BY_SELLER, status="picking")
    tiki.orders.delivered("900000001")
    assert kept("900000001")["status"] == "successful_delivery"
