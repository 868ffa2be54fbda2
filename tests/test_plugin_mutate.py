"""`--sellerspec-mutate`: what real runs of pytest over small connectors conclude."""

import pytest

from support.mutated_runs import TESTS, files, mutate, only, prepare_workers, workers
from support.plugin_runs import CLIENT

pytest_plugins = ["pytester"]


@pytest.fixture(autouse=True)
def _alone(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare_workers(pytester, monkeypatch)


@pytest.mark.no_cover
def test_a_crash_is_a_weakness_with_the_test_the_line_and_the_place(pytester: pytest.Pytester) -> None:
    files(pytester, tests="import shop\ndef test_total(client): assert shop.total(client) == 240000\n")
    mutated = mutate(pytester, "--sellerspec-mutate-only=response", workers=2)
    assert mutated.ret == 1, mutated.text
    assert mutated.failures == {
        "null/items/*/price": [
            {
                "test": "test_shop.py::test_total",
                "how": "crash",
                "line": "TypeError: unsupported operand type(s) for *: 'NoneType' and 'int'",
                "at": "shop.py:7",
            }
        ],
        "absent/items/*/price": [
            {
                "test": "test_shop.py::test_total",
                "how": "crash",
                "line": "KeyError: 'price'",
                "at": "shop.py:7",
            }
        ],
    }
    assert set(mutated.states.values()) == {"survived", "weakness"}
    assert workers(pytester) == []
    assert list((pytester.path / "temporary").glob("sellerspec-*")) == []
    again = mutate(pytester, "--sellerspec-mutate-only=response").report
    assert again["mutations"] == mutated.report["mutations"]


@pytest.mark.no_cover
def test_a_broken_contract_that_no_test_notices_is_a_gap(pytester: pytest.Pytester) -> None:
    files(pytester, tests="import shop\ndef test_total(client): assert shop.order(client)['items']\n")
    shop = pytester.path / "conftest.py"
    shop.write_text(shop.read_text().replace('sellerspec_guard(client, "tiki")', "client"))
    mutated = mutate(pytester, "--sellerspec-mutate-only=defect")
    assert mutated.ret == 1, mutated.text
    states = mutated.states
    assert (states["missing/items"], states["renamed/items"]) == ("noticed", "noticed")
    assert (states["wrong-type/status"], states["missing/items/*/qty"]) == ("gap", "gap")
    shop.write_text(shop.read_text().replace("yield client", 'yield sellerspec_guard(client, "tiki")'))
    states = mutate(pytester, "--sellerspec-mutate-only=defect").states
    assert {states[id] for id in ("missing/items", "wrong-type/status", "missing/items/*/qty")} == {"noticed"}


@pytest.mark.no_cover
def test_a_guard_judges_requests_and_no_mutated_response(pytester: pytest.Pytester) -> None:
    files(
        pytester,
        conftest=CLIENT.replace('client, "tiki"', 'client, "tiki", strict=True'),
        tests="""
            def test_status(client, sellerspec_check):
                response = client.get("/v1/orders/419060832")
                sellerspec_check(response, marketplace="tiki")
                (price,) = {item.get("price") for item in response.json()["items"]} or {1}
                if price is None:
                    client.post("/v1/products/AOTHUN-DEN-M/updateSku", json={"price": -1})
        """,
    )
    mutated = mutate(pytester, "--sellerspec-mutate-only=response")
    weak = {id for id, state in mutated.states.items() if state == "weakness"}
    assert weak == {"null/items/*/price", "absent/items/*/price"}, mutated.text
    (failure,) = mutated.failures["null/items/*/price"]
    assert (failure["how"], failure["at"]) == ("assertion", "test_shop.py:6")


@pytest.mark.parametrize("order", [("-x",), ("--maxfail=1", "-q")])
def test_a_suite_that_is_red_is_not_mutated(pytester: pytest.Pytester, order: tuple[str, ...]) -> None:
    files(pytester, tests=TESTS + "\n    def test_red(): assert 0\n")
    mutated = mutate(pytester, *order, here=True)
    assert (mutated.ret, mutated.report) == (2, {})
    said = "nothing was mutated: the suite fails without a mutation, correct it first: test_shop.py::test_red"
    assert said in mutated.text


def test_a_suite_without_a_sandbox_is_not_judged(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(): pass")
    mutated = mutate(pytester, here=True)
    assert mutated.ret == 2
    assert "nothing was mutated: no test calls a sandbox of the fixture `sellerspec_sandbox`" in mutated.text


@pytest.mark.no_cover
def test_tests_that_are_not_green_or_not_repeatable_are_left_out(pytester: pytest.Pytester) -> None:
    tests = """
        import pathlib, pytest, shop

        def test_total(client):
            assert shop.total(client) == 240000

        @pytest.mark.skip
        def test_skipped(client):
            shop.total(client)

        @pytest.mark.xfail
        def test_that_fails(client):
            assert shop.total(client) == 1

        def test_once(client):
            shop.total(client)
            pathlib.Path("ran").mkdir()
    """
    files(pytester, tests=tests)
    mutated = mutate(pytester, only("null/items/*/price"))
    assert mutated.report["calls"] == {"tiki/getOrder": ["test_shop.py::test_total"]}
    (reason,) = mutated.report["not_judged"]
    assert reason.startswith(
        "test_shop.py::test_once fails without a mutation too when it runs once more: File"
    )
    assert mutated.ret == 2


def test_what_a_mutation_leaves_behind_is_not_blamed_on_the_next_one(pytester: pytest.Pytester) -> None:
    shop = """
        SEEN = []

        def prices(client):
            SEEN.extend(item.get("price") for item in client.get("/v1/orders/419060832").json()["items"])
            return SEEN
    """
    tests = """
        import shop

        def test_prices(client):
            assert None not in shop.prices(client)
    """
    files(pytester, shop=shop, tests=tests)
    chosen = (
        "--sellerspec-mutate=quick",
        "--sellerspec-mutate-only=response",
        "--sellerspec-mutate-operation=getOrder",
    )
    mutated = mutate(pytester, *chosen, "--sellerspec-mutate-seed=1", here=True)
    weak = {id for id, state in mutated.states.items() if state == "weakness"}
    assert weak, mutated.text
    assert weak <= {"null/items/*/price", "absent/items/*/price"}
    assert mutated.report["not_judged"] == []


@pytest.mark.no_cover
def test_unusual_tests_are_run_again(pytester: pytest.Pytester) -> None:
    tests = """
        import unittest, httpx, pytest, shop

        @pytest.mark.parametrize("factor", [1, 2])
        def test_total(client, factor):
            assert shop.total(client) * factor == 240000 * factor

        class TestInAClass:
            def test_total(self, client):
                self.seen = getattr(self, "seen", 0) + 1
                assert (self.seen, shop.total(client)) == (1, 240000)

        class Case(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def _client(self, client):
                self.client = client

            def test_total(self):
                self.assertEqual(shop.total(self.client), 240000)

        @pytest.fixture(scope="module")
        def box(sellerspec_sandbox_module):
            return sellerspec_sandbox_module("tiki")

        def test_a_change(box):
            with httpx.Client(base_url=box.url, headers=box.headers, trust_env=False) as client:
                price = {"price": 190000}
                assert client.post("/v1/products/AOTHUN-DEN-M/updateSku", json=price).status_code == 200
                assert shop.total(client) == 240000

        def test_by_name(request):
            assert shop.total(request.getfixturevalue("client")) == 240000
    """
    files(pytester, tests=tests)
    mutated = mutate(pytester, only("null/items/*/price"))
    names = sorted(test.removeprefix("test_shop.py::") for test in mutated.report["calls"]["tiki/getOrder"])
    assert names == [
        "Case::test_total", "TestInAClass::test_total", "test_a_change", "test_by_name", "test_total[1]",
        "test_total[2]",
    ]  # fmt: skip
    assert (mutated.ret, mutated.states) == (1, {"null/items/*/price": "weakness"}), mutated.text
    assert mutated.report["not_judged"] == []


@pytest.mark.no_cover
def test_a_sandbox_of_the_session_is_as_its_fixtures_made_it(pytester: pytest.Pytester) -> None:
    conftest = """
        import httpx, pytest

        @pytest.fixture(scope="session")
        def box(sellerspec_sandbox_session):
            return sellerspec_sandbox_session("tiki")

        @pytest.fixture(scope="session")
        def client(box):
            with httpx.Client(base_url=box.url, headers=box.headers, trust_env=False) as client:
                client.post("/v1/products/AOTHUN-DEN-M/updateSku", json={"price": 190000})
                yield client
    """
    tests = """
        import shop

        def test_once(client, box):
            assert box.state()["tables"]["skus"]["1/AOTHUN-DEN-M"]["price"] == 190000
            shop.total(client)
            client.post("/v1/products/AOTHUN-DEN-M/updateSku", json={"price": 180000})
    """
    files(pytester, conftest=conftest, tests=tests)
    for id in ("null/items/*/price", "unknown-member/new_member"):
        mutated = mutate(pytester, only(id))
        assert mutated.report["not_judged"] == [], mutated.text
        assert mutated.states == {id: "weakness" if "price" in id else "survived"}
