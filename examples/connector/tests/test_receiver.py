import json
import threading
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import httpx
import pytest
from connector.receiver import Receiver

NOTICE = Path(__file__).parent.parent / "payloads/tokopedia/orderNotification/one-shirt.json"


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def receiver():
    """The receiver on a socket; `url` is the address for notices."""
    application = Receiver()
    with make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        application.url = f"http://127.0.0.1:{server.server_port}/tokopedia/orders"
        yield application
        server.shutdown()
        thread.join()


@pytest.mark.sellerspec(operation="tokopedia/orderNotification", strict=True)
def test_a_notice_is_answered_as_tokopedia_expects(receiver, sellerspec_check):
    for _ in range(2):  # a notice may be sent twice
        response = httpx.post(receiver.url, json=json.loads(NOTICE.read_text()), trust_env=False)
        sellerspec_check(response)
    assert [order.lines for order in receiver.orders.values()] == [(("CONTOH-1", 2),)]


def test_an_order_of_the_sandbox_arrives(receiver, sellerspec_sandbox):
    tokopedia = sellerspec_sandbox("tokopedia")
    tokopedia.seed({"webhooks": [{"url": receiver.url}]})
    tokopedia.seed({"orders": [{"fulfill_by": 1}]})
    (notice,) = tokopedia.deliveries()
    assert [attempt["status"] for attempt in notice["attempts"]] == [200]
    assert list(receiver.orders) == [notice["body"]["invoice_ref_num"]]


def test_nonsense_is_refused(receiver):
    assert httpx.post(receiver.url, content=b"{", trust_env=False).status_code == 400
    assert httpx.get(receiver.url, trust_env=False).status_code == 404
