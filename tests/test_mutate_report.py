"""What a run of mutations says: figures, exit codes and every format."""

import json
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from datetime import date

import pytest

from sellerspec.contract.accepted import Entry
from sellerspec.errors import UnknownName
from sellerspec.mutate import accept
from sellerspec.mutate.conclusion import Conclusion
from sellerspec.mutate.mutation import UNCHANGED, Mutation
from sellerspec.mutate.report import render
from sellerspec.mutate.result import Result, Weakness
from sellerspec.mutate.running.suite import Failure
from support.conclusions import (
    LATE,
    LIMITED,
    NULL,
    ORDERS,
    PLANNED,
    RENAMED,
    RESULT,
    SEEDED,
    TOKEN,
    conclusion,
)  # fmt: skip

ACCEPTING = (Entry(RENAMED.id, "another team", date.max),)
GOOD = Result(survived=(LIMITED,), noticed=(SEEDED,))


@pytest.mark.parametrize(
    ("said", "code", "reasons"),
    [
        (conclusion(GOOD), 0, ()),
        (conclusion(), 1, ()),
        (conclusion(fail_under="survived=30,noticed=20"), 0, ()),
        (conclusion(GOOD, ("the suite is red",)), 2, ("the suite is red",)),
        (conclusion(unjudged=("the suite is red",)), 2, ("the suite is red",)),
        (conclusion(Result()), 2, ("no mutation fits what the suite calls: tiki/getOrder, tiki/getOrders",)),
        (
            conclusion(Result(not_applied=(NULL, LATE))),
            2,
            ("no mutation was applied: the suite did not call what they change",),
        ),
        (conclusion(replace(GOOD, not_run=(NULL,))), 2, ("the time ran out before all mutations had run",)),
        (
            conclusion(replace(RESULT, not_run=(LATE,))),
            1,
            ("the time ran out before all mutations had run",),
        ),
        (
            conclusion(replace(GOOD, left_out=(Failure("t", "assertion", "assert 1 == 2"),))),
            2,
            ("t fails without a mutation too when it runs once more: assert 1 == 2",),
        ),
    ],
)
def test_the_exit_code_says_whether_the_limits_hold_and_never_that_what_was_not_judged_is_good(
    said: Conclusion, code: int, reasons: tuple[str, ...]
) -> None:
    assert (said.exit_code, said.reasons) == (code, reasons)


def test_a_share_below_all_is_not_rounded_up_to_it() -> None:
    many = tuple(replace(NULL, place=f"/{number}") for number in range(2000))
    said = replace(
        conclusion(), verdicts=tuple(replace(conclusion(GOOD).verdicts[0], mutation=m) for m in many)
    )
    weak = replace(said, verdicts=(*said.verdicts[1:], conclusion().verdicts[0]))
    assert str(weak.figures[0]) == "survived: 99.9 % (1999 of 2000), at least 100 % is required"
    assert str(said.figures[1]) == "noticed: no verdict"


def test_text_lists_weaknesses_first_then_gaps_and_the_figures() -> None:
    assert (
        render("text", accept.applied(conclusion(), ACCEPTING))
        == f"""\
weakness tiki/getOrder:null/items/*/price: `price` is null
  {ORDERS}: TypeError: <int> expected, got None (shop/tiki.py:12)
  allowed: `price` may be null
  also: `price` is absent (tiki/getOrder:absent/items/*/price)
  help: sellerspec mutate --reproduce 'tiki/getOrder:null/items/*/price' -- pytest tests/
gap tiki/getOrder: no test notices what is broken; called by {ORDERS}, b, c and 1 more
  /items/*/qty: wrong-type
  price-one-accepted: a price of 1 is taken
  note: a client with the fixture `sellerspec_guard` notices wrong members that no test looks at
  help: sellerspec mutate --reproduce 'tiki/getOrder:wrong-type/items/*/qty' -- pytest tests/
not applied: 1 mutation: tokopedia/orderNotification:late
accepted: tiki/getOrder:renamed/items/*/qty: another team
survived: 33.3 % (1 of 3), at least 100 % is required
noticed: 33.3 % (1 of 3), at least 80 % is required
"""
    )


def test_text_of_what_was_not_judged_says_why() -> None:
    result = Result(weaknesses=(Weakness(UNCHANGED, TOKEN),), not_run=(NULL,))
    assert (
        render("text", replace(conclusion(result), stale=("x expired on 2026-01-01",)))
        == """\
weakness unchanged: nothing is changed at the marketplace
  tests/test_login.py::test_in: the token of the sandbox is in the output
  help: sellerspec mutate --reproduce unchanged -- pytest tests/
not run: 1 mutation: tiki/getOrder:null/items/*/price
not accepted: x expired on 2026-01-01
survived: 0 % (0 of 1), at least 100 % is required
noticed: no verdict
not complete: the time ran out before all mutations had run
"""
    )


def test_a_terminal_gets_colours_and_nothing_of_a_test_controls_it() -> None:
    failure = Failure("t\x1b[2J", "crash", "KeyError: '\x1b]0;x'", "a.py:1")
    text = render("text", conclusion(Result(weaknesses=(Weakness(NULL, failure),))), colour=True)
    assert text.startswith("\x1b[31;1mweakness\x1b[0m tiki/getOrder:null")
    assert "  t?[2J: KeyError: '?]0;x' (a.py:1)\n" in text


