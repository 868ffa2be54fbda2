"""What both generations of Tiki's API require is written once: words, schemas and functions."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import sellerspec
from sellerspec import contract
from sellerspec.errors import SpecError
from sellerspec.io import resources
from sellerspec.openapi import bundle, rule_texts
from sellerspec.openapi.document import Document
from sellerspec.openapi.references import References
from sellerspec.openapi.rule_texts import own_id
from sellerspec.openapi.spec import Spec

PACKS = ("tiki", "tiki-v2")
SCHEMAS = resources.data_dir("schemas")
WORDS = {"requirement", "must", "message", "missing", "hint", "drop"}
TEXT = {"source": {"document": "docs", "section": "1"}, "basis": "documented"}


def texts(folder: str) -> dict[str, Any]:
    """Return the rules of a folder's rules.yaml as they are written, by id."""
    groups = resources.read_yaml(SCHEMAS / folder / "rules.yaml")
    return {id: text for group in groups.values() for id, text in group["rules"].items()}


SHARED = texts("tiki-shared")


def plain(sentence: str) -> str:
    return " ".join(sentence.lower().replace("`", "").split())


def written(folder: str) -> dict[str, str]:
    """Return id or place -> requirement of what a pack writes itself: in its rules.yaml and its functions."""
    own = {id: text["requirement"] for id, text in texts(folder).items() if "requirement" in text}
    functions = {rule.place: rule.requirement for rule in sellerspec.rules(folder) if rule.check}
    return own | {place: text for place, text in functions.items() if place not in COMMON}


COMMON = {
    rule.place: rule.requirement
    for rule in sellerspec.rules()
    if rule.check and ".tiki_shared." in rule.place
}
"""Functions that both packs make rules of."""

OTHER_BODY = {"tiki.update-object"}
"""A rule of the first generation about the body of another operation, in the same words."""


def test_no_requirement_is_written_twice() -> None:
    shared = {id: text["requirement"] for id, text in SHARED.items()} | COMMON
    first, second = written("tiki"), written("tiki-v2")
    once = {**shared, **second, **{id: text for id, text in first.items() if id not in OTHER_BODY}}
    places: dict[str, list[str]] = {}
    for place, requirement in once.items():
        places.setdefault(plain(requirement), []).append(place)
    twice = {text: at for text, at in places.items() if len(at) > 1}
    assert {text: at for text, at in twice.items() if not set(at) <= first.keys()} == {}


def test_every_shared_rule_is_a_rule_of_both_packs_in_the_same_words() -> None:
    for id, text in SHARED.items():
        for name in PACKS:
            own = own_id(id, name)
            assert "requirement" not in texts(name)[own], own
            assert sellerspec.rule(own).requirement == text["requirement"]


def test_every_shared_schema_names_shared_rules_only_and_all_of_them_are_used() -> None:
    folder = SCHEMAS / "tiki-shared"
    stated = {id for path in folder.glob("*.json") for id in ids(resources.read_json(path))}
    assert all(id.startswith(rule_texts.ANY) for id in stated)
    assert stated <= SHARED.keys()


def ids(value: Any) -> list[str]:
    if isinstance(value, list):
        return [id for item in value for id in ids(item)]
    if not isinstance(value, dict):
        return []
    own = [value["x-rule"]] if isinstance(value.get("x-rule"), str) else []
    return own + [id for member in value.values() for id in ids(member)]


def test_the_shared_file_has_words_only() -> None:
    groups = resources.read_yaml(SCHEMAS / "tiki-shared" / "rules.yaml")
    rules = resources.read_json(SCHEMAS / "sellerspec" / "rules.json")
    assert [error.message for error in Draft202012Validator(rules).iter_errors(groups)] == []
    assert all(group.keys() == {"rules"} for group in groups.values())
    for id, text in SHARED.items():
        assert id.startswith(rule_texts.ANY)
        assert "requirement" in text
        assert set(text) <= WORDS, id


