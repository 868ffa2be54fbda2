"""`list`, `explain`, `requirements`, the help, completion and the settings of a project."""

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import sellerspec
from sellerspec import contract
from sellerspec.cli import COMMANDS, main
from sellerspec.cli.options import operation_keys, rule_ids
from sellerspec.contract import settings
from sellerspec.contract.requirements import requirements
from sellerspec.errors import ParseError
from sellerspec.io import resources
from sellerspec.marketplaces.common import COMMON
from support.command_line import run

PRODUCTS = resources.data_dir("tests/examples") / "tiki/createProduct"


def test_every_listed_command_has_help_and_its_line_is_its_own() -> None:
    shown = run("--help").stdout
    for name, (_, line) in COMMANDS.items():
        assert name in shown
        assert line.partition(" ")[0] in shown
        done = run(name, "--help")
        assert done.exit_code == 0, name
        assert done.stdout.startswith("Usage: ")


def test_version_is_the_packages() -> None:
    assert run("--version").stdout == f"sellerspec, version {sellerspec.__version__}\n"


def test_unknown_command_names_the_nearest() -> None:
    done = run("chek", "x.json")
    assert (done.exit_code, done.stderr) == (2, "error: no command named `chek`; did you mean `check`?\n")
    assert run("list", "ruls").stderr == "error: no command named `ruls`; did you mean `rules`?\n"
    assert run("--nonsense").exit_code == 2


def test_list_rules_as_json_has_all_attributes_of_rules() -> None:
    rows = json.loads(run("list", "rules", "--format", "json").stdout)
    assert [row["id"] for row in rows] == [rule.id for rule in sellerspec.rules()]
    price = next(row for row in rows if row["id"] == "tiki.variant-price")
    assert price == {
        "id": "tiki.variant-price",
        "catalogue": ["V03"],
        "operations": ["tiki/createProduct"],
        "requirement": "a variant has a `price`, an integer above 0",
        "severity": "error",
        "basis": "documented",
        "phase": "sync",
        "source": {"document": "tis-2019", "section": "V.4.3.3", "seen": "2019-11-26"},
        "needs": [],
        "server_text": "variants should have price > 0",
        "status": 422,
        "code": None,
        "hint": None,
        "reads": "body",
        "checkable": True,
        "why_not": "",
        "place": "schemas/tiki-shared/variant.json#/$defs/price",
    }
    assert all(row["why_not"] for row in rows if not row["checkable"])


def test_list_rules_of_one_operation_as_text() -> None:
    lines = run("list", "rules", "tiki/updateSku").stdout.splitlines()
    assert len(lines) == len(sellerspec.rules("tiki/updateSku"))
    assert any(line.startswith("tiki.update-price ") and " error " in line for line in lines)
    assert "did you mean `tiki/updateSku`?" in run("list", "rules", "tiki/updatSku").stderr


def test_list_operations_and_marketplaces() -> None:
    rows = json.loads(run("list", "operations", "--format", "json").stdout)
    assert [row["key"] for row in rows] == [operation.key for operation in sellerspec.operations()]
    assert any(row["webhook"] for row in rows)
    assert "tnsl/orderStatusSync" in run("list", "operations", "tnsl").stdout
    rows = json.loads(run("list", "marketplaces", "--format", "json").stdout)
    assert {row["name"]: row["operations"] for row in rows}["tiki"] == 13


@pytest.mark.parametrize(
    ("id", "when"),
    [
        ("tiki.variant-price", "at once, in the response"),
        ("tiki.images-none", "later, in tracking: accepted first"),
        ("tiki.update-price-floor", "at once, in the response"),
        ("tiki.token-allowed", "at once, in the response"),
        ("tiki.order-item", ""),
        ("tiki.confirm-delivery-echo", ""),
        ("tnsl.status-date", ""),
        ("sellerspec.method", ""),
    ],
)
def test_explain_says_when_a_call_is_refused_and_nothing_of_responses_and_webhooks(
    id: str, when: str
) -> None:
    lines = run("explain", id).stdout.splitlines()
    assert [line for line in lines if line.startswith("  refused ")] == [f"  refused      {when}"] * bool(
        when
    )


