"""Waivers and the view that a project has of the contracts."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import sellerspec
from sellerspec import Facts, SellerspecError
from sellerspec.contract import settings, waivers
from sellerspec.contract.project import Project, Scope, names
from sellerspec.contract.waivers import Waiver, Waivers
from sellerspec.model import Basis
from sellerspec.rules import Violation, rule
from support.examples import ROOT

ENDS = date(2027, 1, 31)
PRICE = Waiver("tiki.update-price-positive", "/price", "agreed", ENDS)
REPORT = sellerspec.check("tiki/updateSku", {"price": 0})


def write(folder: Path, text: str) -> Path:
    (folder / "pyproject.toml").write_text(text)
    return folder


def test_a_waiver_waives_at_its_place_until_its_end() -> None:
    assert Waivers([PRICE], today=ENDS).applied(REPORT).ok
    late = Waivers([PRICE], today=date(2027, 2, 1))
    assert not late.applied(REPORT).ok
    assert [finding.message for finding in late.findings(complete=True)] == [
        "the waiver of tiki.update-price-positive at /price ended on 2027-01-31: agreed"
    ]
    elsewhere = Waivers([Waiver("tiki.update-price-positive", "/cost", "agreed", ENDS)], today=ENDS)
    assert not elsewhere.applied(REPORT).ok
    assert bool(elsewhere)
    assert [finding.rule for finding in elsewhere.findings(complete=True)] == ["sellerspec.waiver-unused"]
    assert list(elsewhere.findings(complete=False)) == []


def test_a_star_stands_for_one_part_and_a_body_may_be_left_out() -> None:
    product = sellerspec.check("tiki/createProduct", {"variants": [{}, {}]})
    prices = [finding for finding in product.findings if finding.pointer.endswith("/price")]
    star = Waiver("tiki.variant-price", "/variants/*/price", "agreed", ENDS)
    assert len(prices) == 2
    assert all(star.covers(price) for price in prices)
    deeper = Waiver("tiki.variant-price", "/variants/*", "agreed", ENDS)
    assert not any(deeper.covers(price) for price in prices)
    sent = sellerspec.Exchange(
        "POST", "https://api.tiki.vn/integration/v1/products/A/updateSku",
        request_headers={"tiki-api": "FAKE", "content-type": "application/json"},
        request_body=b'{"price": 0}',
    )  # fmt: skip
    assert Waivers([PRICE], today=ENDS).applied(sellerspec.check_exchange(sent)).ok


def test_what_was_needed_adds_up_over_processes() -> None:
    worker, main = Waivers([PRICE], today=ENDS), Waivers([PRICE], today=ENDS)
    worker.applied(REPORT)
    main.add_used(worker.used())
    assert list(main.findings(complete=True)) == []


def test_waivers_are_read_from_the_project(tmp_path: Path) -> None:
    one = '{place = "/price", reason = "agreed", expires = 2027-01-31}'
    text = (
        "[tool.sellerspec]\nstrict = true\n[tool.sellerspec.waivers]\n"
        f'"tiki.update-price-positive" = [{one}, {one}]\n'
    )
    write(tmp_path, text)
    assert waivers.read(tmp_path) == (PRICE, PRICE)
    assert settings.read(tmp_path).strict
    assert waivers.read(write(tmp_path, "")) == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[tool.sellerspec.waivers]\nx = 1",
            "needs a `place`, a `reason` and `expires`, and nothing else",
        ),
        (
            '[tool.sellerspec.waivers]\nx = {place = "price", reason = "a", expires = 2027-01-31}',
            "is not a JSON pointer",
        ),
        (
            '[tool.sellerspec.waivers]\nx = {place = "/a", reason = " ", expires = 2027-01-31}',
            "`reason` of .* is empty",
        ),
        (
            '[tool.sellerspec.waivers]\nx = {place = "/a", reason = "a", expires = "2027"}',
            "is not a date",
        ),
        ("[tool.sellerspec]\nwaivers = 3", "not a table"),
        ("[tool.sellerspec", "not TOML"),
    ],
)
def test_a_waiver_that_makes_no_sense_is_an_error(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SellerspecError, match=message):
        waivers.read(write(tmp_path, text))


def test_no_project_has_no_waivers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "find", lambda start=None: None)
    assert waivers.read() == ()


def test_a_waiver_of_an_unknown_rule_is_an_error(tmp_path: Path) -> None:
    text = '[tool.sellerspec.waivers]\n"tiki.update-prise" = {place = "", reason = "a", expires = 2027-01-31}'
    with pytest.raises(SellerspecError, match=r"no rule named `tiki.update-prise`"):
        Project.read(write(tmp_path, text))
    known = text.replace("tiki.update-prise", "sellerspec.answer-status")
    assert len(Project.read(write(tmp_path, known)).waivers.all) == 1


@rule("tiki.house-round", on="updateSku", source=("house", ""), basis=Basis.DOCUMENTED)
def house_round(body: sellerspec.model.Json, _: Facts) -> Iterator[Violation]:
    """a price of this shop is round"""
    if body.get("price", 0) % 1000:
        yield Violation(("price",), "not round")


def test_house_rules_settings_and_facts_come_together() -> None:
    given = settings.Settings(seller="vietnam", strict=True)
    project = Project(given, rules=[house_round], facts=Facts(listing_price=10), secret_members=["active"])
    assert project.facts("tiki/updateSku", Facts(listing_price=7)) == Facts(seller="vietnam", listing_price=7)
    report = project.check("tiki/updateSku", b'{"price": 1500, "active": 7, "colour": 1}')
    assert {error.rule for error in report.errors} == {
        "tiki.house-round",
        "tiki.update-active",
        "tiki.update-members",
    }
    assert "7" not in next(error.message for error in report.errors if error.pointer == "/active")
    project.require_rule("tiki.house-round")
    ignoring = Scope(frozenset({"tiki.house-round", "tiki.update-active", "tiki.update-members"}))
    assert project.check("tiki/updateSku", {"price": 1500, "active": 7, "colour": 1}, scope=ignoring).ok
    assert Project().contract("tiki") is Project().contract("tiki")


def test_the_operation_of_an_exchange_is_identified_by_its_host_its_marketplace_or_its_operation() -> None:
    project = Project()
    order = sellerspec.Exchange(
        "GET", "https://api.tiki.vn/integration/v1/orders/1?x=1", request_headers={"tiki-api": "F"}
    )
    assert project.called(order).match.path == {"version": "v1", "order_code": "1"}
    assert project.called(order, operation="tiki/getOrder").match.query == "x=1"
    elsewhere = project.called(order, operation="tiki/updateSku")
    assert (elsewhere.match.path, elsewhere.match.method_fits) == ({}, True)
    notice = sellerspec.Exchange("POST", "http://shop.example/in", 200, request_body=b"{}")
    called = project.called(notice, operation="tokopedia/orderStatus")
    assert not project.check_exchange(notice, called).ok
    assert project.check_exchange(notice, called, requests="never").ok


def test_a_report_as_text_has_its_server_texts_and_hints() -> None:
    body = (ROOT / "tiki/createProduct/invalid/documented-invalid.json").read_bytes()
    documented = sellerspec.check("tiki/createProduct", body.replace(b"{", b'{"colour": 1,', 1))
    text = documented.to_text("my product")
    assert text.startswith("my product: ")
    assert "    tiki's text: " in text
    assert names(["tiki, tnsl", "tiki"]) == ("tiki", "tnsl")


def test_no_reason_shows_a_secret_member_of_the_project() -> None:
    product = {"variants": [{"sku": "A", "price": 1, "inventory_type": "drop_ship"}]}
    shown = {
        finding.pointer: finding.message
        for finding in Project(secret_members=["inventory_type"])
        .check("tiki/createProduct", product)
        .findings
    }
    assert shown["/variants/0/quantity"] == "breaks its rule (the value is not shown)"
    assert shown["/name"] == "`name` is missing"
