SHIRT, SKU = 71_925_545, "ao-thun-l"
MAIN, OTHER = 384_740, 387_453
LIKE = "700000002"
"""An order with one shirt of this product."""


def test_what_an_order_waits_for_cannot_be_sold(tiki, tables, arrive):
    before = tiki.stocks.read(SHIRT)
    assert before[OTHER].sellable == tables("stocks")[f"{SHIRT}/{OTHER}"]["available"] == 167
    arrive("900000001", LIKE)
    after = tiki.stocks.read(SHIRT)
    assert after[MAIN].available == before[MAIN].available
    assert after[MAIN].sellable == before[MAIN].sellable - 1
    assert after[OTHER] == before[OTHER]


def test_pieces_are_counted_by_warehouse(tiki, tables):
    reserved = tables("stocks")[f"{SHIRT}/{MAIN}"]["reserved"]
    tiki.stocks.count(SKU, {MAIN: 20, OTHER: 0})
    stock = tiki.stocks.read(SHIRT)
    assert (stock[MAIN].available, stock[MAIN].sellable) == (20, 20 - reserved)
    assert stock[OTHER].sellable == 0


def test_a_price_can_be_changed(tiki, tables):
    tiki.stocks.reprice(SKU, 200_000)
    assert tables("products")[str(SHIRT)]["price"] == 200_000