def test_explain_shows_what_violates_a_rule_and_what_satisfies_it() -> None:
    page = run("explain", "tiki.variant-price").stdout
    assert "server text  variants should have price > 0" in page
    assert "Tiki Integration System guideline v1, tis-2019 section V.4.3.3, seen 2019-11-26" in page
    violates, satisfies = page.split("  satisfies it: ")
    assert '"price": 0,' in violates
    assert "/variants/1/price: `price` must be an integer greater than 0, got 0" in violates
    assert '"price": 0,' not in satisfies
    value = json.loads(run("explain", "tiki.variant-price", "--format", "json").stdout)
    assert {"violates": "tiki/createProduct/invalid/tiki.variant-price.json",
            "satisfies": "tiki/createProduct/valid/tiki.variant-price.json"} in value["examples"]  # fmt: skip


@pytest.mark.no_cover
def test_every_rule_can_be_explained_and_shows_a_violation_where_it_has_examples() -> None:
    from sellerspec.explanations.pages import rule_page

    without = []
    for id in [*(rule.id for rule in sellerspec.rules()), *(rule.id for rule in COMMON)]:
        page = rule_page(id)
        assert page.lines[0] == id
        if page.value["examples"] and not any("|" in line for line in page.lines):
            without.append(id)
    assert without == []


def test_explain_knows_what_has_no_example_and_what_is_a_bare_shape() -> None:
    assert "No example is kept for this rule." in run("explain", "sellerspec.method").stdout
    assert "not checked  " in run("explain", "tiki.rate-limit").stdout
    key = "tiki/updateSku"
    bare = contract.validator.fallback("tiki", "updateSku", contract.operation(key).operation.source).id
    assert "the value has the shape that the spec gives it" in run("explain", bare).stdout


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tiki/updateSku", "call         POST /{version}/products/{sku}/updateSku"),
        ("tnsl/createOrder", "assumed: no document states it"),
        ("tnsl/orderStatusSync", "webhook, called by the marketplace"),
        ("tiki/createProduct", "then         getTracking"),
        ("A064", "taken: two lists; `dropship` as an inventory type is warned about, not refused"),
        ("V03", "tiki.variant-price"),
    ],
)
def test_explain_an_operation_a_discrepancy_and_a_catalogue_id(name: str, text: str) -> None:
    done = run("explain", name)
    assert done.exit_code == 0
    assert text in done.stdout
    assert json.loads(run("explain", name, "--format", "json").stdout)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tiki.variant-prize", "no rule named `tiki.variant-prize`; did you mean `tiki.variant-price`?"),
        ("tiki/updatSku", "no operation named `tiki/updatSku`; did you mean `tiki/updateSku`?"),
        ("A999", "no code, catalogue id or discrepancy named `A999`; did you mean `A099`?"),
    ],
)
def test_explain_an_unknown_name_gives_the_nearest(name: str, text: str) -> None:
    done = run("explain", name)
    assert (done.exit_code, done.stderr) == (2, f"error: {text}\n")


BODIED = [
    operation.key
    for operation in sellerspec.operations()
    if (request := contract.operation(operation.key).spec.request) is not None and request.schema is not None
]


@pytest.mark.parametrize(
    "key",
    # coverage is measured for every fourth: all of them run the same lines
    [pytest.param(key, marks=[pytest.mark.no_cover] if at % 4 else []) for at, key in enumerate(BODIED)],
)
def test_the_minimal_payload_passes_and_nothing_can_be_left_out(key: str) -> None:
    needed = requirements(key)
    assert needed.minimal is not None
    report = sellerspec.check(key, needed.minimal)
    assert report.ok
    known = {(finding.rule, finding.severity) for finding in report.findings}
    for name in needed.minimal:
        less = {other: value for other, value in needed.minimal.items() if other != name}
        assert {
            (finding.rule, finding.severity) for finding in sellerspec.check(key, less).findings
        } - known, name


def test_requirements_say_what_is_needed_always_and_when() -> None:
    members = {member.path: member for member in requirements("tiki/createProduct").members}
    assert members["variants[].price"].required
    assert members["variants[].price"].limits[0] == "more than 0"
    assert "tiki.variant-price" in members["variants[].price"].rules
    assert not members["variants[].option2"].required
    assert members["variants[].option2"].when == ("`option_attributes` has at least 2 items",)
    assert not members["market_price"].required
    assert not members["market_price"].when
    shown = run("requirements", "tiki/createProduct").stdout
    assert "      if `option_attributes` has at least 2 items\n" in shown


