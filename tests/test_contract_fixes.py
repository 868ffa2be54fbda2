"""Fixes of a payload: what a finding proposes, and the payload with it applied."""

import copy
import pickle

import pytest

import sellerspec
from sellerspec.errors import UsageError
from sellerspec.io.patches import patched
from sellerspec.model import Exchange, Fix, Json

NUMBER = Fix(
    "write the number without quotes", ({"op": "replace", "path": "/price", "value": 5000},), safe=True
)


def test_a_finding_carries_fixes_of_its_payload() -> None:
    report = sellerspec.check("tiki/updateSku", {"price": "5000"})
    (finding,) = report.findings
    assert finding.fixes == (NUMBER,)
    assert finding.to_dict()["fixes"] == [
        {"title": NUMBER.title, "safe": True, "patch": [{"op": "replace", "path": "/price", "value": 5000}]}
    ]
    again = pickle.loads(pickle.dumps(report))
    assert again == report
    assert again.findings[0].fixes == (NUMBER,)


def test_safe_fixes_are_applied_and_unsafe_ones_only_when_asked() -> None:
    payload = {"pirce": "5000", "active": 1.0}
    before = copy.deepcopy(payload)
    fixed = sellerspec.check("tiki/updateSku", payload).fixed()
    assert fixed.payload == {"pirce": "5000", "active": 1}
    assert [fix.safe for _, fix in fixed.applied] == [True]
    assert payload == before


def test_an_exchange_has_nothing_to_mend() -> None:
    report = sellerspec.check_exchange(Exchange("GET", "https://api.tiki.vn/integration/v1/orders"))
    with pytest.raises(UsageError, match="only the report of `check` on a payload"):
        report.fixed()


@pytest.mark.parametrize(
    ("patch", "result"),
    [
        ([{"op": "replace", "path": "/a/0", "value": 2}], {"a": [2], "b": None}),
        ([{"op": "remove", "path": "/a/0"}], {"a": [], "b": None}),
        ([{"op": "add", "path": "/c", "value": 3}], {"a": [1], "b": None, "c": 3}),
        ([{"op": "add", "path": "/a/0", "value": 3}], {"a": [3, 1], "b": None}),
        ([{"op": "add", "path": "/a/1", "value": 3}], {"a": [1, 3], "b": None}),
        ([{"op": "add", "path": "/a/-", "value": 3}], {"a": [1, 3], "b": None}),
        ([{"op": "add", "path": "", "value": 3}], 3),
        ([{"op": "move", "from": "/a", "path": "/c"}], {"b": None, "c": [1]}),
    ],
)
def test_a_patch_changes_a_copy(patch: Json, result: Json) -> None:
    value = {"a": [1], "b": None}
    assert patched(value, patch) == result
    assert value == {"a": [1], "b": None}


@pytest.mark.parametrize("op", ["replace", "remove", "move"])
def test_a_patch_that_does_not_fit_is_refused(op: str) -> None:
    with pytest.raises(LookupError, match="no value at /x"):
        patched({"a": 1}, [{"op": op, "path": "/x", "from": "/x", "value": 1}])


@pytest.mark.parametrize("path", ["/a/2", "/a/x", "/b/x", "/c/x"])
def test_nothing_is_added_where_nothing_can_stand(path: str) -> None:
    with pytest.raises(LookupError):
        patched({"a": [1], "b": None}, [{"op": "add", "path": path, "value": 1}])
