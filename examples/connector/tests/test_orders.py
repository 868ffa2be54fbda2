import pytest

import sellerspec

CODE = "419060832"
SOLD = "AOTHUN-DEN-M"


@pytest.fixture
def kept(sandbox):
    """Returns an order as Tiki keeps it."""
    return lambda code: sandbox.state()["tables"]["orders"][code]["order"]


@pytest.fixture
def confirming(calling, sandbox):
    """Tiki, by a client whose guard knows the order that is confirmed."""
    tables = sandbox.state()["tables"]
    warehouses = [warehouse for key, warehouse in tables["warehouses"].items() if key.startswith("1/")]
    return calling(facts=sellerspec.Facts(order=tables["orders"][CODE]["order"], warehouses=warehouses))


def test_every_waiting_order_is_pulled_once(tiki, sandbox):
    orders = [document["order"] for document in sandbox.state()["tables"]["orders"].values()]
    waiting = [order["order_code"] for order in orders if order["status"] == "queueing"]
    assert len(waiting) > 20  # more than a page
    codes = [order.code for order in tiki.orders()]
    assert sorted(codes) == sorted(set(waiting) - {"800000001"})  # of another seller


def test_an_order_is_pulled_with_what_the_shop_packs(tiki):
    orders = {order.code: order for order in tiki.orders()}
    assert CODE in orders
    order = orders[CODE]
    assert order.status == "queueing"
    assert sum(line.quantity for line in order.lines if line.article == SOLD) == 2
    assert {line.price for line in order.lines} == {120_000}


def test_what_is_in_stock_is_confirmed(confirming, kept):
    items = confirming.confirm(CODE, {SOLD})
    assert sorted(items) == [94792486, 94792487]
    assert {item["confirmation_status"] for item in kept(CODE)["items"]} == {"seller_confirmed"}


def test_only_what_is_in_stock_is_confirmed(confirming, sandbox, kept):
    order = kept(CODE)
    order["items"][0]["original_sku"] = "AOTHUN-DO-L"
    sandbox.seed({"orders": [order]})
    assert confirming.confirm(CODE, {SOLD}) == [94792487]
    assert {item["original_sku"]: item["confirmation_status"] for item in kept(CODE)["items"]} == {
        "AOTHUN-DO-L": "seller_canceled",
        SOLD: "seller_confirmed",
    }


@pytest.mark.sellerspec(ignore=["tiki.confirm-items-empty"])
def test_an_order_of_which_nothing_is_in_stock_is_canceled(confirming, kept):
    assert confirming.confirm(CODE, set()) == []
    assert kept(CODE)["status"] == "canceled"
