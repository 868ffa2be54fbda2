"""`check --effective`: the members of each variant, with what it inherits from its product."""

import json
from pathlib import Path

from sellerspec.io import resources
from support.command_line import run

EXAMPLES = resources.data_dir("tests/examples")
SIMPLE = EXAMPLES / "tiki/createProduct/valid/documented-simple.json"


def written(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def test_effective_values_show_what_variants_inherit(tmp_path: Path) -> None:
    product = json.loads(SIMPLE.read_text())
    product["variants"][0] |= {"name": "Own name", "attributes": {"ram": "1 TB"}}
    path = written(tmp_path / "product.json", product)
    shown = run("check", "--as", "tiki/createProduct", "--effective", path).stdout
    assert '  name: "Own name"  (variant)' in shown
    assert "(joined)" in shown
    assert '  description: "this is description"  (product)' in shown
    variants = json.loads(run("check", "--effective", "--format", "json", path).stdout)[0]["variants"]
    assert variants[0]["name"] == "Own name"
    assert variants[0]["category_id"] == product["category_id"]
    assert variants[0]["attributes"] == {**product["attributes"], "ram": "1 TB"}
    del product["attributes"]
    alone = written(tmp_path / "alone.json", product)
    assert '  attributes: {"ram":"1 TB"}  (variant)' in run("check", "--effective", alone).stdout
    assert run("check", "--effective", "--format", "html", path).exit_code == 2
    other = run("check", "--as", "tiki/updateSku", "--effective", written(tmp_path / "o.json", {"price": 1}))
    assert other.stderr == (
        "error: nothing is inherited in `tiki/updateSku`; "
        "`--effective` is for `tiki/createProduct` or `tiki-v2/createProductRequest`\n"
    )
    assert other.exit_code == 2


def test_effective_values_of_the_open_api() -> None:
    path = EXAMPLES / "tiki-v2/createProductRequest/valid/tiki-v2.attribute-listed.json"
    shown = run("check", "--as", "tiki-v2/createProductRequest", "--effective", path).stdout
    name = json.loads(path.read_bytes())["name"]
    assert f"  name: {json.dumps(name, ensure_ascii=False)}  (product)" in shown


def test_effective_values_of_what_is_no_product_are_none(tmp_path: Path) -> None:
    odd = written(tmp_path / "odd.json", {"variants": ["x", {"sku": "a"}]})
    done = run("check", "--as", "tiki/createProduct", "--effective", odd)
    assert done.exit_code == 0
    assert '  sku: "a"  (variant)' in done.stdout
