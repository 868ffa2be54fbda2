"""`sellerspec check`: what is read, what is recognised, the output and the exit code."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sellerspec.io import resources
from support.command_line import run

ROOT = Path(__file__).parents[1]
PRODUCTS = resources.data_dir("tests/examples") / "tiki/createProduct"
INVALID = PRODUCTS / "invalid/documented-invalid.json"
SIMPLE = PRODUCTS / "valid/documented-simple.json"
CATEGORY = {
    "id": 1846,
    "name": "Laptop",
    "primary": 1,
    "attributes": [{"id": 1, "code": "weight_class", "is_required": 1}],
}


def written(path: Path, value: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def test_documented_invalid_product_gives_its_two_texts_in_the_documented_order() -> None:
    done = run("check", INVALID)
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    errors = [number for number, line in enumerate(lines) if ": error " in line]
    at = f"{INVALID}:40:5: error"
    assert [lines[error] for error in errors] == [
        f"{at} tiki.variant-options `variants[1].option2` is missing: it is required when "
        "`option_attributes` holds `color` and `storage` at /variants/1/option2 (documented)",
        f"{at} tiki.variant-price `variants[1].price` is missing at /variants/1/price (documented)",
    ]
    assert [line.strip() for line in lines if "'s text: " in line] == [
        "tiki's text: variants don't match with option_attributes => variants option2 missing",
        "tiki's text: variants should have price > 0",
    ]


def test_documented_valid_products_are_accepted() -> None:
    done = run("check", *sorted((PRODUCTS / "valid").glob("documented-*.json")))
    assert done.exit_code == 0
    assert ": error " not in done.stdout


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "1:1: empty: nothing to check"),
        (b'{"a": 1,}', "1:8: not JSON: trailing comma is not allowed"),
        (b'{"a":\n NaN}', "2:2: `NaN` is not JSON"),
        (b'{"a":-Infinity}', "1:7: `Infinity` is not JSON"),
        (b'{"a": 1,\n "a": 2}', "2:2: the member `a` is given twice"),
        (b"\xef\xbb\xbf{}", "1:1: starts with a UTF-8 byte order mark; save it as UTF-8 without BOM"),
        ('{"a": 1}'.encode("utf-16"), "1:1: starts with UTF-16; save it as UTF-8"),
        (b'{"a": "caf\xe9"}', "1:11: not UTF-8: byte 0xe9"),
        (b"[" * 100_000 + b"]" * 100_000, "1:255: not JSON: nested deeper than 254 levels"),
    ],
    ids=["empty", "comma", "nan", "infinity", "twice", "bom", "utf-16", "latin-1", "deep"],
)
def test_bad_input_is_one_line_with_its_place_and_exit_2(tmp_path: Path, data: bytes, message: str) -> None:
    bad = tmp_path / "bad.json"
    bad.write_bytes(data)
    done = run("check", "--as", "tiki/updateSku", bad, SIMPLE)
    assert done.exit_code == 2
    assert [line for line in done.stderr.splitlines() if line.startswith("error")] == [
        f"error: {bad}:{message}"
    ]
    assert f"{SIMPLE}:" in done.stdout  # the other file was still checked


def test_missing_and_unreadable_files_leave_the_others_checked(tmp_path: Path) -> None:
    done = run("check", tmp_path / "none.json", tmp_path, SIMPLE, INVALID)
    assert done.exit_code == 2
    assert done.stderr.splitlines()[:2] == [
        f"error: {tmp_path}/none.json: no such file or directory",
        f"error: {tmp_path}: no .json file in this folder",
    ]
    assert "2 errors, 1 warning in 2 checked, 2 could not be checked" in done.stdout


def test_a_folder_is_walked_without_hidden_files_and_facts(tmp_path: Path) -> None:
    for name in ("b/two.json", "a/one.json", ".hidden/no.json", "a/one.facts.json", "a/notes.txt"):
        written(tmp_path / name, {"price": 1000} if "facts" not in name else {"listing_price": 100_000})
    report = json.loads(run("check", "--as", "tiki/updateSku", "--format", "json", tmp_path, tmp_path).stdout)
    assert [Path(one["name"]).name for one in report["reports"]] == ["one.json", "two.json"]
    # the facts beside the first one let its price floor be checked
    assert [finding["rule"] for finding in report["reports"][0]["findings"]] == ["tiki.update-price-floor"]
    assert report["reports"][1]["unchecked"] == ["tiki.update-price-floor"]


def test_facts_that_are_named_stand_for_the_payload_beside_them(tmp_path: Path) -> None:
    payload = written(tmp_path / "one.json", {"price": 1000})
    facts = written(tmp_path / "one.facts.json", {"listing_price": 100_000})
    alone = written(tmp_path / "alone.facts.json", {"listing_price": 100_000})
    for names in ((facts,), (facts, payload), (payload, facts)):  # as `*.json` names them
        done = run("check", "--as", "tiki/updateSku", "--format", "json", *names)
        assert [report["name"] for report in json.loads(done.stdout)["reports"]] == [str(payload)]
        assert "tiki.update-price-floor" in done.stdout
    written(tmp_path / "call.exchange.json", {"method": "GET", "url": "/v1/categories", "status": 200})
    assert "call.exchange.json" in run("check", written(tmp_path / "call.facts.json", {})).stdout
    assert run("check", alone).exit_code == 2


def test_stdin_is_checked_and_named() -> None:
    done = run("check", "--as", "tiki/updateSku", "-", stdin=b'{"price": 0}')
    assert done.exit_code == 1
    assert done.stdout.startswith(
        "<stdin>:1:11: error tiki.update-price-positive `price` must be greater than 0, got 0"
        " at /price (inferred)\n"
    )


def test_the_operation_is_recognised_by_the_payload(tmp_path: Path) -> None:
    alone = written(tmp_path / "some.json", SIMPLE.read_text())
    assert "nothing found (tiki/createProduct)" in run("check", alone).stdout


def test_the_generation_of_a_payload_with_mistakes_is_the_one_that_knows_its_members(tmp_path: Path) -> None:
    folder = resources.data_dir("tests/examples") / "tiki-v2/createProductRequest/valid"
    product = json.loads((folder / "tiki-v2.variant-warehouse-once.json").read_text())
    del product["images"]
    product["certificate_files"] = ["https://img.example/giay-phep.pdf"]
    for variant in product["variants"]:
        variant["warehouse_stocks"] = [{"warehouse_id": 1, "quantity": 2}]
        variant["quantity"] = 2
    done = run("check", written(tmp_path / "new.json", product), "--quiet")
    assert "tiki-v2.product-images" in done.stdout
    assert "tiki.product" not in done.stdout
    old = json.loads(SIMPLE.read_text())
    del old["images"], old["option_attributes"], old["variants"][0]["price"]
    assert "error tiki.product-images" in run("check", written(tmp_path / "old.json", old), "--quiet").stdout


def test_the_marketplace_of_the_project_says_which_generation_a_payload_is_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    old = SIMPLE.read_text()
    written(Path("old.json"), old)
    written(Path("old.jsonl"), f"{json.dumps(json.loads(old))}\n")
    Path("stock.json").write_text('{"price": 100000, "quantity": 5, "active": 1}')
    Path("queue.json").write_text('{"event_type": "ORDER_STATUS_UPDATED"}')
    for marketplace, create, update in (
        ("tiki", "tiki/createProduct", "tiki/updateSku"),
        ("tiki-v2", "tiki-v2/createProductRequest", "tiki-v2/updateSku"),
        ("tnsl", "tiki/createProduct", "tiki/updateSku"),
    ):
        Path("pyproject.toml").write_text(f'[tool.sellerspec]\nmarketplace = "{marketplace}"\n')
        reports = json.loads(run("check", "--format", "json", "old.json", "stock.json", "queue.json").stdout)[
            "reports"
        ]
        assert [one["operation"] for one in reports] == [create, update, "tiki-v2/createSubscription"]
        assert run("check", "old.jsonl").stdout.startswith(f"{create}: 1 line")


def test_a_payload_in_doubt_names_the_candidates_and_the_option(tmp_path: Path) -> None:
    folder = resources.data_dir("tests/examples") / "tokopedia/orderNotification/valid"
    doubtful = written(tmp_path / "x.json", (folder / "base.json").read_text())
    done = run("check", doubtful)
    assert done.exit_code == 2
    assert "cannot tell which operation this payload is for; say --as tokopedia/" in done.stderr
    nothing = written(tmp_path / "y.json", {"zzz": 1})
    assert "no operation takes such a payload; name one with --as" in run("check", nothing).stderr


def test_A6_no_payload_of_a_folder_is_passed_over(tmp_path: Path) -> None:
    folder, other = tmp_path / "folder", tmp_path / "other"
    folder.mkdir()
    other.mkdir()
    for path in (folder / "CAPITALS.JSON", other / "linked.json"):
        path.write_text("{")
    (folder / "of_other").symlink_to(other)
    (folder / "gone.json").symlink_to("nowhere.json")
    (folder / "more.jsonl").write_text("{}\n")
    (folder / "sheet.CSV").write_text("a\n1\n")
    done = run("check", folder, "--as", "tiki/createProduct")
    other_kind = "not checked with the folder: name it in a call of its own, or keep it in another folder"
    assert (done.exit_code, done.stderr.splitlines()) == (2, [
        f"error: {folder}/CAPITALS.JSON:1:2: not JSON: unexpected end of data",
        f"error: {folder}/gone.json: no such file or directory",
        f"error: {folder}/more.jsonl: {other_kind}",
        f"error: {folder}/of_other/linked.json:1:2: not JSON: unexpected end of data",
        f"error: {folder}/sheet.CSV: {other_kind}",
    ])  # fmt: skip


def test_E2_an_error_of_another_file_names_that_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    payload = written(tmp_path / "p.json", SIMPLE.read_text())
    (tmp_path / "p.facts.json").write_text("[]")
    done = run("check", "p.json")
    assert (done.exit_code, "error: p.json: p.facts.json: facts must be one JSON object" in done.stderr) == (
        2,
        True,
    )
    (tmp_path / "p.facts.json").unlink()
    written(tmp_path / "pyproject.toml", '[tool.sellerspec]\noverlays = ["none.yaml"]\n')
    done = run("check", payload)
    assert (done.exit_code, f"error: {payload}: {tmp_path}/none.yaml: no such file" in done.stderr) == (
        2,
        True,
    )


def test_folders_that_name_an_operation_decide(tmp_path: Path) -> None:
    path = written(tmp_path / "tiki/updateSku/deep/er.json", [])
    assert "error tiki.update-object" in run("check", path).stdout


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--as", "tiki/creatProduct"), "named `tiki/creatProduct`; did you mean `tiki/createProduct`?"),
        (("--as", "creatProduct"), "no operation named `creatProduct`; did you mean `tiki/createProduct`?"),
        (("--as", "tikki/createProduct"), "no marketplace named `tikki`; did you mean `tiki`?"),
        (("--category", "/none.json"), "/none.json: no such file or directory"),
        (("--now", "yesterday"), "--now: `yesterday` is not a date and time; write YYYY-MM-DD hh:mm:ss, "),
        (("--now", "2020-01-01T00:00:00+07:00"), "--now: `2020-01-01T00:00:00+07:00` is not a date and "),
        (("--suppliers", "1,x"), "--suppliers: write integers of fewer than 16 digits, separated"),
        (("--as", "tiki/listOrders"), "`tiki/listOrders` takes no JSON body"),
    ],
)  # fmt: skip
def test_a_bad_option_is_one_line_and_exit_2(args: tuple[str, ...], message: str) -> None:
    done = run("check", *args, SIMPLE)
    assert done.exit_code == 2
    assert message in done.stderr.splitlines()[0]


def test_facts_come_from_saved_responses_and_options(tmp_path: Path) -> None:
    category = written(tmp_path / "category.json", CATEGORY)
    report = json.loads(run("check", "--format", "json", "--category", category, SIMPLE).stdout)["reports"][0]
    assert {"tiki.attribute-required"} <= {finding["rule"] for finding in report["findings"]}
    assert "tiki.attribute-required" not in report["unchecked"]
    wrapped = written(tmp_path / "wrapped.json", {"data": CATEGORY})
    assert (
        json.loads(run("check", "--format", "json", "--category", wrapped, SIMPLE).stdout)["reports"][0]
        == report
    )
    all_ = run(
        "check", "--category", category, "--seller", "global", "--inventory-types", "cross_border, instock",
        "--suppliers", "239091", "--listing-price", 100, "--now", "2019-12-01 10:00:00", SIMPLE,
    )  # fmt: skip
    assert "7 rules unchecked" in all_.stdout
    assert all_.stderr == "note: some rules were not checked; they need --images\n"
    assert "they need --category, --seller, --inventory-types, --suppliers" in run("check", SIMPLE).stderr


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ([], "facts must be one JSON object"),
        ({"categry": {}}, "no fact named `categry`; did you mean `category`?"),
        ({"suppliers": ["x"]}, "the fact `suppliers` has the wrong type"),
        ({"seller": "mars"}, "the fact `seller` has the wrong type"),
    ],
)
def test_facts_beside_a_payload_are_read_strictly(tmp_path: Path, facts: Any, message: str) -> None:
    payload = written(tmp_path / "one.json", {"price": 1})
    written(tmp_path / "one.facts.json", facts)
    done = run("check", "--as", "tiki/updateSku", payload)
    assert done.exit_code == 2
    assert message in done.stderr


def test_options_count_before_facts_that_lie_beside(tmp_path: Path) -> None:
    payload = written(tmp_path / "one.json", {"price": 1000})
    written(
        tmp_path / "one.facts.json", {"listing_price": 100_000, "now": "2020-01-01 00:00:00", "order": None}
    )
    assert run("check", "--as", "tiki/updateSku", payload).exit_code == 1
    assert run("check", "--as", "tiki/updateSku", "--listing-price", 5000, payload).exit_code == 0


def test_strict_refuses_what_only_warns_and_engines_agree() -> None:
    warned = PRODUCTS / "valid/documented-configurable.json"
    assert run("check", warned).exit_code == 0
    assert run("check", "--strict", warned).exit_code == 1
    by_rust, by_reference = (
        run("check", "--engine", name, "--format", "json", INVALID).stdout
        for name in ("jsonschema-rs", "jsonschema")
    )
    assert by_rust == by_reference


def test_an_exchange_file_is_checked_with_request_and_response(tmp_path: Path) -> None:
    call = {
        "method": "POST",
        "url": "https://api.tiki.vn/integration/v1/products/AO-1/updateSku",
        "status": 200,
        "request_headers": {"Tiki-Api": "", "content-type": "application/json"},
        "request_body": {"price": 0},
        "response_headers": {"content-type": "application/json"},
        "response_body": '{"state": "approved"}',
    }
    path = tmp_path / "call.json"
    path.write_text(json.dumps(call, indent=1))
    done = run("check", "--format", "json", path)
    places = {
        finding["pointer"]: finding["line"] for finding in json.loads(done.stdout)["reports"][0]["findings"]
    }
    lines = path.read_text().splitlines()
    assert '"Tiki-Api"' in lines[places["/request/headers/tiki-api"] - 1]
    assert '"price"' in lines[places["/request/body/price"] - 1]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "an exchange must be one JSON object"),
        ({"url": "x", "status": 200}, "an exchange must have a `method`"),
        (
            {"method": "GET", "url": "x", "sttus": 200},
            "`sttus` is no member of an exchange; known: method, url,",
        ),
        (
            {"method": "GET", "url": "x", "status": "200"},
            "the member `status` of the exchange has the wrong type",
        ),
        (
            {"method": "GET", "url": "https://x.example/nothing"},
            "no operation named `GET https://x.example/nothing`",
        ),
    ],
)
def test_a_bad_exchange_file_is_an_error_that_names_the_member(
    tmp_path: Path, value: Any, message: str
) -> None:
    path = written(tmp_path / "bad.exchange.json", value)
    done = run("check", path)
    assert done.exit_code == 2
    assert message in done.stderr


def test_the_same_as_a_process_from_another_folder(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sellerspec", "check", str(INVALID)],
        capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout == run("check", INVALID).stdout


@pytest.mark.parametrize(
    "words",
    [("check", ""), ("check", "--facts", "", SIMPLE), ("check", "--category", "", SIMPLE),
     ("cassettes", "check", ""), ("serve", "tiki", "--state", "")],
)  # fmt: skip
def test_an_empty_name_is_no_file_and_not_the_folder_of_the_call(
    words: tuple[str | Path, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "product.json").write_bytes(SIMPLE.read_bytes())
    done = run(*words)
    assert (done.exit_code, "is empty; the folder of the call is `.`" in done.stderr) == (2, True)


def test_an_empty_time_is_none() -> None:
    assert run("check", "--now", "", SIMPLE).exit_code == 2
