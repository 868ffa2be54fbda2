import pytest

LIKE = "700000001"


@pytest.fixture
def queue(tiki, clock):
    """The shop's queue, a while after it was made."""
    queue = tiki.events.subscribe()
    clock.sleep(10)
    return queue


def test_the_queue_is_made_once(tiki, tables):
    assert tiki.events.subscribe() == tiki.events.subscribe()
    assert len(tables("queues")) == 1
    assert len(tables("subscriptions")) == 2


def test_a_subscription_that_is_off_is_switched_on(tiki, unguarded, tables, queue):
    code = next(iter(tables("subscriptions")))
    unguarded.events.calls.put(str, f"/integration/v1/queues/{queue}/subscriptions/{code}", {"active": False})
    assert not tables("subscriptions")[code]["active"]
    assert tiki.events.subscribe() == queue
    assert all(one["active"] for one in tables("subscriptions").values())


def test_each_new_order_is_kept_and_packed_once(tiki, book, packed, arrive, queue):
    codes = [str(900_000_000 + number) for number in range(25)]  # more than a batch
    for code in codes:
        arrive(code, LIKE)
    tiki.events.pull(queue)
    tiki.events.pull(queue)
    assert sorted(order.code for order in packed) == codes
    assert sorted(book.orders) == codes


def test_an_order_is_kept_with_what_the_shop_packs(tiki, book, arrive, queue):
    arrive("900000001", LIKE)
    tiki.events.pull(queue)
    assert book.orders["900000001"].status == "queueing"
    (line,) = book.orders["900000001"].lines
    assert (line.article, line.quantity, line.price, line.waits) == ("ao-thun-m", 1, 150_000, True)
    assert (book.orders["900000001"].delivery, book.orders["900000001"].region) == ("tiki_delivery", "hn5")


def test_an_order_is_followed(tiki, sandbox, book, packed, arrive, queue):
    arrive("900000001", LIKE)
    tiki.events.pull(queue)
    sandbox.move("900000001", "picking")
    tiki.events.pull(queue)
    assert book.orders["900000001"].status == "picking"
    assert len(packed) == 1


def test_an_order_that_could_not_be_kept_comes_again(tiki, book, packed, arrive, queue):
    arrive("900000001", LIKE)

    def full(_):
        raise OSError("no space left")

    book.on_order = full
    with pytest.raises(OSError, match="no space left"):
        tiki.events.pull(queue)
    book.on_order = packed.append
    tiki.events.pull(queue)
    assert [order.code for order in packed] == ["900000001"]


def test_an_order_that_cannot_be_read_is_put_aside_until_it_can(unguarded, sandbox, book, arrive, clock):
    queue = unguarded.events.subscribe()
    clock.sleep(10)
    codes = ["900000001", "900000002"]
    for code in codes:
        arrive(code, LIKE)
    sandbox.defects("confirmation-null")
    unguarded.events.pull(queue)
    assert [*book.aside] == codes
    assert all("cannot be used" in reason for reason in book.aside.values())
    sandbox.defects()
    unguarded.events.pull(queue)
    assert sorted(book.orders) == codes
    assert not book.aside
