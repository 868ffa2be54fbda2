"""A worker of `--sellerspec-mutate`: what it says of each test, here in the process of the tests."""

import re
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import Pipe
from threading import Thread
from typing import Any

import pytest

from support.mutated_runs import files
from support.plugin_runs import prepare, run

pytest_plugins = ["pytester"]


@pytest.fixture(autouse=True)
def _alone(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(pytester, monkeypatch)


def asked(pytester: pytest.Pytester, *orders: Any) -> list[Any]:
    """Run a worker in this process; return what it says about orders, without that a test begins."""
    from pytest_sellerspec.mutate.messages import Channel, Order
    from pytest_sellerspec.mutate.worker import Worker

    ours, theirs = Pipe()
    channel, said = Channel(ours), []

    class Registering:
        def pytest_configure(self, config: pytest.Config) -> None:
            config.pluginmanager.register(Worker(config, Channel(theirs), leave=lambda code: None))

    def talk() -> None:
        said.append(channel.receive(60))
        for order in orders:
            made = order(said) if isinstance(order, Callable) else order  # type: ignore[arg-type]
            assert isinstance(made, Order)
            channel.send(made)
            message: Any = {}
            while "ended" not in message:
                message = channel.receive(60)
                if "starts" not in message:
                    said.append(message)
        ours.close()

    thread = Thread(target=talk)
    thread.start()
    pytester.inline_run("-p", "pytest_sellerspec", "-q", "--tb=native", plugins=[Registering()])
    thread.join()
    theirs.close()
    return said


def order(*tests: str, seconds: float = 60, **settings: Any) -> Any:
    from pytest_sellerspec.mutate.messages import Order

    mutations = settings.pop("mutations", ())
    return Order(mutations, {f"test_shop.py::{test}": seconds for test in tests}, **settings)


def null(place: str) -> Any:
    from sellerspec.mutate.mutation import Mutation

    return Mutation("tiki", "getOrder", "response", "null", "", "", "other", place)


def token_refused() -> Any:
    from sellerspec.mutate.mutation import Mutation

    return Mutation("tiki-v2", "getSeller", "behaviour", "token-expired", "", "", "failure")


def shown(message: Any) -> Any:
    """Return the failures and what was observed of a test, short."""
    one = message["tested"]
    return [(failure.how, failure.line, failure.at) for failure in (*one.failures, *one.observed)]


def test_it_collects_records_and_mutates(pytester: pytest.Pytester) -> None:
    files(pytester)
    collected, recorded, ended, other, mutated, green, last = asked(
        pytester,
        order("test_total", records=True),
        order("test_without_a_call", "test_total", mutations=(null("/items/*/price"),)),
        order("test_total"),
    )[:7]
    assert collected["collected"][0] == {
        "test": "test_shop.py::test_total", "place": ["test_shop.py", 2], "uses_sandbox": True,
    }  # fmt: skip
    assert [one["uses_sandbox"] for one in collected["collected"]] == [True, True, True, False]
    (exchange,) = recorded["tested"].calls["tiki/getOrder"]
    assert (exchange.method, exchange.status) == ("GET", 200)
    assert recorded["tested"].usual == {"writes": {}, "observed": []}
    assert (ended, shown(other)) == ({"ended": []}, [])
    line = "TypeError: unsupported operand type(s) for *: 'NoneType' and 'int'"
    assert shown(mutated) == [("crash", line, "shop.py:7")]
    assert green == {"ended": ["tiki/getOrder:null/items/*/price"]}
    assert shown(last) == []


FAILING = (
    ("assert 1 == 2", "assertion", "AssertionError: assert 1 == 2", "test"),
    ("fail('no')", "assertion", "Failed: no", "test"),
    ("fail('Timeout >1.0s')", "hang", "Failed: Timeout >1.0s", "test"),
    ("{}['a']", "assertion", "KeyError: 'a'", "test"),
    ("shop.key()", "crash", "KeyError: 'a'", "2"),
    ("shop.number()", "crash", "ValueError: invalid literal for int() with base 10: 'a'", "3"),
    (
        "shop.decoded()",
        "crash",
        "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
        "4",
    ),
    ("shop.checked()", "crash", "AssertionError", "5"),
    ("shop.raised()", "error", "ValueError: a phone 0000000001", "6"),
    ("shop.own()", "error", "shop.Failed: no", "8"),
    ("shop.group()", "crash", "ExceptionGroup: two (2 sub-exceptions)", "12"),
    ("shop.lost()", "error", "ConnectionResetError", "9"),
    ("shop.in_other_words()", "error", "shop.Failed: no", "2"),
    ("raise SystemExit(3)", "error", "SystemExit: 3", "test"),
    ("exit('stop')", "error", "_pytest.outcomes.Exit: stop", "test"),
)
"""The body of a test, how it fails, the last line, and the line of the connector where it does."""

SHOP = """import json
def key(): return {}["a"]
def number(): return int("a")
def decoded(): return json.loads("")
def checked(): assert 0
def raised(): raise ValueError("a phone 0901234567")
class Failed(Exception): pass
def own(): raise Failed("no")
def lost(): raise ConnectionResetError
def group():
    try: key()
    except KeyError as error: raise ExceptionGroup("two", [Failed("no"), error])
def in_other_words():
    try: key()
    except KeyError as error: raise Failed("no") from error
"""


def test_how_a_test_fails(pytester: pytest.Pytester) -> None:
    bodies = [f"def test_{number}(): {body}" for number, (body, *_) in enumerate(FAILING, 3)]
    files(pytester, shop=SHOP, tests="\n".join(["import shop", "from pytest import exit, fail", *bodies]))
    numbers = range(3, 3 + len(FAILING))
    _, *messages, _ = asked(pytester, order(*(f"test_{number}" for number in numbers)))
    expected = [
        [(how, line, f"test_shop.py:{number}" if at == "test" else f"shop.py:{at}")]
        for number, (_, how, line, at) in zip(numbers, FAILING, strict=True)
    ]
    assert [shown(message) for message in messages] == expected


def test_a_test_that_hangs_says_where(pytester: pytest.Pytester) -> None:
    files(
        pytester,
        tests="import shop, time\ndef test_it(client):\n    shop.order(client)\n    time.sleep(1.5)\n",
    )
    one = null("/note")
    _, hangs, _, _ = asked(pytester, order("test_it", seconds=1.0, mutations=(one,)))
    failure = hangs["hangs"]
    assert (failure["how"], failure["at"]) == ("hang", "test_shop.py:2")
    assert hangs["applied"] == [one.id]


def test_a_token_that_was_issued_is_observed_too(pytester: pytest.Pytester) -> None:
    tests = """
        import base64, logging

        def test_it(sellerspec_sandbox):
            import httpx

            box = sellerspec_sandbox("tiki-v2")
            app = base64.b64encode(b"1234567890:FAKE-SECRET").decode()
            form, headers = {"grant_type": "client_credentials"}, {"authorization": f"Basic {app}"}
            issued = httpx.post(f"{box.url}/sc/oauth2/token", data=form, headers=headers)
            logging.warning("%s", issued.json()["expires_in"])
            headers = {"authorization": f"Bearer {issued.json()['access_token']}"}
            if httpx.get(f"{box.url}/integration/v2/sellers/me", headers=headers).status_code == 401:
                logging.warning("%s", headers)
    """
    files(pytester, tests=tests)

    def second(said: list[Any]) -> Any:
        usual = {one["tested"].test: one["tested"].usual for one in said if "tested" in one}
        return order("test_it", mutations=(token_refused(),), usual=usual)

    _, quiet, _, loud, _ = asked(pytester, order("test_it", records=True), second)
    assert shown(quiet) == []
    assert shown(loud) == [("error", "a token of the sandbox is in the captured log", "")]


def test_a_token_and_a_repeated_write_are_observed(pytester: pytest.Pytester) -> None:
    tests = """
        import logging

        def test_it(client):
            body = {"price": 190000}
            price = client.get("/v1/orders/419060832").json()["items"][0]["price"]
            for body in ({"price": 190000}, {"price": 180000})[: 2 if price else 1] * (1 if price else 2):
                client.post("/v1/products/AOTHUN-DEN-M/updateSku", json=body)
                if not price:
                    client.post("/v1/products/AOTHUN-DEN-M/updateSku", json={"price": 170000})

        def test_log(client):
            logging.warning("%s", dict(client.headers))
    """
    files(pytester, tests=tests)
    usual: dict[str, Any] = {}

    def second(said: list[Any]) -> Any:
        usual.update({one["tested"].test: one["tested"].usual for one in said if "tested" in one})
        return order("test_it", "test_log", mutations=(null("/items/*/price"),), usual=usual)

    _, quiet, loud, _, repeated, known, _ = asked(
        pytester, order("test_it", "test_log", records=True), second
    )
    assert (shown(quiet), shown(known)) == ([], [])
    assert shown(loud) == [("error", "a token of the sandbox is in the captured log", "")]
    lines = {line for _, line, _ in shown(repeated)}
    assert lines == {"`tiki/updateSku` was taken 2 times with the same content"}


def test_what_a_test_has_logged_in_an_earlier_run_is_forgotten(pytester: pytest.Pytester) -> None:
    tests = """
        import logging

        def test_it(client):
            if client.get("/v1/orders/419060832").json()["items"][0]["price"] is None:
                logging.warning("%s", dict(client.headers))
    """
    files(pytester, tests=tests)
    _, loud, _, quiet, _ = asked(
        pytester, order("test_it", mutations=(null("/items/*/price"),)), order("test_it")
    )
    assert shown(loud) == [("error", "a token of the sandbox is in the captured log", "")]
    assert shown(quiet) == []


WIDE = """
    import httpx, pytest

    @pytest.fixture(scope="session")
    def box(sellerspec_sandbox_session):
        return sellerspec_sandbox_session("tiki")

    @pytest.fixture(scope="session")
    def client(box, sellerspec_guard_session):
        with httpx.Client(base_url=box.url, headers=box.headers, trust_env=False) as client:
            yield sellerspec_guard_session(client, "tiki", strict=True)
"""

GUARDED = """
def test_refused(client): client.post("/v1/products/AOTHUN-DEN-M/updateSku", json={"price": -1})

def test_swallowed(client):
    try: client.post("/v1/products/AOTHUN-DEN-M/updateSku", json={"price": -1})
    except Exception: pass

def test_reads(client, sellerspec_check):
    sellerspec_check(client.get("/v1/orders/419060832"), marketplace="tiki")

def test_once(client, box):
    assert box.state()["tables"]["skus"]["1/AOTHUN-DEN-M"]["price"] == 199000
    client.post("/v1/products/AOTHUN-DEN-M/updateSku", json={"price": 180000})
"""


def test_guards_and_sandboxes_of_the_session(pytester: pytest.Pytester) -> None:
    files(pytester, conftest=WIDE, tests=GUARDED)
    names = ("test_refused", "test_swallowed", "test_reads", "test_once")
    broken = replace(null("/items/*/qty"), family="defect", kind="missing")
    said = asked(
        pytester,
        order(*names, records=True),
        order("test_reads", "test_once", mutations=(null("/items/*/price"),)),
        order("test_reads", mutations=(broken,)),
    )
    _, refused, swallowed, read, once, _, mutated, again, ended, noticed, _ = said
    how = [("assertion", "sellerspec.guard.refusal.ContractViolation: tiki/updateSku: 1 error, 0 warnings")]
    assert [one[:2] for one in shown(refused)] == how
    ((kind, line, _),) = shown(swallowed)
    assert (kind, line[:50]) == ("assertion", "a call was refused by a guard, and the test went o")
    assert (shown(read), shown(once), shown(mutated), shown(again)) == ([], [], [], [])
    assert ended == {"ended": [null("/items/*/price").id]}
    assert [one[0] for one in shown(noticed)] == ["error"]  # a guard is a part of the suite


def test_it_stops_at_the_first_red_test_and_knows_its_own_tests_alone(pytester: pytest.Pytester) -> None:
    files(pytester, tests="def test_a(): assert 0\ndef test_b(): assert 0\n")
    _, first, ended = asked(pytester, order("test_gone", "test_a", "test_b", until_red=True))
    assert (first["tested"].test, ended) == ("test_shop.py::test_a", {"ended": []})


def test_its_option_is_hidden(pytester: pytest.Pytester) -> None:
    assert re.search(r"mutate-worker\b", run(pytester, "--help").stdout.str()) is None
