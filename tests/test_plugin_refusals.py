"""A refusal that a test swallows fails it, in words that say how to expect one."""

import pytest

from support.plugin_runs import prepare, run

pytest_plugins = ["pytester"]


@pytest.fixture(autouse=True)
def _alone(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(pytester, monkeypatch)


HEAD = """
    import httpx, pytest, sellerspec
    from sellerspec import guard

    def submit(client, price):
        try:
            return client.post("/v1/products/A/updateSku", json={"price": price}).status_code
        except Exception:
            return False

    @pytest.fixture
    def tiki(sellerspec_sandbox, sellerspec_guard):
        box = sellerspec_sandbox("tiki")
        with httpx.Client(base_url=box.url, headers=box.headers, trust_env=False) as client:
            yield sellerspec_guard(client, "tiki")
"""


def test_A1_a_refusal_that_the_test_swallows_fails_it_at_its_end(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        HEAD
        + """
    def test_swallowed(tiki):
        assert not submit(tiki, 0)
        assert not submit(tiki, 0)
        assert not submit(tiki, -1)

    def test_the_next_one_is_free_of_it(tiki):
        assert tiki.get("/v1/orders").status_code == 200
    """
    )
    result = run(pytester)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_swallowed*",
            "3 calls were refused by a guard, and the test went on:",
            "tiki/updateSku: 1 error, 0 warnings",
            "  /request/body/price: error tiki.update-price-positive `price` must be greater than 0, got 0"
            " (inferred)",
            "  (2 times)",
            "  /request/body/price: error tiki.update-price-positive `price` must be greater than 0, got -1"
            " (inferred)",
            "If that is meant, say so: `with pytest.raises(sellerspec.ContractViolation):` around the call, "
            "`guard.of(client).acknowledge()` after it, or a waiver in pyproject.toml.",
        ]
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_A1_every_way_to_say_that_a_refusal_is_meant(pytester: pytest.Pytester) -> None:
    pytester.makepyprojecttoml(
        """
        [tool.sellerspec.waivers."tiki.update-price-positive"]
        place = "/request/body/price"
        reason = "agreed"
        expires = 2099-01-31
        """
    )
    pytester.makepyfile(
        HEAD
        + """
    BAD = {"active": 7}

    def test_acknowledged(tiki):
        with pytest.raises(Exception):
            tiki.post("/v1/products/A/updateSku", json=BAD)
        (report,) = guard.of(tiki).acknowledge()
        assert [finding.rule for finding in report.errors] == ["tiki.update-active"]

    def test_named(tiki):
        with pytest.raises(sellerspec.ContractViolation):
            tiki.post("/v1/products/A/updateSku", json=BAD)
        with pytest.raises((ValueError, sellerspec.ContractViolation), match="tiki.update-active"):
            tiki.post("/v1/products/A/updateSku", json=BAD)

    def test_read(tiki):
        try:
            tiki.post("/v1/products/A/updateSku", json=BAD)
        except Exception as error:
            assert error.report.errors

    def test_waived(tiki):
        assert submit(tiki, 0)

    @pytest.mark.sellerspec(ignore=["tiki.update-active"])
    def test_ignored(tiki):
        assert tiki.post("/v1/products/A/updateSku", json=BAD).status_code

    @pytest.mark.xfail(raises=sellerspec.ContractViolation)
    def test_expected_to_fail(tiki):
        tiki.post("/v1/products/A/updateSku", json=BAD)
    """
    )
    run(pytester).assert_outcomes(passed=5, xfailed=1)


def test_A1_what_names_no_violation_has_not_looked(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        HEAD
        + """
    import contextlib, logging

    def test_any_exception(tiki):
        with pytest.raises(Exception, match="tiki.update-price-positive"):
            tiki.post("/v1/products/A/updateSku", json={"price": 0})

    def test_suppressed(tiki):
        with contextlib.suppress(AssertionError):
            tiki.post("/v1/products/A/updateSku", json={"price": 0})

    def test_logged(tiki):
        try:
            tiki.post("/v1/products/A/updateSku", json={"price": 0})
        except Exception as error:
            logging.exception("failed: %s", error)

    def test_another_error_of_it(tiki):
        with pytest.raises(RuntimeError):
            try:
                tiki.post("/v1/products/A/updateSku", json={"price": 0})
            except Exception as error:
                raise RuntimeError("no") from error

    def test_a_response(sellerspec_guard):
        with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, json=[]))) as client:
            sellerspec_guard(client, "tiki")
            try:
                client.get("https://api.tiki.vn/integration/v1/orders/1", headers={"tiki-api": "FAKE"})
            except Exception:
                pass
    """
    )
    run(pytester).assert_outcomes(passed=5, errors=5)


def test_A1_a_test_that_is_skipped_or_expects_a_failure_hides_no_refusal(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        HEAD
        + """
    import unittest

    def call(client):
        client.post("/v1/products/A/updateSku", json={"price": 0})

    @pytest.mark.parametrize("leave", [pytest.skip, pytest.xfail, unittest.SkipTest])
    def test_inside(tiki, leave):
        try:
            call(tiki)
        except Exception:
            if leave is unittest.SkipTest:
                raise leave("not today")
            leave("not today")

    def test_after(tiki):
        assert not submit(tiki, 0)
        pytest.skip("not today")

    def test_that_looks_before_it_is_skipped(tiki):
        with pytest.raises(sellerspec.ContractViolation):
            call(tiki)
        pytest.skip("not today")

    @pytest.mark.xfail
    def test_that_is_expected_to_fail(tiki):
        call(tiki)
    """
    )
    result = run(pytester)
    result.assert_outcomes(skipped=4, xfailed=2, errors=4)
    result.stdout.fnmatch_lines(["ERROR *::test_inside*", "ERROR *::test_after*"])


def test_A1_a_test_that_has_failed_shows_what_was_refused_and_fails_once(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        HEAD
        + """
    def test_fails_because_of_it(tiki):
        assert submit(tiki, 0) == 200

    def test_raised(tiki):
        tiki.post("/v1/products/A/updateSku", json={"price": 0})

    def test_raised_in_a_group(tiki):
        try:
            tiki.post("/v1/products/A/updateSku", json={"price": 0})
        except Exception as error:
            raise ExceptionGroup("several", [error])
    """
    )
    result = run(pytester)
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(
        ["*Captured sellerspec teardown*", "a call was refused by a guard, and the test went on:"]
    )
    assert result.stdout.str().count("and the test went on") == 1


def test_A1_many_refusals_are_counted(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        HEAD
        + """
    def test_many(tiki):
        for price in range(-104, 0):
            submit(tiki, price)
    """
    )
    result = run(pytester)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["104 calls were refused by a guard, *", "... and 4 more"])


def test_A8_a_run_whose_guard_saw_foreign_calls_says_so_also_quietly(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import httpx

        def test_foreign(sellerspec_guard):
            transport = httpx.MockTransport(lambda _: httpx.Response(200))
            with httpx.Client(transport=transport) as client:
                sellerspec_guard(client, "tiki")
                for address in ("https://seller:FAKE-PASSWORD@Other.example:443/", "https://other.example./x"):
                    assert client.get(address).status_code == 200
        """
    )
    result = run(pytester, "-q")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["sellerspec: calls not checked, because no marketplace has the host: other.example (2 times)"]
    )
    result.stdout.no_fnmatch_line("*FAKE-PASSWORD*")
