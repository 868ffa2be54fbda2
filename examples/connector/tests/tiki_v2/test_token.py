import pytest
from connector.calls import Calls
from connector.errors import MarketplaceError
from connector.tiki_v2 import connect
from connector.tiki_v2.stock import Stocks

SHIRT = 71_925_545


@pytest.fixture
def sent(sandbox):
    """Returns the calls that read a product."""
    return lambda: [
        one for one in sandbox.log() if one.operation and one.operation.key == "tiki-v2/getProduct"
    ]


@pytest.fixture
def tokens(sent):
    """Returns the tokens that were sent."""
    return lambda: {one.request.headers["authorization"] for one in sent()}


def test_a_token_is_used_until_shortly_before_its_end(tiki, clock, tokens):
    tiki.stocks.read(SHIRT)
    begun = clock.seconds
    clock.until(86_400 - 61)
    tiki.stocks.read(SHIRT)
    assert len(tokens()) == 1
    clock.until(begun + 86_400 - 60)
    tiki.stocks.read(SHIRT)
    assert len(tokens()) == 2


def test_a_token_that_is_refused_is_renewed(tiki, sandbox, sent):
    before = sandbox.state()
    stock = tiki.stocks.read(SHIRT)
    sandbox.restore(before)  # Tiki has forgotten the token
    assert tiki.stocks.read(SHIRT) == stock
    assert 401 in {one.response.status for one in sent()}


def test_a_wrong_secret_is_an_error(sandbox, clock, sent, sellerspec_guard):
    with connect(sandbox.url, "1234567890", "FAKE-WRONG", now=clock.now, timeout=0.5) as client:
        stocks = Stocks(Calls(sellerspec_guard(client, "tiki-v2"), clock.sleep))
        with pytest.raises(MarketplaceError):
            stocks.read(SHIRT)
    assert not sent()
