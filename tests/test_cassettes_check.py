"""Checking, counting, cleaning, converting and replaying cassettes."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sellerspec import Exchange, Facts
from sellerspec.cassettes import Checker, Replay, Settings, check_cassettes, files
from sellerspec.cassettes.cleaning import scrub_files
from sellerspec.cassettes.coverage import coverage
from sellerspec.cassettes.doctor import examine
from sellerspec.cassettes.files import Origin, Recorded
from sellerspec.cassettes.open_types import open_types
from sellerspec.errors import UnknownName
from support.cassette_files import BASE, PRODUCT, call, tape
from support.sandboxes import example

REFUSED = example("tiki/createProduct/invalid/documented-invalid")
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def findings(folder: Path, **settings: Any) -> list[str]:
    return [
        f"{finding.severity} {finding.rule} {finding.pointer}: {finding.message}"
        for _, report in check_cassettes([folder], **settings)
        for finding in report.findings
        if finding.rule.startswith("sellerspec.")
    ]


@pytest.mark.parametrize(
    "base",
    [
        BASE,
        "https://api-sandbox.tiki.vn/integration/v1",
        "https://uat.shop.example/gateway/v1",
        "http://127.0.0.1:8000/v1",
    ],
)
def test_a_call_is_matched_to_its_operation_through_other_hosts_and_base_paths(
    tmp_path: Path, base: str
) -> None:
    path = tape(tmp_path, call(base=base))
    ((place, report),) = check_cassettes([path])
    assert (place, report.operation, report.ok) == (f"{path}:2", "tiki/createProduct", True)


def test_a_violation_has_its_member_and_its_line(tmp_path: Path) -> None:
    tape(tmp_path, call(), call(response={"trace_id": 5, "state": "queuing"}))
    (_, good), (place, report) = check_cassettes([tmp_path])
    assert good.ok
    (finding,) = report.errors
    assert (finding.pointer, str(finding.line)) == ("/response/body/trace_id", place.rpartition(":")[2])


def test_a_refusal_is_compared_with_pre_flight(tmp_path: Path) -> None:
    refused = {"errors": ["variants should have price > 0"]}
    unsure = {"errors": ["Price is not valid because less than ten percent listing price"]}
    accepted = json.loads(json.dumps(PRODUCT)) | {"name": ""}
    exchanges = {
        "good.yaml": call(sent=REFUSED, status=422, response=refused),
        "missed.yaml": call(
            sent=None,
            method="GET",
            path="/categories",
            status=400,
            response=refused,
            headers={"tiki-api": ""},
        ),
        "unsure.yaml": call(sent={"price": 1}, path="/products/A1/updateSku", status=422, response=unsure),
        "sender.yaml": call(status=401, response=refused),
        "accepted.yaml": call(sent=accepted),
    }
    for name, exchange in exchanges.items():
        tape(tmp_path, exchange, name=name)
    reports = {name: findings(tmp_path / name) for name in exchanges}
    assert reports["good.yaml"] == reports["sender.yaml"] == []
    missed = "the marketplace refused the request, but pre-flight finds nothing wrong with it"
    assert reports["missed.yaml"] == [f"error sellerspec.cassette-missed /response/status: {missed}"]
    assert reports["unsure.yaml"][0].startswith(
        f"warning sellerspec.cassette-missed /response/status: {missed}; for lack of facts, "
    )
    assert reports["accepted.yaml"] == [
        "warning sellerspec.cassette-accepted /response/status: the marketplace accepted the request,"
        " but pre-flight refuses it: `tiki.product-name`"
    ]
    assert findings(tmp_path / "unsure.yaml", facts=Facts(listing_price=100)) == []


def test_a_noted_verdict_must_stay_the_same(tmp_path: Path) -> None:
    noted = (
        "tiki.market-price-low /request/body/market_price",
        "tiki.variant-options /request/body/variants/1/option2",
        "tiki.variant-price /request/body/variants/1/price",
    )
    exchange = call(sent=REFUSED, status=422, response={"errors": ["not valid"]})
    tape(tmp_path, Recorded(exchange, Origin(refused_for=noted)))
    assert check_cassettes([tmp_path])[0][1].findings == ()
    worse = call(sent={**REFUSED, "name": 5}, status=422, response={"errors": ["not valid"]})
    tape(tmp_path, Recorded(worse, Origin(refused_for=noted)))
    assert [error.pointer for error in check_cassettes([tmp_path])[0][1].errors] == ["/request/body/name"]
    tape(tmp_path, Recorded(exchange, Origin(refused_for=(*noted, "tiki.gone /request/body"))))
    assert findings(tmp_path) == [
        "error sellerspec.cassette-verdict /response/status: pre-flight must still find"
        " `tiki.gone /request/body`, as when this was recorded"
    ]
    tape(tmp_path, Recorded(call(status=422, response={"errors": ["not valid"]}), Origin(refused_for=())))
    assert findings(tmp_path)[0].startswith("warning sellerspec.cassette-missed")


def test_a_member_that_no_contract_types_keeps_its_noted_type(tmp_path: Path) -> None:
    types = {
        "/request/body/attributes/ram": "string",
        "/response/body/none": "null",
        "/request/nothing": "null",
    }
    tape(tmp_path, Recorded(call(), Origin(types=types)))
    assert findings(tmp_path) == []
    changed = {**PRODUCT, "attributes": {**PRODUCT["attributes"], "ram": 8}}
    tape(tmp_path, Recorded(call(sent=changed), Origin(types=types)))
    assert findings(tmp_path) == [
        "error sellerspec.cassette-type /request/body/attributes/ram: the type of `ram` must be"
        " string as when it was recorded, got integer"
    ]


def test_what_no_contract_types_is_noted_where_items_differ_one_by_one() -> None:
    mixed = {**PRODUCT, "attributes": {"a": "x", "b": [1, 2], "c": [1, "y"]}}
    assert open_types(call(sent=mixed, response=b"no json")) == {
        "/request/body/attributes/a": "string",
        "/request/body/attributes/b": "array",
        "/request/body/attributes/b/*": "integer",
        "/request/body/attributes/c": "array",
        "/request/body/attributes/c/0": "integer",
        "/request/body/attributes/c/1": "string",
    }
    assert open_types(call(path="/nowhere")) == {}


def test_secrets_headers_and_bodies_that_cannot_be_looked_through_are_found(tmp_path: Path) -> None:
    dirty = call(
        headers={"tiki-api": "FAKE-TOKEN", "X-Other": "1"},
        response={"trace_id": "a1", "state": "queuing", "buyer": {"phone": "0912000111"}},
    )
    packed = replace(call(), response_body=b"\x1f\x8bcut", response_headers={})
    binary = replace(call(), response_body=b"\x89PNG\x00", response_headers={"content-type": "image/png"})
    for name, recorded in (("a.yaml", dirty), ("b.yaml", packed), ("c.yaml", binary)):
        tape(tmp_path, recorded, name=name)
    reports = [line for line in findings(tmp_path) if "cassette" in line]
    secret = "must be scrubbed: it is secret or personal, or looks so"
    assert reports == [
        "error sellerspec.cassette-header /request/headers/x-other: the header must be removed:"
        " a cassette does not keep it",
        f"error sellerspec.cassette-secret /request/headers/tiki-api: `tiki-api` {secret}",
        f"error sellerspec.cassette-secret /response/body/buyer/phone: `phone` {secret}",
        "error sellerspec.cassette-body : the compressed body is cut off",
        "error sellerspec.cassette-body /response/body: the body must be JSON, a form or a short text",
    ]
    assert not [line for line in findings(tmp_path, secrets=False) if "cassette" in line]
    _, report = next(iter(check_cassettes([tmp_path / "a.yaml"])))
    hints = {finding.rule: finding.hint or "" for finding in report.findings if "cassette" in finding.rule}
    assert set(hints) == {"sellerspec.cassette-header", "sellerspec.cassette-secret"}
    assert all("`sellerspec cassettes scrub`" in hint for hint in hints.values())


def test_the_oldest_exchange_decides_the_age_of_a_cassette(tmp_path: Path) -> None:
    def at(moment: str, source: str = "live", path: str = "/products") -> Recorded:
        return Recorded(call(path=path), Origin(at=moment, source=source))

    limit = {"max_age": timedelta(days=90), "now": NOW}
    tape(tmp_path, at("2026-05-01T00:00:00Z"), at("2026-01-01T00:00:00", path="/products?"))
    assert findings(tmp_path, **limit) == [
        "error sellerspec.cassette-expired : the recording must be at most 90 days old,"
        " got 151 days; record it again"
    ]
    assert findings(tmp_path, max_age=timedelta(days=200), now=NOW.replace(tzinfo=None)) == []
    tape(tmp_path, at("1999-01-01T00:00:00Z", "documentation"))
    assert findings(tmp_path, **limit) == []
    tape(tmp_path, at("2026-05-01T00:00:00Z"), at("once", path="/products?"))
    assert findings(tmp_path, max_age=timedelta(days=1)) == [
        "warning sellerspec.cassette-age : the exchange has no time of recording, so its age is not known"
    ]


def test_duplicates_orphans_and_unknown_calls_are_named_and_strict_raises_them(tmp_path: Path) -> None:
    first = tape(tmp_path, call(), call())
    second = tape(tmp_path, call(path="/nowhere"), name="b.yaml")
    assert findings(tmp_path, used=[str(first)], secrets=False) == [
        f"warning sellerspec.cassette-duplicate : the exchange must be recorded once, got it also at"
        f" {first}:2",
        "error sellerspec.cassette-operation /request/url: exchange 0, POST"
        " https://api.tiki.vn/integration/v1/nowhere, is no operation of a spec; if that is meant, add its"
        " host, or the beginning of its URL, to `ignored-urls` in [tool.sellerspec]",
        "warning sellerspec.cassette-orphan : no test uses this cassette",
    ]
    assert [report.ok for _, report in check_cassettes([second], strict=True)] == [False]


def test_a_broken_file_is_one_error_at_its_place_and_the_others_are_checked(tmp_path: Path) -> None:
    tape(tmp_path, call())
    (tmp_path / "b.yaml").write_text("interactions: [\n")
    (_, good), (place, broken) = check_cassettes([tmp_path])
    assert good.ok
    assert place == str(tmp_path / "b.yaml")
    assert (broken.findings[0].rule, broken.findings[0].line) == ("sellerspec.cassette-readable", 2)


def test_a_webhook_is_known_by_its_folder_or_its_note(tmp_path: Path) -> None:
    body = example("tnsl/orderStatusSync/valid/documented-ready-for-pickup")
    exchange = Exchange(
        "POST",
        "https://shop.example/hook",
        200,
        request_headers={"content-type": "application/json"},
        request_body=json.dumps(body).encode(),
    )
    tape(tmp_path / "tnsl" / "orderStatusSync", exchange)
    tape(tmp_path, Recorded(exchange, Origin(operation="tnsl/orderStatusSync")), name="b.yaml")
    assert [report.operation for _, report in check_cassettes([tmp_path])] == ["tnsl/orderStatusSync"] * 2
    assert [response.status for response in coverage([tmp_path]).responses if response.shown] == [200]


def test_a_checker_can_be_used_exchange_by_exchange() -> None:
    assert Checker(Settings(marketplace="tiki")).exchange(Recorded(call(base="http://shop.example/v1"))).ok


def test_coverage_counts_responses_and_rules_and_names_what_is_missing(tmp_path: Path) -> None:
    tape(
        tmp_path,
        Recorded(call(), Origin(source="documentation")),
        call(sent=REFUSED, status=422, response={"errors": ["x"]}),
    )
    tape(tmp_path, call(status=418), call(path="/nowhere"), name="b.yaml")
    counted = coverage([tmp_path])
    shown = {
        (response.operation, response.status): (response.shown, response.documentation)
        for response in counted.responses
        if response.shown
    }
    assert shown == {
        ("tiki/createProduct", 200): (1, 1),
        ("tiki/createProduct", 422): (1, 0),
        ("tiki/createProduct", 418): (1, 0),
    }
    assert ("tiki/createProduct", 400) in {(missing.operation, missing.status) for missing in counted.missing}
    assert dict(counted.rules)["tiki.variant-price"] == 1
    assert [line.partition(": ")[0].rpartition("/")[2] for line in counted.unknown] == ["b.yaml:28"]
    assert counted.responses[0].documented is True
    assert {
        response.operation.partition("/")[0]
        for response in coverage([tmp_path], marketplace="tiki").responses
    } == {"tiki"}
    with pytest.raises(UnknownName, match="did you mean `tiki`"):
        coverage([tmp_path / "b.yaml"], marketplace="tikki")


def test_a_cassette_recorded_without_care_is_cleaned_in_place_and_a_clean_one_is_not_touched(
    tmp_path: Path,
) -> None:
    dirty = tape(tmp_path, call(headers={"tiki-api": "FAKE-TOKEN"}), name="a.yaml")
    clean = tape(tmp_path, call(), name="b.yaml")
    before = clean.stat().st_mtime_ns
    assert [file.secrets for file in scrub_files([tmp_path], write=False)] == [1, 0]
    assert "FAKE-TOKEN" in dirty.read_text()
    assert [file.secrets for file in scrub_files([tmp_path])] == [1, 0]
    assert "FAKE-TOKEN" not in dirty.read_text()
    assert clean.stat().st_mtime_ns == before
    binary = tape(tmp_path, replace(call(path="/nowhere"), response_body=b"\x89PNG\x00"), name="c.yaml")
    (cleaned,) = scrub_files([binary])
    assert cleaned.dropped == ("response body (5 bytes of application/json)",)
    assert files.read(binary).exchanges[0].origin.dropped == cleaned.dropped


def test_replay_finds_exchanges_whatever_host_token_and_order_and_gives_repeated_ones_in_turn(
    tmp_path: Path,
) -> None:
    first, second = (
        call(response={"trace_id": "a1", "state": "queuing"}),
        call(response={"trace_id": "a2", "state": "queuing"}),
    )
    other = call("GET", "/orders?page=1&limit=2", None, response={"data": []})
    tape(tmp_path, first, second, other)
    tape(tmp_path, Exchange("GET", "https://shop.example/none", 200), name="b.yaml")
    replay = Replay([tmp_path], marketplace="tiki")
    assert replay.count == 3
    request = replace(
        call(base="http://127.0.0.1:1/any/v1"), request_headers={"TIKI-API": "FAKE"}, status=None
    )
    reordered = replace(request, request_body=json.dumps(dict(reversed(PRODUCT.items()))).encode())
    given = [replay.find(one) for one in (request, reordered, request, request)]
    assert [json.loads(recorded.exchange.response_body)["trace_id"] for recorded in given if recorded] == [
        "a1",
        "a2",
        "a2",
        "a2",
    ]
    assert [recorded.exchange for recorded in replay.unplayed()] == [other]
    assert replay.find(Exchange("GET", "http://x.example/v1/orders?limit=2&page=1")) is not None
    assert replay.find(Exchange("GET", "http://x.example/v1/orders?limit=3&page=1")) is None
    replay.reset()
    assert len(replay.unplayed()) == 3
    everything = Replay([tmp_path])
    assert everything.find(Exchange("GET", "https://other.example/none")) is not None


def test_a_body_with_a_secret_is_found_by_another_secret(tmp_path: Path) -> None:
    noted = replace(call(sent=None), request_body=b"token=SCRUBBED-token-5&a=1")
    tape(tmp_path, noted)
    assert Replay([tmp_path]).find(replace(noted, request_body=b"token=FAKE&a=1")) is not None


def test_the_doctor_counts_and_names_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SELLERSPEC_SCRUB_KEY", "fake")
    tape(tmp_path, Recorded(call(), Origin("2026-01-01T00:00:00Z", "live")), call(path="/nowhere"))
    files.write(tmp_path / "b.json", [])
    (tmp_path / "c.yaml").write_text("x: [")
    health = examine([tmp_path])
    assert (health.files, health.exchanges, health.oldest, health.keyed) == (
        3,
        2,
        "2026-01-01T00:00:00Z",
        True,
    )
    assert dict(health.sources) == {"live": 1, "unknown": 1}
    assert dict(health.operations) == {"tiki/createProduct": 1, "unknown": 1}
    assert [problem.partition(": ")[2] for problem in health.problems] == ["no exchange in it; delete it"]
    assert [line.partition(": ")[2][:36] for line in health.not_judged] == [
        "exchange 1, POST https://api.tiki.vn",
        "not YAML: did not find expected node",
    ]
    assert health.missing == ()
