"""A run finds seeded defects, raises no false alarm, keeps to its limits and shows what it found."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import sellerspec
from sellerspec import fuzz, sandbox
from sellerspec.errors import ParseError, UnknownName, UsageError
from sellerspec.fuzz import baseline
from sellerspec.fuzz.messages import Call

QUICK = {"profile": "quick", "max_time": 180.0}  # a profile that ends by itself; a busy machine takes longer
NO_ENGINE = ("examples", "rules", "sequences")


def run(marketplace: str, *defects: str, **settings: Any) -> fuzz.FuzzResult:
    chosen = {**QUICK, "phases": NO_ENGINE, **settings}
    return fuzz.run(marketplace, app=sandbox.app(marketplace, defects=list(defects)), **chosen)


def test_the_honest_sandbox_has_no_finding_and_everything_is_exercised() -> None:
    marketplace = "tnsl"  # the larger ones are fuzzed by `make loop`
    result = run(marketplace, phases=fuzz.PHASES)
    assert [str(finding) for finding in result.findings] == []
    assert result.unjudged == {}
    assert [
        transition
        for transition in result.coverage.known_transitions
        if not result.coverage.transitions[transition]
    ] == []
    checked = [
        rule for rule in sellerspec.rules(marketplace)
        if not rule.why_not and rule.check is not None and rule.reads in ("query", "headers", "path")
    ]  # fmt: skip
    assert [rule.id for rule in checked if rule.id not in result.coverage.violated] == []
    assert set(result.coverage.phases) == set(fuzz.PHASES)


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("marketplace", "defect", "phase", "kind", "rule"),
    [
        ("tiki", "price-zero-accepted", "rules of createProduct", "accepted-invalid", "tiki.variant-price"),
        ("tiki", "ten-percent-refuses-equal", "rules of updateSku", "refused-valid", ""),
        ("tiki", "confirmed-item-forgotten", "sequences", "read-after-write", ""),
        ("tiki", "empty-body-500", "examples of createProduct", "server-error", ""),
        ("tiki", "last-page-off-by-one", "sequences", "page-count", ""),
        ("tiki", "reason-null-when-rejected", "sequences", "response", "tiki.tracking-reason-given"),
        ("tiki", "tiki-sku-null", "sequences", "response", "tiki.tracking-tiki-sku-given"),
        ("tiki", "trace-id-renamed", "sequences", "response", "tiki.track-id"),
        ("tiki", "state-not-queuing", "sequences", "response", "tiki.created-state"),
        ("tiki", "confirmation-code-400", "sequences", "response", "tiki.confirm-items-answer-success"),
        ("tiki", "message-of-failure", "sequences", "response", "tiki.delivery-status-answer-success"),
        ("tiki", "other-order-shown", "sequences", "response", "tiki.order-requested"),
        ("tiki", "other-request-shown", "sequences", "response", "tiki.tracking-requested"),
        ("tiki", "other-category-shown", "sequences", "response", "tiki.category-requested"),
        ("tiki", "category-filters-ignored", "sequences", "response", "tiki.categories-filtered"),
        ("tiki", "status-filter-ignored", "sequences", "response", "tiki.orders-filtered"),
        ("tiki", "orders-limit-ignored", "sequences", "response", "tiki.orders-limit-kept"),
        ("tiki", "page-from-zero", "sequences", "response", "tiki.orders-page-kept"),
        ("tiki", "tracking-limit-ignored", "sequences", "response", "tiki.tracking-limit-kept"),
        ("tiki", "warehouse-filter-ignored", "sequences", "response", "tiki.warehouses-filtered"),
        ("tiki", "order-code-dropped", "sequences", "response", "tiki.order-shape"),
        ("tiki", "inventory-id-dropped", "sequences", "response", "tiki.warehouse-shape"),
        ("tiki", "contact-dropped", "sequences", "response", "tiki.warehouse-complete"),
        ("tiki", "description-dropped", "sequences", "response", "tiki.category-complete"),
        ("tnsl", "notice-twice", "sequences", "notice-repeated", ""),
        ("tnsl", "notice-lost", "sequences", "notice-lost", ""),
        ("tnsl", "import-counts-wrong", "sequences", "read-after-write", ""),
        ("tokopedia", "last-page-repeats", "sequences", "page-repeats", ""),
        ("tokopedia", "notice-without-invoice", "sequences", "notice", "tokopedia.invoice-number-present"),
        ("tokopedia", "notice-without-status", "sequences", "notice", "tokopedia.order-notification"),
        ("tokopedia", "status-notice-late", "sequences", "notice-wrong", ""),
        ("tokopedia", "window-ignored", "sequences", "response", "tokopedia.answer-keeps-window"),
        ("tokopedia", "other-app-shown", "sequences", "response", "tokopedia.answer-keeps-app"),
        ("tokopedia", "order-status-dropped", "sequences", "response", "tokopedia.order"),
        ("tokopedia", "recipient-dropped", "sequences", "response", "tokopedia.order-members"),
        ("tokopedia", "address-empty", "sequences", "response", "tokopedia.part-members"),
        ("tokopedia", "buyer-null", "sequences", "response", "tokopedia.object-not-null"),
        ("tokopedia", "product-without-id", "sequences", "response", "tokopedia.product-line"),
        ("tokopedia", "discount-details-off", "sequences", "response", "tokopedia.order-discount-details"),
        ("tokopedia", "delivered-negative", "sequences", "response", "tokopedia.quantity-not-negative"),
        ("tokopedia", "bundle-detail-dropped", "sequences", "response", "tokopedia.order-bundle-flag"),
        ("tokopedia", "unlinked-shop-old-code", "sequences", "response", "tokopedia.unlinked-status"),
        (
            "tokopedia",
            "reason-of-another-code",
            "rules of listOrders",
            "response",
            "tokopedia.reason-of-code",
        ),
        ("tokopedia", "refusal-without-data", "rules of listOrders", "response", "tokopedia.refusal-data"),
        ("tokopedia", "content-type-html", "examples", "content-type", ""),
    ],
)
def test_a_seeded_defect_is_found_by_its_name_in_the_phase_that_can_show_it(
    marketplace: str, defect: str, phase: str, kind: str, rule: str
) -> None:
    name, _, operation = phase.partition(" of ")
    include = [operation] if operation else []
    result = run(marketplace, defect, phases=[name], include=include)
    assert (kind, rule) in {(finding.kind, finding.rule) for finding in result.findings}


def test_a_rule_about_the_account_or_the_day_is_broken_where_our_sandbox_can_be_brought_there() -> None:
    rules = [
        "tiki.category-primary", "tiki.category-attributes", "tiki.variant-inventory-type-seller",
        "tiki.variant-supplier-dropship", "tiki.confirm-items-deadline",
    ]  # fmt: skip
    result = run("tiki", include=rules, phases=["rules"])
    assert [str(finding) for finding in result.findings] == []
    assert [rule for rule in rules if rule not in result.coverage.violated] == []
    assert [rule for rule in rules if rule not in result.coverage.satisfied] == []


def test_a_rule_counts_as_satisfied_where_it_applies_or_by_the_valid_twin() -> None:
    plain = run("tiki", include=["updateSku"], phases=["examples"]).coverage
    assert "tiki.update-price" in plain.satisfied
    # a number written as text is all that this rule speaks of, and no example sends one
    assert "tiki.number-as-text" not in plain.satisfied
    twins = run("tiki", include=["tiki.number-as-text"], phases=["rules"]).coverage
    assert "tiki.number-as-text" in twins.satisfied & twins.violated


def test_a_defect_seen_often_is_one_finding_with_the_smallest_call() -> None:
    result = run("tnsl", "secret-key-any-length", include=["registerWebhooks"])
    (finding,) = [finding for finding in result.findings if finding.rule == "tnsl.webhook-secret"]
    assert finding.times > 1
    assert finding.call is not None
    assert len(finding.call.body) < 400


def test_the_same_seed_sends_the_same() -> None:
    def sent(seed: int) -> list[tuple[str, str, bytes]]:
        app = sandbox.app("tnsl")
        fuzz.run("tnsl", app=app, seed=seed, phases=["variations"], profile="quick", max_time=30)
        return [
            (entry.request.method, entry.request.url, entry.request.body)
            for entry in app.sandbox.log.entries()
        ]

    assert sent(3) == sent(3)
    assert sent(3) != sent(4)


def test_only_what_is_included_is_called() -> None:
    result = run(
        "tiki", include=["updateSku"], exclude=["tiki.update-price-floor"], phases=["examples", "rules"]
    )
    # what the run has to know of the server is read too
    assert {"tiki/updateSku"} <= set(result.coverage.operations)
    assert "tiki/createProduct" not in result.coverage.operations
    by_rule = run("tiki", include=["tiki.orders-limit"], phases=["rules"])
    assert "tiki/listOrders" in by_rule.coverage.operations
    assert "tiki/updateSku" not in by_rule.coverage.operations


def test_a_wish_that_nothing_fits_is_an_error() -> None:
    with pytest.raises(UnknownName, match="did you mean"):
        run("tiki", include=["tiki/updateSkus"])
    with pytest.raises(UnknownName, match="no marketplace"):
        fuzz.run("shop", url="http://127.0.0.1:9")
    with pytest.raises(UnknownName, match="no phase"):
        run("tiki", phases=["exemples"])
    with pytest.raises(UnknownName, match="no profile"):
        run("tiki", profile="hard")
    with pytest.raises(UsageError, match="no such setting"):
        run("tiki", speed=3)
    with pytest.raises(UsageError, match="either"):
        fuzz.run("tiki")
    with pytest.raises(UsageError, match="`rate_limit` must be positive, got 0"):
        run("tiki", rate_limit=0)
    with pytest.raises(UsageError, match="`max_time` and `timeout` must be positive"):
        run("tiki", max_time=0)


def test_a_run_ends_with_its_time_or_with_enough_findings() -> None:
    short = run("tiki", max_time=0.3)
    assert short.seconds < 3
    assert run("tiki", "content-type-html", max_findings=1).findings != ()


def test_a_rate_limit_is_kept() -> None:
    result = run("tokopedia", rate_limit=20, max_time=20, phases=["sequences"])
    # the bound is of the time that was taken: a busy machine sends less, and needs longer
    assert 5 < result.requests <= 20 * result.seconds + 1
    sent = {"tokopedia/listOrders", "tokopedia/tokocabangOrderNotification"}
    later = {"tokopedia/orderNotification", "tokopedia/orderStatus"}  # a run on a fast machine gets this far
    assert sent <= set(result.coverage.operations) <= sent | later


def test_a_server_that_asks_to_wait_is_obeyed() -> None:
    app = sandbox.app("tokopedia", rate_limit=30)
    result = fuzz.run("tokopedia", app=app, max_time=4, phases=["examples"], profile="quick")
    assert [str(finding) for finding in result.findings] == []
    assert result.seconds > 1


def test_a_known_finding_is_not_reported_until_it_expires(tmp_path: Path) -> None:
    first = run("tokopedia", "header-dropped", phases=["sequences"])
    file = tmp_path / "known.json"
    tomorrow = date.today() + timedelta(days=1)
    file.write_bytes(baseline.written(first.findings, "an old gateway", tomorrow))
    second = run("tokopedia", "header-dropped", phases=["sequences"], baseline=file)
    assert second.findings == ()
    assert second.exit_code == 0
    assert {finding.accepted_because for finding in second.known} == {"an old gateway"}
    assert {finding["known"] for finding in second.to_dict()["known"]} == {"an old gateway"}
    gone = run("tokopedia", phases=["sequences"], baseline=file)
    assert all(entry.endswith("was not seen") for entry in gone.stale)
    file.write_bytes(baseline.written(first.findings, "an old gateway", date(2020, 1, 1)))
    third = run("tokopedia", "header-dropped", phases=["sequences"], baseline=file)
    assert third.findings != ()
    assert "expired on 2020-01-01" in third.stale[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[]", "a list `known`"),
        ('{"known": [{"fingerprint": "x", "expires": "2030-01-01"}]}', "/known/0: a known finding has"),
        (
            '{"known": [{"fingerprint": "x", "reason": "y", "expires": "soon"}]}',
            "/known/0/expires: not a day",
        ),
    ],
)
def test_a_bad_baseline_says_where(tmp_path: Path, text: str, expected: str) -> None:
    file = tmp_path / "known.json"
    file.write_text(text)
    with pytest.raises(ParseError, match=expected):
        run("tiki", baseline=file)


def test_a_result_is_shown_as_json_text_and_junit_without_secrets() -> None:
    result = run("tiki", "price-zero-accepted", "empty-body-500", include=["createProduct"])
    shown = json.dumps(result.to_dict()) + result.to_text() + result.to_junit() + result.to_pytest()
    assert "FAKE-TOKEN-FOR-TESTS" not in shown
    assert "tiki-api: ***" in result.to_text()
    suite = ElementTree.fromstring(result.to_junit())[0]
    assert suite.attrib["failures"] == str(len({finding.operation for finding in result.findings}))
    first = result.to_dict()["findings"][0]
    assert {"kind", "operation", "rule", "phase", "requests", "curl", "fingerprint"} <= first.keys()
    assert result.ok is False


@pytest.mark.no_cover
def test_the_written_tests_fail_on_the_server_and_pass_on_an_honest_one(tmp_path: Path) -> None:
    result = run("tiki", "price-zero-accepted", include=["createProduct"], phases=["rules"])
    assert [finding.rule for finding in result.findings] == ["tiki.variant-price"]
    file = tmp_path / "test_found.py"
    file.write_text(result.to_pytest())

    def outcome(*defects: str) -> int:
        with sandbox.run("tiki", defects=list(defects)) as box:
            environment = {
                "URL": box.url,
                "SELLERSPEC_HEADERS": json.dumps(box.headers),
                "PYTHONPATH": str(Path(sellerspec.__file__).parents[1]),
            }
            done = subprocess.run(
                [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=.", str(file)],
                env=environment, capture_output=True, text=True, cwd=tmp_path, check=False,
            )  # fmt: skip
        return done.returncode

    assert outcome("price-zero-accepted") == 1
    assert outcome() == 0


def test_a_command_to_repeat_a_call_shows_bytes_and_hides_secrets() -> None:
    from sellerspec.fuzz.reproduce import curl

    assert curl(Call("x", "GET", "/a?b=1", {"Authorization": "Bearer not-a-real-token"})) == (
        "curl -sS -i -X GET -H 'Authorization: ***' \"$URL\"'/a?b=1'"
    )
    assert "$'\\xff\\x00'" in curl(Call("x", "POST", "/", {}, b"\xff\x00"))
    assert "a file of 300 bytes" in curl(Call("x", "POST", "/", {}, b"\xff" * 300))
    assert "secret_key" in (text := curl(Call("x", "POST", "/", {}, b'{"secret_key":"abcdefgh"}')))
    assert "abcdefgh" not in text


def test_over_a_socket_the_same_is_found() -> None:
    with sandbox.run("tokopedia", defects=["order-id-as-text"]) as box:
        result = fuzz.run("tokopedia", url=box.url, max_time=20, phases=["sequences"], profile="quick")
    assert "tokopedia.order" in {finding.rule for finding in result.findings}


@pytest.mark.no_cover
def test_the_hostile_profile_sends_what_no_honest_client_sends() -> None:
    result = fuzz.run(
        "tnsl", app=sandbox.app("tnsl"), max_time=10, profile="hostile", phases=["variations"], seed=5
    )
    assert [str(finding) for finding in result.findings] == []
    assert result.requests > 100