@pytest.mark.parametrize("name", PACKS)
def test_a_bundle_has_whole_texts_and_ids_of_its_own(name: str) -> None:
    bundled = bundle.bundle(Document(contract.contract(name).spec))
    assert not [id for id in ids(bundled) if id.startswith(rule_texts.ANY)]
    assert all(text["requirement"] for text in bundled["x-rules"].values())
    assert bundled["x-rules"].keys() >= set(ids(bundled))
    assert rule_texts.SHARED not in bundled["x-rules"]


@pytest.mark.parametrize("name", PACKS)
def test_a_shared_rule_says_where_it_stands(name: str) -> None:
    rule = sellerspec.rule(f"{name}.variant-sku")
    assert rule.place == "schemas/tiki-shared/variant.json#/$defs/sku"
    assert (
        sellerspec.rule(f"{name}.sku-unique").place
        == "sellerspec.marketplaces.tiki_shared.variant.sku_unique"
    )


def test_the_star_stands_for_the_marketplace_wherever_references_lead(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text('{"x-rule": "*.one", "items": {"x-rule": "mine.own"}}')
    document = {
        "shape": {"$ref": "one.json", "x-warnings": [{"x-rule": "*.two"}], "example": {"x-rule": "*.x"}}
    }
    path = tmp_path / "shop.yaml"
    path.write_text(json.dumps(document))
    shape = References(path, document, marketplace="shop").resolved("shape")
    assert (shape["x-rule"], shape["items"]["x-rule"]) == ("shop.one", "mine.own")
    assert shape["x-warnings"][0]["x-rule"] == "shop.two"
    assert shape["example"] == {"x-rule": "*.x"}
    assert References(path, document).resolved("shape")["x-rule"] == "*.one"


def spec(folder: Path, own: dict[str, Any], shared: dict[str, Any]) -> Spec:
    """Return a spec with one rule file of its own and a shared one."""
    (folder / "own.yaml").write_text(json.dumps({"Things": {"rules": own}}))
    (folder / "shared.yaml").write_text(json.dumps({"Things": {"rules": shared}}))
    document = {"openapi": "3.1.0", "x-rules": {"$ref": "own.yaml", "x-shared": "shared.yaml"}}
    document["x-sources"] = {"docs": {"title": "Docs"}}
    path = folder / "shop.yaml"
    path.write_text(json.dumps(document))
    return Spec("shop", path)


def test_a_rule_takes_the_shared_words_and_keeps_what_it_adds(tmp_path: Path) -> None:
    words = {"requirement": "a thing is whole", "must": "be whole", "hint": "look"}
    made = spec(
        tmp_path, {"shop.whole": {**TEXT, "hint": "look twice"}}, {"*.whole": words, "*.other": words}
    )
    assert made.rule_texts.keys() == {"shop.whole"}
    rule = made.rule("shop.whole", "here")
    assert (rule.requirement, rule.must, rule.hint) == ("a thing is whole", "be whole", "look twice")


def test_a_rule_with_a_requirement_takes_nothing_from_the_shared_words(tmp_path: Path) -> None:
    own = {"shop.whole": {**TEXT, "requirement": "a thing is there"}}
    rule = spec(tmp_path, own, {"*.whole": {"requirement": "other", "must": "be other"}}).rule(
        "shop.whole", "here"
    )
    assert (rule.requirement, rule.must) == ("a thing is there", "")


def test_a_rule_without_words_anywhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"the text of `shop\.whole` is wrong: 'requirement' is missing"):
        spec(tmp_path, {"shop.whole": TEXT}, {"*.other": {"requirement": "x"}}).rule("shop.whole", "here")


def test_a_shared_file_below_another_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    made = spec(tmp_path / "mine", {}, {})
    made.document["x-rules"]["x-shared"] = "../other.yaml"
    with pytest.raises(SpecError, match=r"x-rules: the file is not below .*: \.\./other\.yaml"):
        _ = made.rule_texts