def test_json_has_every_mutation_with_its_verdict() -> None:
    raw = json.loads(render("json", accept.applied(conclusion(), ACCEPTING)))
    mutations = raw.pop("mutations")
    assert raw == {
        "format": "sellerspec-mutate-1",
        "command": "-- pytest tests/",
        "seed": 0,
        "exit_code": 1,
        "figures": {
            "survived": {
                "percent": pytest.approx(100 / 3),
                "well": 1,
                "total": 3,
                "least": 100.0,
                "holds": False,
            },
            "noticed": {
                "percent": pytest.approx(100 / 3),
                "well": 1,
                "total": 3,
                "least": 80.0,
                "holds": False,
            },
        },
        "calls": {"tiki/getOrder": [ORDERS], "tiki/getOrders": [ORDERS]},
        "not_judged": [],
        "stale": [],
    }
    assert [mutation["id"] for mutation in mutations] == [mutation.id for mutation in PLANNED]
    assert [mutation["state"] for mutation in mutations] == [
        "weakness", "weakness", "survived", "not-applied", "gap", "gap", "noticed", "gap",
    ]  # fmt: skip
    assert Mutation(**{name: mutations[0][name] for name in Mutation.__slots__}) == NULL
    assert mutations[0]["failures"] == [
        {
            "test": ORDERS,
            "how": "crash",
            "line": "TypeError: <int> expected, got None",
            "at": "shop/tiki.py:12",
        }
    ]
    assert (mutations[4]["accepted"], mutations[4]["tests"]) == ("another team", [ORDERS, "b", "c", "d"])


def test_junit_fails_where_a_figure_misses_its_limit() -> None:
    root = ElementTree.fromstring(render("junit", accept.applied(conclusion(), ACCEPTING)))
    suites = [
        (s.get("name"), s.get("tests"), s.get("failures"), s.get("errors"), s.get("skipped")) for s in root
    ]
    assert suites == [
        ("tiki/getOrder", "6", "4", "0", "1"),
        ("tiki/getOrders", "1", "0", "0", "0"),
        ("tokopedia/orderNotification", "1", "0", "0", "1"),
    ]
    failure = root.find("testsuite/testcase/failure")
    assert failure is not None
    assert failure.attrib == {"message": "TypeError: <int> expected, got None", "type": "weakness"}
    assert (failure.text or "").splitlines()[-1].startswith("help: sellerspec mutate --reproduce")


def test_junit_passes_what_the_limits_allow_and_errs_where_nothing_was_judged() -> None:
    said = conclusion(replace(RESULT, not_run=(LATE,), not_applied=()), fail_under="survived=0,noticed=0")
    root = ElementTree.fromstring(render("junit", said))
    assert [suite.get("failures") for suite in root] == ["0", "0", "0", "0"]
    assert [suite.get("errors") for suite in root] == ["0", "0", "1", "1"]
    assert (root.findtext("testsuite/testcase/system-out") or "").startswith("weakness: `price` is null")
    error = root.find("testsuite/testcase[@name='judged']/error")
    assert error is not None
    assert error.get("message") == "the time ran out before all mutations had run"


def test_markdown_is_a_summary_for_a_job_page() -> None:
    assert (
        render("markdown", accept.applied(conclusion(), ACCEPTING))
        == f"""\
## sellerspec mutate

❌ `sellerspec mutate -- pytest tests/`

- survived: 33.3 % \\(1 of 3\\), at least 100 % is required
- noticed: 33.3 % \\(1 of 3\\), at least 80 % is required

### Weaknesses

| mutation | what changes | test | last line | allowed by |
|---|---|---|---|---|
| `tiki/getOrder:null/items/*/price` | `price` is null<br>`price` is absent | `{ORDERS}` | \
`TypeError: <int> expected, got None`<br>`shop/tiki.py:12` | `price` may be null |

### Gaps

| operation | member | no test notices | called by |
|---|---|---|---|
| `tiki/getOrder` | `/items/*/qty` | wrong-type | tests/test\\_orders.py::test\\_a\\_page, b, c and 1 more |
| `tiki/getOrder` | `price-one-accepted` | a price of 1 is taken | \
tests/test\\_orders.py::test\\_a\\_page, b, c and 1 more |

1 not applied: `tokopedia/orderNotification:late`.

Accepted: `tiki/getOrder:renamed/items/*/qty`: another team.
"""
    )


def test_markdown_of_a_good_run_is_short() -> None:
    text = render("markdown", conclusion(GOOD))
    assert text.splitlines()[2] == "✅ `sellerspec mutate -- pytest tests/`"
    assert "###" not in text
    unjudged = render("markdown", conclusion(GOOD, ("the suite is red",)))
    assert "- not judged: the suite is red" in unjudged


def test_html_has_a_table_of_member_and_mutation_whose_cells_lead_to_the_verdicts() -> None:
    text = render("html", accept.applied(conclusion(), ACCEPTING))
    assert '<th scope="col">null</th><th scope="col">absent</th>' in text
    cells = '<td><a href="#m0">weakness</a></td><td><a href="#m1">weakness</a></td><td></td>'
    assert f'<tr><th scope="row"><code>/items/*/price</code></th>{cells}' in text
    assert 'id="m4" class="quiet" data-operation="tiki/getOrder" data-family="defect"' in text
    assert "TypeError: &lt;int&gt; expected, got None (shop/tiki.py:12)" in text
    assert "<p>allowed: `price` may be null</p>" in text
    for name, choices in (("operation", 3), ("family", 3), ("kind", 8), ("state", 6)):
        select = text.partition(f'<select name="{name}">')[2].partition("</select>")[0]
        assert select.count("<option ") == choices + 1


def test_html_of_nothing_is_a_page_with_the_reason() -> None:
    text = render("html", conclusion(Result(), ("<b> is red",)))
    assert "Not judged: &lt;b&gt; is red" in text
    assert "<select" not in text


def test_an_unknown_format_is_an_error() -> None:
    with pytest.raises(UnknownName, match="no format named `htm`; did you mean `html`"):
        render("htm", conclusion())
