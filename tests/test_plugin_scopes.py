"""Fixtures of sandbox and guard for a class, a module, a package or the session."""

import pytest

from support.plugin_runs import prepare, run

pytest_plugins = ["pytester"]

SCOPED = """
    import httpx, pytest, sellerspec
    from sellerspec import guard

    URLS = []

    @pytest.fixture(scope="{scope}")
    def client(sellerspec_sandbox{name}, sellerspec_guard{name}):
        box = sellerspec_sandbox{name}("tiki")
        URLS.append(box.url)
        with httpx.Client(base_url=box.url, headers=box.headers, trust_env=False) as client:
            yield sellerspec_guard{name}(client, "tiki")
            httpx.get(box.url + "/v1/orders", headers=box.headers, trust_env=False)  # still there

    @pytest.fixture
    def other(sellerspec_sandbox_{other}):
        return sellerspec_sandbox_{other}("tiki")

    class TestKept:
        def test_moved(self, client):
            assert client.get("/v1/orders/419060832").json()["status"] == "queueing"
            httpx.post(URLS[-1] + "/__sellerspec/move", json={{"name": "419060832", "state": "canceled"}},
                       trust_env=False).raise_for_status()

        def test_kept(self, client, other):
            assert client.get("/v1/orders/419060832").json()["status"] == "canceled"
            assert other.url != URLS[-1] and other.state()["tables"]["orders"]
            with pytest.raises(sellerspec.ContractViolation):
                client.post("/v1/products/A/updateSku", json={{"price": 0}})

    def test_after():
        for url in set(URLS):
            with pytest.raises(httpx.ConnectError):
                httpx.get(url, trust_env=False)
"""


@pytest.fixture(autouse=True)
def _alone(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(pytester, monkeypatch)


def test_D10_a_class_has_a_sandbox_and_a_guard_of_its_own_until_it_ends(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SCOPED.format(scope="class", name="_class", other="module"))
    run(pytester).assert_outcomes(passed=3)


@pytest.mark.parametrize("scope", ["module", "package", "session"])
def test_D10_wider_scopes_keep_state_over_files_and_leave_no_sandbox(
    pytester: pytest.Pytester, scope: str
) -> None:
    tests = SCOPED.partition("    def test_after")[0].format(scope=scope, name=f"_{scope}", other="class")
    pytester.makepyfile(tests)
    result = run(pytester)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["tiki *"])


def test_D10_the_ini_file_sets_the_scope_of_both_fixtures(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nsellerspec_sandbox_scope = module\nsellerspec_guard_scope = module\n")
    pytester.makepyfile(
        SCOPED.partition("    def test_after")[0].format(scope="module", name="", other="class")
    )
    run(pytester).assert_outcomes(passed=2)
    narrow = run(pytester, "--sellerspec-sandbox-scope=function")
    narrow.assert_outcomes(errors=2)
    narrow.stdout.fnmatch_lines(["*ScopeMismatch*"])
    wrong = run(pytester, "--sellerspec-guard-scope=moduel")
    text = wrong.stdout.str() + wrong.stderr.str()
    assert (
        "--sellerspec-guard-scope is one of function, class, module, package, session, not `moduel`" in text
    )


def test_D10_a_refusal_that_a_test_swallows_fails_that_test_with_a_guard_of_the_session_too(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import httpx, pytest

        @pytest.fixture(scope="session")
        def client(sellerspec_sandbox_session, sellerspec_guard_session):
            box = sellerspec_sandbox_session("tiki")
            with httpx.Client(base_url=box.url, headers=box.headers, trust_env=False) as client:
                yield sellerspec_guard_session(client, "tiki")

        def test_swallowed(client):
            try:
                client.post("/v1/products/A/updateSku", json={"price": 0})
            except Exception:
                pass

        def test_next(client):
            assert client.get("/v1/orders").status_code == 200
        """
    )
    result = run(pytester)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_swallowed*", "a call was refused by a guard*"])


def test_D10_each_worker_of_xdist_has_sandboxes_of_its_own(pytester: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    pytester.makepyfile(
        """
        import httpx, pytest

        @pytest.fixture(scope="session")
        def box(sellerspec_sandbox_session):
            return sellerspec_sandbox_session("tiki")

        @pytest.mark.parametrize("number", range(8))
        def test_it(box, number):
            assert httpx.get(box.url + "/v1/orders", headers=box.headers, trust_env=False).status_code == 200
            assert all(entry.request.path == "/v1/orders" for entry in box.log())
        """
    )
    result = run(pytester, "-p", "xdist.plugin", "-n", "2", subprocess=True)
    result.assert_outcomes(passed=8)
    result.stdout.fnmatch_lines(["tiki *"])
