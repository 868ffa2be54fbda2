"""Batches of a data frame have the findings of the single process; tests/spark runs Spark itself."""

import json
import pickle
from pathlib import Path
from typing import Any

import pyarrow
import pytest

from sellerspec import bulk
from sellerspec.bulk.cluster import KEYS, extract_keys, repetitions
from sellerspec.bulk.generate import generate
from sellerspec.bulk.keys import Keys
from sellerspec.errors import UnknownName

CREATE = "tiki/createProduct"


DIFFERENT = "must be different in each line of the catalogue, got the same as in"


def batch(lines: list[bytes], kind: Any) -> Any:
    """Return lines as a record batch with their places."""
    return pyarrow.record_batch(
        {
            "file": ["a.jsonl"] * len(lines),
            "line": pyarrow.array(range(1, len(lines) + 1), pyarrow.int64()),
            "value": pyarrow.array(lines, pyarrow.binary()).cast(kind, safe=False),
        }
    )


def rows(batches: Any) -> list[dict[str, Any]]:
    return [row for some in batches for row in some.to_pylist()]


def test_batches_give_the_findings_of_the_single_process_to_the_byte(tmp_path: Path) -> None:
    lines = [text for text, _ in generate(CREATE, 400, broken=0.3, seed=5)] + [b" "]
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n".join(lines))
    how = bulk.How(CREATE, across=False)
    bulk.check_files([str(path)], how, workers=1, output=tmp_path / "findings.jsonl")
    expected = (tmp_path / "findings.jsonl").read_text().replace(str(path), "a.jsonl").splitlines()
    # as Spark does: the function is pickled, and gets an iterator
    check = pickle.loads(pickle.dumps(bulk.arrow(CREATE)))
    all_lines = batch(lines, pyarrow.binary())
    findings = rows(check(iter([all_lines.slice(0, 150), all_lines.slice(150)])))
    assert [row["finding"] for row in findings] == expected
    assert list(findings[0]) == [part.split()[0] for part in bulk.FINDINGS.split(",")]
    assert all(row["part"] == 0 for row in findings)


def test_a_batch_needs_no_more_than_a_column_of_text() -> None:
    texts = pyarrow.record_batch({"body": ['{"price": 0}', None, '{"price": 1}']})
    (finding,) = rows(bulk.arrow("tiki/updateSku", column="body", strict=True)(iter([texts])))
    assert (finding["file"], finding["line"], finding["pointer"], finding["severity"]) == (
        "",
        0,
        "/price",
        "error",
    )
    empty = list(bulk.arrow("tiki/updateSku", column="body")(iter([texts.slice(2)])))
    assert [some.num_rows for some in empty] == [0]
    with pytest.raises(UnknownName):
        list(bulk.arrow("tiki/nothing")(iter([texts])))


def test_keys_of_a_line_are_its_product_and_its_variants() -> None:
    line = next(text for text, _ in generate(CREATE, 50) if b'"option2"' in text)
    keys = rows(extract_keys("value", iter([batch([line, b"{"], pyarrow.binary())])))
    assert list(keys[0]) == [part.split()[0] for part in KEYS.split(",")]
    assert [row["variant"] for row in keys] == [-1, *range(len(keys) - 1)]
    assert keys[0]["name"]
    assert keys[0]["image"]
    assert all(row["sku"] for row in keys[1:])
    assert any(row["option1"] for row in keys[1:])


def test_a_repetition_names_the_line_and_where_it_differs_the_file() -> None:
    places = [
        ("b", 2, 0, 1, "/variants/1/sku", "a", 7),
        ("b", 2, 1, 1, "/variants/1/option2", "b", 1),
        ("b", 3, 2, 0, "/image", "b", 1),
    ]
    repeated = [
        {
            "place": {"file": file, "line": line},
            "comparison": comparison,
            "variant": variant,
            "pointer": pointer,
            "before": {"file": first_file, "line": first_line},
        }
        for file, line, comparison, variant, pointer, first_file, first_line in places
    ]
    findings = rows(repetitions(False, iter([pyarrow.RecordBatch.from_pylist(repeated)])))
    assert [(row["pointer"], row["severity"], row["message"]) for row in findings] == [
        ("/variants/1/sku", "error", f"`sku` {DIFFERENT} line 7 of a"),
        ("/variants/1/option2", "error", f"the options of a product {DIFFERENT} line 1"),
        ("/image", "warning", f"`image` {DIFFERENT} line 1"),
    ]
    strictly = rows(repetitions(True, iter([pyarrow.RecordBatch.from_pylist(repeated)])))
    assert [row["severity"] for row in strictly] == ["error"] * 3


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
    assert [row["name"] for row in products.to_pylist()] == [None, None]
    assert [row["category"] for row in products.to_pylist()] == [None, None]
    assert [(row["sku"], row["option1"]) for row in variants.to_pylist()] == [(None, None), (None, None)]