def test_requirements_with_a_category_ask_for_its_attributes(tmp_path: Path) -> None:
    attributes = [
        {"id": 1, "code": "weight_class", "is_required": 1},
        {"id": 2, "code": "colour", "is_required": 0},
    ]
    category = {"id": 77, "name": "Scales", "primary": 1, "attributes": attributes}
    path = tmp_path / "category.json"
    path.write_text(json.dumps(category))
    done = run("requirements", "tiki/createProduct", "--category", path, "--format", "json")
    needed = json.loads(done.stdout)
    added = next(member for member in needed["members"] if member["path"] == "attributes.weight_class")
    assert (added["required"], added["rules"]) == (True, ["tiki.attribute-required"])
    assert list(needed["minimal"]["attributes"]) == ["weight_class"]
    assert needed["minimal"]["category_id"] == 77
    facts = sellerspec.Facts(category=category)
    assert sellerspec.check("tiki/createProduct", needed["minimal"], facts=facts).findings == ()


@pytest.mark.no_cover
def test_requirements_take_every_saved_response(tmp_path: Path) -> None:
    path = tmp_path / "category.json"
    path.write_text(json.dumps({"id": 1846, "primary": 0, "attributes": []}))
    order, warehouses = tmp_path / "order.json", tmp_path / "warehouses.json"
    order.write_text("{}")
    warehouses.write_text("[]")
    done = run(
        "requirements", "tiki/createProduct", "--category", path, "--order", order, "--warehouses", warehouses
    )
    assert done.exit_code == 0
    assert "a minimal payload:" in done.stdout  # another category is only warned about


def test_completion_offers_operations_and_rules() -> None:
    context = click.Context(main)
    parameter = click.Argument(["x"])
    assert [key.value for key in operation_keys(context, parameter, "tiki/updateS")] == ["tiki/updateSku"]
    assert [id_.value for id_ in rule_ids(context, parameter, "tiki.variant-pri")] == ["tiki.variant-price"]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("explain tiki.variant-pri", ["tiki.variant-price"]),
        ("explain tiki/updateS", ["tiki/updateSku"]),
        ("fuzz t", ["tiki", "tiki-v2", "tnsl", "tokopedia", "tnsl/orderStatusSync",
                    "tokopedia/orderNotification", "tokopedia/orderStatus",
                    "tokopedia/tokocabangOrderNotification"]),
        ("list operations ti", ["tiki", "tiki-v2"]),
        ("list rules tiki/updateS", ["tiki/updateSku"]),
        ("list defects to", ["tokopedia"]),
        ("template tiki/updateS", ["tiki/updateSku"]),
        ("serve tn", ["tnsl"]),
        ("check --format sa", ["sarif"]),
    ],
)  # fmt: skip
def test_a_shell_is_offered_what_fits(typed: str, offered: list[str]) -> None:
    words = ["sellerspec", *typed.split()]
    offer = CliRunner().invoke(
        main, prog_name="sellerspec",
        env={"_SELLERSPEC_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(words),
             "COMP_CWORD": str(len(words) - 1)},
    ).stdout  # fmt: skip
    assert sorted(line.partition(",")[2] for line in offer.splitlines()) == sorted(offered)


def project(tmp_path: Path, text: str) -> Path:
    (tmp_path / "pyproject.toml").write_text(text)
    inner = tmp_path / "src/inner"
    inner.mkdir(parents=True)
    return inner


def test_settings_are_read_from_the_project_around(tmp_path: Path) -> None:
    inner = project(
        tmp_path,
        '[tool.sellerspec]\nstrict = true\noverlays = ["fix.yaml"]\ninventory-types = ["instock"]\n'
        'suppliers = [1]\nseller = "vietnam"\n',
    )
    assert settings.read(inner) == settings.Settings(
        strict=True,
        overlays=(str(tmp_path / "fix.yaml"),),
        inventory_types=("instock",),
        suppliers=(1,),
        seller="vietnam",
        file=str(tmp_path / "pyproject.toml"),
    )


@pytest.mark.parametrize("text", ["", "[tool.other]\nx = 1\n", "# sellerspec\n[tool]\n"])
def test_a_project_without_our_table_has_no_settings(tmp_path: Path, text: str) -> None:
    assert settings.read(project(tmp_path, text)) == settings.Settings()


