import pytest
from connector.tiki import Tiki, connect

import sellerspec


def test_every_waiting_order_is_pulled_once(tiki):
    codes = [order.code for order in tiki.orders()]
    assert len(codes) > 20  # more than a page
    assert len(codes) == len(set(codes))


@pytest.fixture
def confirming(sandbox, sellerspec_guard) -> Tiki:
    """Tiki, by a client whose guard knows the order that is confirmed."""
    with connect(sandbox.url, sandbox.headers["tiki-api"]) as client:
        facts = sellerspec.Facts(
            order=client.get("/v1/orders/419060832").json(), warehouses=client.get("/v1/warehouses").json()
        )
        yield Tiki(sellerspec_guard(client, "tiki", facts=facts), now=sandbox.sandbox.clock.now)


def test_what_is_in_stock_is_confirmed(confirming, sandbox):
    items = confirming.confirm("419060832", {"AOTHUN-DEN-M"})
    assert items == [94792486, 94792487]
    order = sandbox.state()["tables"]["orders"]["419060832"]["order"]
    assert {item["confirmation_status"] for item in order["items"]} == {"seller_confirmed"}


@pytest.mark.sellerspec(ignore=["tiki.confirm-items-empty"])
def test_an_order_of_which_nothing_is_in_stock_is_canceled(confirming, sandbox):
    assert confirming.confirm("419060832", set()) == []
    assert sandbox.state()["tables"]["orders"]["419060832"]["order"]["status"] == "canceled"
