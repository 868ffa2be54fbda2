"""Batches of a data frame say what the single process says; Spark itself is tested in tests/spark."""

import json
import pickle
from pathlib import Path
from typing import Any

import pyarrow
import pytest

from sellerspec import bulk
from sellerspec.bulk.cluster import KEYS, _Across, _KeysOf
from sellerspec.bulk.generate import generate
from sellerspec.bulk.keys import Keys
from sellerspec.errors import UnknownName

CREATE = "tiki/createProduct"


def batch(lines: list[bytes], kind: Any) -> Any:
    """Return lines as a record batch with their places."""
    return pyarrow.record_batch(
        {
            "file": ["a.jsonl"] * len(lines),
            "line": pyarrow.array(range(1, len(lines) + 1), pyarrow.int64()),
            "value": pyarrow.array(lines, pyarrow.binary()).cast(kind, safe=False),
        }
    )


def rows(found: Any) -> list[dict[str, Any]]:
    return [row for each in found for row in each.to_pylist()]


def test_batches_give_the_findings_of_the_single_process_to_the_byte(tmp_path: Path) -> None:
    lines = [text for text, _ in generate(CREATE, 400, broken=0.3, seed=5)] + [b" "]
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n".join(lines))
    how = bulk.How(CREATE, across=False)
    bulk.check_files([str(path)], how, workers=1, output=tmp_path / "found.jsonl")
    expected = (tmp_path / "found.jsonl").read_text().replace(str(path), "a.jsonl").splitlines()
    # as Spark does: the function is pickled, and gets an iterator
    check = pickle.loads(pickle.dumps(bulk.arrow(CREATE)))
    whole = batch(lines, pyarrow.binary())
    found = rows(check(iter([whole.slice(0, 150), whole.slice(150)])))
    assert [each["finding"] for each in found] == expected
    assert list(found[0]) == [part.split()[0] for part in bulk.FINDINGS.split(",")]
    assert all(each["part"] == 0 for each in found)


def test_a_batch_needs_no_more_than_a_column_of_text() -> None:
    texts = pyarrow.record_batch({"body": ['{"price": 0}', None, '{"price": 1}']})
    (found,) = rows(bulk.arrow("tiki/updateSku", column="body", strict=True)(iter([texts])))
    assert (found["file"], found["line"], found["pointer"], found["severity"]) == ("", 0, "/price", "error")
    empty = list(bulk.arrow("tiki/updateSku", column="body")(iter([texts.slice(2)])))
    assert [each.num_rows for each in empty] == [0]
    with pytest.raises(UnknownName):
        list(bulk.arrow("tiki/nothing")(iter([texts])))


def test_keys_of_a_line_are_its_product_and_its_variants() -> None:
    line = next(text for text, _ in generate(CREATE, 50) if b'"option2"' in text)
    found = rows(_KeysOf("value")(iter([batch([line, b"{"], pyarrow.binary())])))
    assert list(found[0]) == [part.split()[0] for part in KEYS.split(",")]
    assert [each["variant"] for each in found] == [-1, *range(len(found) - 1)]
    assert found[0]["name"]
    assert found[0]["image"]
    assert all(each["sku"] for each in found[1:])
    assert any(each["option1"] for each in found[1:])


def test_a_repetition_names_the_line_and_where_it_differs_the_file() -> None:
    places = [
        {"file": "b", "line": 2, "kind": 0, "variant": 1, "before": {"file": "a", "line": 7}, "second": None},
        {"file": "b", "line": 2, "kind": 1, "variant": 1, "before": {"file": "b", "line": 1}, "second": "M"},
        {"file": "b", "line": 3, "kind": 2, "variant": 0, "before": {"file": "b", "line": 1}, "second": None},
    ]
    found = rows(_Across(strict=False)(iter([pyarrow.RecordBatch.from_pylist(places)])))
    assert [(each["pointer"], each["severity"], each["message"]) for each in found] == [
        ("/variants/1/sku", "error", "the same `sku` as in line 7 of a"),
        ("/variants/1/option2", "error", "the same options as in line 1"),
        ("/image", "warning", "the same address as in line 1"),
    ]


def test_the_quick_way_to_take_keys_is_the_careful_one() -> None:
    for line, _ in generate(CREATE, 200):
        quick, careful = Keys(3), Keys(3)
        quick.add_clean(1, json.loads(line))
        careful.add(1, json.loads(line))
        assert (quick.products, quick.variants) == (careful.products, careful.variants)
    odd = Keys(0)
    odd.add_clean(1, {"variants": [{}]})
    odd.add_clean(2, {"name": 1, "category_id": "x", "image": None, "variants": [{"sku": 5, "option1": 2}]})
    products, variants = odd.tables()
    assert [each["name"] for each in products.to_pylist()] == [None, None]
    assert [each["category"] for each in products.to_pylist()] == [None, None]
    assert [(each["sku"], each["option1"]) for each in variants.to_pylist()] == [(None, None), (None, None)]