def test_settings_of_a_call_can_be_overruled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warned = (PRODUCTS / "valid/documented-configurable.json").resolve()
    monkeypatch.chdir(project(tmp_path, "[tool.sellerspec]\nstrict = true\n"))
    assert run("check", warned).exit_code == 1
    assert run("check", "--no-strict", warned).exit_code == 0


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("[tool.sellerspec]\nstrickt = 1\n", ParseError, "named `strickt`; did you mean `strict`?"),
        (
            "[tool.sellerspec]\nstrict = 1\n",
            ParseError,
            "[tool.sellerspec] `strict` must be true or false, got the number 1",
        ),
        ("[tool.sellerspec]\nsuppliers = [true]\n", ParseError, "`suppliers[0]` must be an integer"),
        ('[tool]\nsellerspec = "x"\n', ParseError, "`tool.sellerspec` is not a table"),
        ("[tool.sellerspec\n", ParseError, "not TOML: "),
    ],
)  # fmt: skip
def test_bad_settings_name_the_file_and_the_setting(
    tmp_path: Path, text: str, error: type[Exception], message: str
) -> None:
    inner = project(tmp_path, text)
    with pytest.raises(error) as caught:
        settings.read(inner)
    assert str(caught.value).startswith(str(tmp_path / "pyproject.toml"))
    assert message in str(caught.value)


DEEP = 200_000


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tool.sellerspec = [1]", "`tool.sellerspec` is not a table"),
        ("tool.sellerspec = 'text'", "`tool.sellerspec` is not a table"),
        ("tool.sellerspec = 5", "`tool.sellerspec` is not a table"),
        ("tool = 'sellerspec'", ""),
        (f"tool.sellerspec.suppliers = {'[' * DEEP}{']' * DEEP}", "not TOML: nested deeper than 100 levels"),
        (f"tool.sellerspec.suppliers = {'[' * 150}{']' * 150}", "it is nested deeper than 100 levels"),
        (f"tool.sellerspec.{'a.' * DEEP}b = 1", "not TOML: a line has more than 10,000 dots"),
        (f"tool.sellerspec.suppliers = [{'9' * 5000}]", "not TOML: Exceeds the limit"),
        (f"tool.sellerspec.suppliers = [{'9' * 50}]", "[tool.sellerspec] `suppliers[0]` must "),
        ("tool.sellerspec.suppliers = [-1]", "[tool.sellerspec] `suppliers[0]` must "),
        ("tool.sellerspec.strict = inf", "[tool.sellerspec] `strict` must be "),
        ("tool.sellerspec.strict = 2027-01-31", "[tool.sellerspec] `strict` must be "),
        ("tool.sellerspec.overlays = 'fix.yaml'", "[tool.sellerspec] `overlays` must "),
        ('tool.sellerspec.overlays = ["a\\u0000b"]', "[tool.sellerspec] `overlays[0]` must "),
        ("tool.sellerspec.seller = 'martian'", "[tool.sellerspec] `seller` must "),
        ("tool.sellerspec.waivers = 5", "[tool.sellerspec] `waivers` must "),
        ("tool.sellerspec.pytest.strict = true", "no setting named `pytest`"),
        ("tool.sellerspecs.strict = true", "[tool.sellerspecs] is not read; did you mean [tool.sellerspec]?"),
        ("tool.seller-spec.strict = true", "[tool.seller-spec] is not read; did you mean"),
        ("tool.SellerSpec.strict = true", "[tool.SellerSpec] is not read; did you mean"),
        ("tools.sellerspec.strict = true", "[tools.sellerspec] is not read; did you mean"),
        ("sellerspec.strict = true", "[sellerspec] is not read; did you mean"),
        ("tool.seller.strict = true\ntool.sellerspec-house-rules.a = 1", ""),
        (
            "tool.sellerspec = {inventory-types = [], inventory_types = []}",
            "`inventory_types` is given twice",
        ),
    ],
    ids=lambda text: text[:60],
)
def test_E2_settings_of_wrong_types_are_an_error_with_their_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    monkeypatch.chdir(project(tmp_path, text))
    result = run("check", "--as", "tiki/createProduct", "-", stdin="{}")
    if not message:
        assert result.exit_code == 1
        return
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error: {tmp_path / 'pyproject.toml'}: ")
    assert message in result.stderr


def test_settings_that_are_no_text_are_refused_and_no_file_is_none(tmp_path: Path) -> None:
    inner = project(tmp_path, "")
    (tmp_path / "pyproject.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ParseError, match="not UTF-8"):
        settings.read(inner)
    assert settings.find(Path("/")) is None
    assert settings.read(Path("/")) == settings.Settings()
