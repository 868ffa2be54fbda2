"""The marker and the hooks of the pytest plugin."""

import pytest

from support.plugin_runs import prepare, run

pytest_plugins = ["pytester"]


@pytest.fixture(autouse=True)
def _alone(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(pytester, monkeypatch)


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ("operatoin='tiki/getOrder'", "no argument `operatoin`; known: operation, ignore, strict"),
        ("'tiki/getOrder'", "its arguments have names"),
        ("operation='tiki/getOrdr'", "did you mean `tiki/getOrder`?"),
        ("ignore='tiki.update-price'", "`ignore` is a list of rules"),
        ("ignore=['tiki.sku-uniqe']", "did you mean `tiki.sku-unique`?"),
        ("strict='yes'", "`strict` is true or false"),
    ],
)
def test_a_marker_that_makes_no_sense_stops_the_run(
    pytester: pytest.Pytester, marker: str, message: str
) -> None:
    pytester.makepyfile(f"import pytest\n\n@pytest.mark.sellerspec({marker})\ndef test_it(): pass\n")
    result = run(pytester)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert message in result.stderr.str() + result.stdout.str()


def test_markers_add_up_and_the_nearest_counts(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        pytestmark = pytest.mark.sellerspec(
            operation="tiki/updateSku", ignore=["tiki.update-price"], strict=True)

        def test_ignored(preflight):
            assert preflight({"price": 0}).ok

        def test_strict(preflight):
            preflight({"price": 1000, "colour": "red"})

        @pytest.mark.sellerspec(strict=False, ignore=["tiki.update-active"])
        def test_both(preflight):
            assert preflight({"price": 0, "active": 7, "colour": "red"}).warnings
        """
    )
    result = run(pytester, "--strict-markers")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["  /colour: error *"])
    result = run(pytester, "--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.sellerspec(*operation=None, ignore=(), strict=None)*"])


def test_hooks_bring_house_rules_facts_and_secrets(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import sellerspec
        from sellerspec.model import Basis, Severity
        from sellerspec.rules import Violation, rule

        @rule("house.price-ends", on="tiki/updateSku", source=("house", ""), basis=Basis.INFERRED,
              severity=Severity.ERROR)
        def price_ends(body, facts):
            '''a price of this shop ends with 000'''
            if body.get("price", 0) % 1000:
                yield Violation(("price",), f"{body['price']} does not end with 000")

        def pytest_sellerspec_rules(config):
            return [price_ends]

        def pytest_sellerspec_facts(config, operation):
            return sellerspec.Facts(listing_price=100_000) if operation == "tiki/updateSku" else None

        def pytest_sellerspec_redact(config):
            return ["active"]
        """
    )
    pytester.makepyfile(
        """
        import httpx, pytest

        def test_house(preflight):
            preflight("tiki/updateSku", {"price": 100_500})

        def test_facts(preflight):
            assert "tiki.update-price-floor" not in preflight("tiki/updateSku", {"price": 99_000}).unchecked
            assert preflight("tiki/updateSku", {"price": 99_000}).unchecked == ()

        def test_secret(preflight):
            preflight("tiki/updateSku", {"active": -77})

        def test_guarded(sellerspec_guard):
            client = sellerspec_guard(httpx.Client(), "tiki")
            client.post("https://api.tiki.vn/integration/v1/products/A/updateSku", json={"price": 1500},
                        headers={"tiki-api": "FAKE"})
        """
    )
    result = run(pytester)
    result.assert_outcomes(passed=1, failed=3)
    result.stdout.fnmatch_lines(
        [
            "  /price: error house.price-ends 100500 does not end with 000",
            "  /active: error * breaks its rule (the value is not shown)",
            "*/request/body/price: error house.price-ends 1500 does not end with 000",
        ]
    )
    result.stdout.no_fnmatch_line("*-77*not*")


def test_a_house_rule_on_nothing_stops_the_run(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        from sellerspec.model import Basis
        from sellerspec.rules import rule

        @rule("house.x", on="tiki/updateSkuu", source=("house", ""), basis=Basis.INFERRED)
        def x(body, facts):
            '''nothing'''

        def pytest_sellerspec_rules(config):
            return [x]
        """
    )
    pytester.makepyfile("def test_it(preflight): pass")
    result = run(pytester)
    result.stdout.fnmatch_lines(["*`house.x` is on no operation*did you mean `tiki/updateSku`?*"])
