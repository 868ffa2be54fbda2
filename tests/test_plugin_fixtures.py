"""The fixtures of the pytest plugin."""

import pytest

from support.plugin_runs import CALLS, prepare, run

pytest_plugins = ["pytester"]


@pytest.fixture(autouse=True)
def _alone(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(pytester, monkeypatch)


def test_preflight_fails_with_every_finding_and_no_traceback(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_it(preflight):
            preflight("tiki/updateSku", {"price": 0, "active": 7})
        """
    )
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "tiki/updateSku: 2 errors, 0 warnings",
            "  /active: error *",
            "  /price: error tiki.update-price-positive *",
        ]
    )
    result.stdout.no_fnmatch_line("*test_it.py:2*")


def test_a_failed_test_shows_which_calls_the_sandbox_refused_and_a_passed_one_does_not(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import httpx

        def push(box):
            with httpx.Client(base_url=box.url, headers=box.headers, trust_env=False) as client:
                return client.post("/v1/products/DANG19951995/updateSku", json={"price": 0}).json()

        def test_red(sellerspec_sandbox):
            assert push(sellerspec_sandbox("tiki"))["state"] == "approved"

        def test_green(sellerspec_sandbox):
            assert "errors" in push(sellerspec_sandbox("tiki"))
        """
    )
    result = run(pytester)
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(
        ["*KeyError: 'state'", "*Captured sellerspec teardown*",
         'POST /v1/products/DANG19951995/updateSku was answered 4*: {"errors":*']
    )  # fmt: skip
    assert result.stdout.str().count("was answered") == 1


def test_preflight_takes_the_operation_of_the_marker_and_returns_the_report(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import pytest, sellerspec

        @pytest.mark.sellerspec(operation="tiki/updateSku")
        def test_it(preflight):
            assert preflight({"price": 1000}).operation == "tiki/updateSku"
            assert preflight("tiki/updateSku", '{"price": 1000}').ok

        def test_nothing_named(preflight):
            with pytest.raises(sellerspec.SellerspecError, match="name the operation"):
                preflight({"price": 1000})
        """
    )
    run(pytester).assert_outcomes(passed=2)


def test_a_sandbox_is_as_seeded_at_each_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import httpx, pytest

        @pytest.mark.parametrize("time", [1, 2])
        def test_it(sellerspec_sandbox, time):
            box = sellerspec_sandbox("tiki")
            assert box.url.startswith("http://127.0.0.1:") and box is sellerspec_sandbox("tiki")
            assert box.state()["tables"]["orders"]["419060832"]["order"]["status"] == "queueing"
            assert box.log() == ()
            box.move("419060832", "canceled")
            httpx.get(box.url + "/v1/categories", trust_env=False)

        def test_another(sellerspec_sandbox):
            first = sellerspec_sandbox("tiki")
            assert sellerspec_sandbox("tiki", token="FAKE-TOKEN-OWN").url != first.url
        """
    )
    run(pytester).assert_outcomes(passed=3)


def test_a_guarded_client_refuses_before_it_sends_and_is_free_after_the_test(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import httpx, pytest, requests, sellerspec
        from sellerspec import guard

        CLIENT = httpx.Client(trust_env=False)

        def test_httpx(sellerspec_sandbox, sellerspec_guard):
            box = sellerspec_sandbox("tiki")
            client = sellerspec_guard(CLIENT, "tiki")
            with pytest.raises(sellerspec.ContractViolation) as caught:
                client.post(box.url + "/v1/products/A/updateSku", json={"price": 0}, headers=box.headers)
            assert [error.pointer for error in caught.value.report.errors] == ["/request/body/price"]
            assert box.log() == ()

        def test_free_again():
            assert guard.of(CLIENT) is None

        def test_requests(sellerspec_sandbox, sellerspec_guard):
            box = sellerspec_sandbox("tiki")
            with requests.Session() as session:
                sellerspec_guard(session, "tiki")
                assert session.get(box.url + "/v1/orders", headers=box.headers).status_code == 200
                with pytest.raises(sellerspec.ContractViolation):
                    session.get(box.url + "/v1/orders?page=0", headers=box.headers)
                assert guard.of(session).foreign == {}

        def test_recording(sellerspec_sandbox, sellerspec_guard):
            box = sellerspec_sandbox("tiki")
            with httpx.Client(trust_env=False) as client:
                sellerspec_guard(client, on_request="record")
                response = client.get(box.url + "/v1/orders?page=0", headers=box.headers)
                assert response.status_code >= 400 and guard.of(client).reports == []

        def test_elsewhere(sellerspec_sandbox, sellerspec_guard):
            box = sellerspec_sandbox("tokopedia")
            sellerspec_guard(CLIENT, "tiki").get(box.url)
            CLIENT.close()
        """
    )
    result = run(pytester)
    result.assert_outcomes(passed=5)
    result.stdout.fnmatch_lines(
        ["sellerspec: calls not checked, because no marketplace has the host: 127.0.0.1:*"]
    )


def test_a_divergence_is_told_at_the_end(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        CALLS
        + """
    def test_diverging(client, sellerspec_sandbox):
        sellerspec_sandbox("tiki").scenario("listOrders", 422)
        assert client.get("/v1/orders").status_code == 422
"""
    )
    result = run(pytester)
    result.assert_outcomes(passed=5)
    result.stdout.fnmatch_lines(
        [
            "divergence: tiki/listOrders: the marketplace refused the request with 422, "
            "but pre-flight finds nothing*"
        ]
    )


def test_check_reads_the_responses_of_four_libraries(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import warnings
        warnings.simplefilter("ignore")  # starlette would rather have the successor of httpx

        import httpx, pytest, requests, sellerspec
        from starlette.applications import Starlette
        from starlette.responses import Response
        from starlette.routing import Route
        from starlette.testclient import TestClient
        from werkzeug.test import Client
        from werkzeug.wrappers import Request, Response as Answer

        JSON = {"content-type": "application/json"}
        STATUS = {"order_id": 12, "order_status": 400}

        @Request.application
        def wsgi(request):
            assert request.get_data()
            return Answer(status=200)

        async def receive(request):
            return Response(status_code=200)

        @pytest.mark.sellerspec(operation="tokopedia/orderStatus")
        def test_receivers(sellerspec_check):
            asgi = TestClient(Starlette(routes=[Route("/in", receive, methods=["POST"])]))
            for response in (asgi.post("/in", json=STATUS), Client(wsgi).post("/in", json=STATUS)):
                report = sellerspec_check(response)
                assert report.operation == "tokopedia/orderStatus"

        def test_clients(sellerspec_check, sellerspec_sandbox):
            box = sellerspec_sandbox("tiki")
            for get in (httpx.get, requests.get):
                response = get(box.url + "/v1/orders", headers=box.headers)
                assert sellerspec_check(response, marketplace="tiki").operation == "tiki/listOrders"

        def test_posted_with_requests(sellerspec_check, sellerspec_sandbox):
            box = sellerspec_sandbox("tiki")
            url = box.url + "/v1/products/AOTHUN-DEN-M/updateSku"
            for body in ({"json": {"price": 190000}}, {"data": '{"price": 190000}'}):
                response = requests.post(url, headers={**box.headers, **JSON}, **body)
                assert sellerspec_check(response, marketplace="tiki").ok

        def test_an_answer_that_breaks_it(sellerspec_check):
            sellerspec_check(sellerspec.Exchange(
                "GET", "https://api.tiki.vn/integration/v1/orders/1", 200,
                request_headers={"tiki-api": "FAKE"}, response_headers={"content-type": "application/json"},
                response_body=b"[]",
            ))

        def test_nonsense(sellerspec_check):
            with pytest.raises(sellerspec.SellerspecError, match="neither an exchange nor a response"):
                sellerspec_check("hello")

        def test_a_stream(sellerspec_check, sellerspec_sandbox):
            url = sellerspec_sandbox("tiki").url + "/v1/products/AOTHUN-DEN-M/updateSku"
            response = requests.post(url, data=iter([b"{}"]))
            with pytest.raises(sellerspec.SellerspecError, match="was a `list_iterator`, which is read"):
                sellerspec_check(response, marketplace="tiki")
        """
    )
    result = run(pytester)
    result.assert_outcomes(passed=5, failed=1)
    result.stdout.fnmatch_lines(["tiki/getOrder: 1 error, 0 warnings", "  /response/body: error *"])


def test_a_cassette_is_recorded_scrubbed_and_played_again(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import httpx, json, pathlib, pytest

        def test_it(sellerspec_vcr, sellerspec_sandbox, request):
            if request.config.getoption("sellerspec_record") == "once":
                url = sellerspec_sandbox("tiki").url
                pathlib.Path("url.txt").write_text(url)
            url = pathlib.Path("url.txt").read_text()
            with sellerspec_vcr("tiki") as cassette:
                token = {"tiki-api": "FAKE-TOKEN-FOR-TESTS"}
                response = httpx.get(url + "/v1/orders/419060832", headers=token)
            assert response.json()["order_code"] == "419060832"
            assert len(cassette) == 1
        """
    )
    pytester.makeconftest("def pytest_sellerspec_redact(config): return ['product_name']")
    run(pytester, "--sellerspec-record=once").assert_outcomes(passed=1)
    (text,) = [path.read_text() for path in pytester.path.glob("cassettes/*/test_it.yaml")]
    assert "FAKE-TOKEN-FOR-TESTS" not in text
    assert "Invented product" not in text
    run(pytester, "-o", "sellerspec_record=none").assert_outcomes(passed=1)
    result = run(pytester, "--sellerspec-record=perhaps")
    result.stderr.fnmatch_lines(["*--sellerspec-record is one of none, once, new_episodes, all*"])


def test_a_played_cassette_that_breaks_the_contract_fails_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import httpx, pytest

        @pytest.fixture
        def sellerspec_cassette_dir(tmp_path):
            text = '''
        interactions:
        - request: {method: GET, uri: 'https://api.tiki.vn/integration/v1/orders/1', body: null,
            headers: {tiki-api: [REDACTED]}}
          response:
            status: {code: 200, message: OK}
            headers: {content-type: [application/json]}
            body: {string: '{"order_code": 5}'}
        version: 1
        '''
            (tmp_path / "own.yaml").write_text(text)
            return tmp_path

        def test_it(sellerspec_vcr):
            with sellerspec_vcr("tiki", name="own"):
                httpx.get("https://api.tiki.vn/integration/v1/orders/1", headers={"tiki-api": "FAKE"})
        """
    )
    result = run(pytester)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*own.yaml:* tiki/getOrder: *", "  /response/body/order_code: error *"])


def test_G7_no_failed_test_shows_the_secrets_of_calls_and_facts(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        from dataclasses import replace

        import httpx, pytest
        from sellerspec import Exchange, Facts

        TOKEN, PHONE = "".join(("Sup3rSecret", "Tok3nValue9981")), "".join(("09123", "45678"))

        @pytest.fixture
        def client(sellerspec_guard):
            base = "https://api.tiki.vn/integration"
            with httpx.Client(base_url=base, headers={"tiki-api": TOKEN}) as client:
                yield sellerspec_guard(client, "tiki")

        def test_path_of_no_operation(client):
            client.get(f"/v9/{TOKEN}/phone/{PHONE};jsessionid={TOKEN}")

        @pytest.mark.parametrize("swallowed", [False, True])
        def test_name_of_a_member(client, swallowed):
            try:
                client.post("/v1/products/A/updateSku", json={"price": 0, TOKEN: 1, PHONE: 2})
            except Exception:
                if not swallowed:
                    raise

        def test_name_of_a_member_of_a_payload(preflight):
            preflight("tiki/updateSku", {"price": 0, TOKEN: PHONE})

        def test_values_of_exchanges():
            one = Exchange("POST", f"https://a.example/{TOKEN}", request_body=PHONE.encode())
            other = replace(one, request_body=b"", request_headers={"authorization": TOKEN})
            assert one == other

        def test_values_of_facts():
            one = Facts(order={"phone": PHONE, "token": TOKEN}, seller="vietnam")
            assert one == replace(one, seller="global")

        def test_values_of_the_log(sellerspec_sandbox):
            box = sellerspec_sandbox("tiki")
            sent = {"price": 0, "phone": PHONE}
            for path in ("/v1/products/A/updateSku", f"/v1/products/{TOKEN}/updateSku"):
                httpx.post(f"{box.url}{path}?token={TOKEN}", json=sent, headers={"tiki-api": TOKEN})
            first, second = box.log()
            assert first == second
            assert [first] == []
        """
    )
    result = run(pytester, "-vv", "--tb=short")
    result.assert_outcomes(failed=6, errors=1, passed=1)
    shown = result.stdout.str() + result.stderr.str()
    assert "Sup3rSecretTok3nValue9981" not in shown
    assert "0912345678" not in shown
    result.stdout.fnmatch_lines(
        ["*GET /integration/v9/[*][*][*]/phone/[*][*][*]` must be an operation of `tiki`*"]
    )
    result.stdout.fnmatch_lines(["*Facts(seller='vietnam', order=...)*"])
