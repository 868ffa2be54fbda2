"""Each seeded defect of Tiki's Open API that names rules is found by them, and by no look at the state."""

from collections import Counter
from functools import cache

import pytest

import sellerspec
from sellerspec import sandbox
from support import tiki_v2_probe
from support.examples import examples
from support.sandboxes import calling
from support.tiki_v2_refused import REFUSED, TWO, create, send, variants
from support.tiki_v2_samples import PRODUCTS, V2, V21
from test_sandbox_defects import NOW

DEFECTS = sandbox.defects("tiki-v2")
FORGIVING = [id for id, defect in DEFECTS.items() if defect.forgives]
FOUND = [(id, rule) for id, defect in DEFECTS.items() if not defect.forgives for rule in defect.rules]


def findings(*defects: str) -> Counter[str]:
    """Return how often the contract finds a violation of each rule in the responses to the probe."""
    found: Counter[str] = Counter()
    with calling("tiki-v2", checked=False, now=NOW, defects=defects) as call:
        tiki_v2_probe.probe(call)
        for entry in call.box.log.entries():
            if entry.operation is not None:
                report = sellerspec.check_exchange(
                    entry.exchange, operation=entry.operation.key, facts=entry.facts, requests="never"
                )
                found.update(finding.rule for finding in report.findings)
    return found


@cache
def honest() -> Counter[str]:
    return findings()


@pytest.mark.parametrize(("id", "rule"), FOUND, ids=["/".join(item) for item in FOUND])
def test_a_rule_that_a_defect_names_finds_it(id: str, rule: str) -> None:
    assert findings(id)[rule] > honest()[rule]


@pytest.mark.parametrize("id", FORGIVING)
def test_a_call_that_a_rule_forbids_is_refused_but_for_the_defect(id: str) -> None:
    (rule,) = DEFECTS[id].rules
    one = REFUSED[rule]
    for defects in ((), (id,)):
        with calling("tiki-v2", checked=False, now=NOW, defects=defects) as call:
            status = send(call, one).status
            (entry,) = call.box.log.entries()
        assert entry.operation is not None
        assert entry.operation.operation.id in DEFECTS[id].on
        report = sellerspec.check_exchange(
            entry.exchange, operation=entry.operation.key, facts=entry.facts, requests="always"
        )
        of_request = {one.rule for one in report.errors if one.pointer.startswith("/request")}
        assert of_request == {rule}
        assert status == 200 if defects else status >= 400


def test_each_call_that_must_be_refused_belongs_to_a_defect() -> None:
    assert {rule for id in FORGIVING for rule in DEFECTS[id].rules} == set(REFUSED)


URLS = {
    "createProductRequest": ("POST", f"{V21}/requests"),
    "updateSku": ("PUT", f"{PRODUCTS}/updateSku"),
}


@pytest.mark.parametrize("operation", URLS)
def test_a_state_with_everything_that_was_taken_can_be_restored(operation: str) -> None:
    method, url = URLS[operation]
    with calling("tiki-v2", checked=False) as call:
        taken = 0
        for kind in ("valid", "invalid"):
            for example in examples(kind):
                if example.operation == f"tiki-v2/{operation}" and not example.is_exchange:
                    taken += call(method, url, example.value()).status == 200
        assert taken
        call.box.advance(61)
        state = call.box.snapshot()
        call.box.restore(state)
        assert call.box.snapshot()["tables"] == state["tables"]


def test_a_gallery_that_is_a_text_is_one_picture() -> None:
    url = "https://pictures.seller.example/gallery.jpg"
    with calling("tiki-v2", checked=False) as call:
        made = send(call, create(variants=variants({**TWO, "images": url})))
        call.box.advance(61)
        request = call("GET", f"{V2}/requests/findBy?track_id={made.json()['track_id']}").json()
        assert [picture["url"] for picture in request["products"][0]["images"]][1:] == [url]
