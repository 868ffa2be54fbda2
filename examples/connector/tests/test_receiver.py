import json
import threading
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import httpx
import pytest
from connector.receiver import Receiver
from connector.shop import Line

NOTICE = Path(__file__).parent.parent / "payloads/tokopedia/orderNotification/one-shirt.json"


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def sender():
    """Sends notices as Tokopedia does."""
    with httpx.Client(trust_env=False) as client:
        yield client


@pytest.fixture
def packed():
    """The orders that the receiver has passed on."""
    return []


@pytest.fixture
def receiver(packed):
    """The receiver on a socket; `url` is the address for notices."""
    application = Receiver(packed.append)
    with make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        application.url = f"http://127.0.0.1:{server.server_port}/tokopedia/orders"
        yield application
        server.shutdown()
        thread.join()


@pytest.fixture
def tokopedia(receiver, sellerspec_sandbox):
    """A Tokopedia that sends its notices to the receiver."""
    sandbox = sellerspec_sandbox("tokopedia")
    sandbox.seed({"webhooks": [{"url": receiver.url}]})
    return sandbox


@pytest.fixture
def accepted(tokopedia, preflight):
    """Waits until the receiver has accepted all notices; returns what they were about."""

    def wait():
        notices = tokopedia.deliveries()
        assert {attempt.get("status") for notice in notices for attempt in notice["attempts"]} == {200}
        for notice in notices:
            preflight(f"tokopedia/{notice['operation']}", notice["body"])
        return {notice["operation"] for notice in notices}

    return wait


@pytest.mark.sellerspec(operation="tokopedia/orderNotification", strict=True)
def test_a_notice_is_answered_as_tokopedia_expects(receiver, sender, packed, sellerspec_check):
    for _ in range(2):  # a notice may be sent twice
        response = sender.post(receiver.url, json=json.loads(NOTICE.read_text()))
        sellerspec_check(response)
    assert [order.lines for order in packed] == [(Line("CONTOH-1", 2, 50_000),)]


@pytest.mark.parametrize(
    ("warehouse", "notice"), [(0, "orderNotification"), (1, "tokocabangOrderNotification")]
)
def test_an_order_is_packed_once_and_followed_to_its_end(
    receiver, packed, tokopedia, accepted, warehouse, notice
):
    tokopedia.seed({"orders": [{"order_id": 1, "fulfill_by": warehouse}]})
    for status in ("400", "500", "700"):
        tokopedia.move("1", status)
    assert accepted() == {notice, "orderStatus"}
    assert [order.code for order in packed] == ["1"]
    assert sum(line.quantity for line in packed[0].lines) == 2
    assert receiver.orders["1"].status == "700"


def test_a_canceled_order_stays_canceled(receiver, tokopedia, accepted):
    tokopedia.seed({"orders": [{"order_id": 1}]})
    tokopedia.move("1", "15")
    assert accepted() == {"orderNotification", "orderStatus"}
    assert receiver.orders["1"].status == "15"


def test_nonsense_is_refused(receiver, sender):
    assert sender.post(receiver.url, content=b"{").status_code == 400
    assert sender.get(receiver.url).status_code == 404
