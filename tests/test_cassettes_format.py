"""Cassettes as files: read strictly, with places, and written as vcrpy writes them."""

import json
from pathlib import Path

import pytest
import vcr
import yaml
from vcr.persisters.filesystem import FilesystemPersister
from vcr.serializers import jsonserializer, yamlserializer

from sellerspec import Exchange
from sellerspec.cassettes import files
from sellerspec.cassettes.files import Origin, Recorded
from sellerspec.cassettes.files.reading import TAGS
from sellerspec.cassettes.open_types import changed_types, places
from sellerspec.errors import ParseError
from sellerspec.io import yaml_text
from sellerspec.io.pointers import item_pointer
from sellerspec.values import json_type

GOOD = """\
interactions:
- request:
    body: null
    headers:
      Accept:
      - '*/*'
      X-Twice:
      - a
      - b
    method: get
    uri: https://api.tiki.vn/integration/v1/orders
  response:
    body:
      string: '{"a": 1}'
    headers: {}
    sellerspec:
      at: '2026-01-31T12:00:00Z'
      from: sandbox
      operation: tiki/listOrders
      refused_for:
      - tiki.orders-limit /request/query/limit
      spec: tiki v1
      types:
        /response/body/a: integer
      dropped:
      - request body (5 bytes of image/png)
    status:
      code: 200
      message: OK
- request: {body: !!binary "/wA=", headers: {}, method: POST, uri: 'https://a.example/'}
  response: {body: {string: ''}, headers: {}, status: {code: 204, message: No Content}}
version: 1
"""


def test_a_cassette_is_read_with_the_place_and_the_origin_of_each_exchange(tmp_path: Path) -> None:
    path = tmp_path / "good.yaml"
    path.write_text(GOOD)
    first, second = files.read(path).exchanges
    assert first.exchange == Exchange(
        "GET",
        "https://api.tiki.vn/integration/v1/orders",
        200,
        request_headers={"Accept": "*/*", "X-Twice": "a, b"},
        response_body=b'{"a": 1}',
    )
    assert first.origin == Origin(
        "2026-01-31T12:00:00Z",
        "sandbox",
        "tiki v1",
        "tiki/listOrders",
        ("tiki.orders-limit /request/query/limit",),
        {"/response/body/a": "integer"},
        ("request body (5 bytes of image/png)",),
    )
    assert (first.place, second.place) == (f"{path}:2", f"{path}:30")
    assert second.exchange.request_body == b"\xff\x00"
    assert second.origin == Origin()


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_what_we_write_vcrpy_loads_and_saves_again_to_the_byte(tmp_path: Path, form: str) -> None:
    exchanges = files.read_text(GOOD).exchanges[: 1 if form == "json" else 2]
    path = tmp_path / f"a.{form}"
    files.write(path, exchanges, metadata={"note": "kept"})
    before = path.read_bytes()
    serializer = yamlserializer if form == "yaml" else jsonserializer
    requests, responses, metadata = FilesystemPersister.load_cassette(str(path), serializer)
    again = {"requests": requests, "responses": responses, "metadata": metadata}
    FilesystemPersister.save_cassette(str(path), again, serializer)
    assert path.read_bytes() == before
    assert files.read(path).metadata == {"note": "kept"}
    read = [(exchange.exchange, exchange.origin) for exchange in files.read(path).exchanges]
    assert read == [(exchange.exchange, exchange.origin) for exchange in exchanges]


def test_plain_vcrpy_replays_what_we_write(tmp_path: Path) -> None:
    import httpx

    exchange = Exchange(
        "GET",
        "http://shop.example/a",
        200,
        response_headers={"content-type": "text/plain"},
        response_body=b"hello",
    )
    files.write(tmp_path / "a.yaml", [Recorded(exchange, Origin("2026-01-01T00:00:00Z", "live", "tiki v1"))])
    with vcr.use_cassette(str(tmp_path / "a.yaml"), record_mode="none"):
        assert httpx.get("http://shop.example/a", trust_env=False).text == "hello"


def test_plain_scalars_are_read_as_pyyaml_reads_them_but_what_json_has_not_stays_text() -> None:
    for text in ["1", "-0x1F", "017", "1_000", "1.5", "1:30", "true", "No", "~", "null", "word", "+12", ""]:
        assert yaml_text.load(f"a: {text}\n")[0] == yaml.safe_load(f"a: {text}\n"), text
    for text in ("=", ".inf", "-.INF", ".nan", "2026-01-31"):
        assert yaml_text.load(f"a: {text}\n")[0] == {"a": text}
    assert yaml_text.load("- !!str 1\n- !!int 3\n- !!python/tuple [4]", tags=TAGS)[0] == ["1", 3, [4]]


def test_what_vcrpy_itself_writes_for_buffered_bodies_is_understood() -> None:
    text = GOOD.replace(
        "body: null",
        'body: !!python/object/new:_io.BytesIO {state: !!python/tuple [!!binary "YWI=", 0, null]}',
    )
    assert files.read_text(text).exchanges[0].exchange.request_body == b"ab"
    text = GOOD.replace(
        "body: null", "body: !!python/object/new:_io.BytesIO {state: !!python/tuple ['ab', 0, null]}"
    )
    assert files.read_text(text).exchanges[0].exchange.request_body == b"ab"
    assert (
        files.read_text(GOOD.replace("body: null", "body: [a, b]")).exchanges[0].exchange.request_body
        == b"ab"
    )


def test_a_few_aliases_are_understood() -> None:
    text = GOOD.replace("headers: {}, method", "headers: &none {}, method").replace(
        "headers: {}, status", "headers: *none, status"
    )
    assert len(files.read_text(text).exchanges) == 2


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{this}: &{this} [{','.join(['*' + that] * 9)}]\n"
    for that, this in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "x.yaml:1:1: empty: a cassette has `interactions` and `version: 1`"),
        (" \n", "x.yaml:1:1: empty: a cassette has `interactions` and `version: 1`"),
        ("# nothing\n", "x.yaml:1:1: empty: a cassette has `interactions` and `version: 1`"),
        ("[1]", "x.yaml:1:1: no cassette: there is no list `interactions`"),
        (
            "http_interactions: []",
            "x.yaml: a cassette of another tool; `sellerspec cassettes convert` reads it",
        ),
        ("interactions: 5\nversion: 1", "x.yaml:1:1: no cassette: `interactions` is not a list"),
        ("interactions: []", "x.yaml: no `version: 1`, which vcrpy writes last: the file is cut off"),
        ("interactions: []\nversion: 2", "x.yaml: its `version` is not 1, the only one that vcrpy writes"),
        (GOOD[:300], "x.yaml: no `version: 1`, which vcrpy writes last: the file is cut off"),
        (GOOD[: GOOD.index(": 1}")], "x.yaml:14:20: not YAML: found unexpected end of stream"),
        (GOOD.replace("method: get\n", ""), None),
        (
            GOOD.replace("    method: get\n", ""),
            "x.yaml:2:1: exchange 0 is not of vcrpy's form: `/request/method` is missing",
        ),
        (
            GOOD.replace("uri: https://api.tiki.vn/integration/v1/orders", "uri: 5"),
            "x.yaml:2:1: exchange 0 is not of vcrpy's form: `/request/uri` must be a text, got an integer",
        ),
        (
            GOOD.replace("code: 204", "code: x"),
            "x.yaml:30:1: exchange 1 is not of vcrpy's form: `/response/status/code` must be an integer,"
            " got a text",
        ),
        (
            GOOD.replace("body: null", "body: {a: 1}"),
            "x.yaml:2:1: exchange 0 is not of vcrpy's form: a body must be a text or bytes, got an object",
        ),
        (
            GOOD.replace("from: sandbox", "from: mars"),
            "x.yaml:2:1: exchange 0 is not of vcrpy's form: `/response/sellerspec/from` is `mars`, not one"
            " of live, sandbox, documentation",
        ),
        (
            "version: 1\n"
            "interactions: [{request: {method: A, uri: b}, response: {status: {code: 200}, sellerspec: 5}}]",
            "x.yaml:2:1: exchange 0 is not of vcrpy's form: `/response/sellerspec` must be an object,"
            " got an integer",
        ),
        (
            "a: !!python/object/apply:os.system ['true']",
            "x.yaml:1:4: the tag `!!python/object/apply:os.system` is not allowed",
        ),
        (
            "a: !!python/name:os.system x",
            "x.yaml:1:4: the tag `!!python/name:os.system` is not allowed",
        ),
        ("a: !mine x", "x.yaml:1:4: the tag `!mine` is not allowed"),
        (
            "a: !!python/object/new:_io.BytesIO {state: 5}",
            "x.yaml:1:4: not a value of the tag `!!python/object/new:_io.BytesIO`",
        ),
        ("a: !!binary '*'", "x.yaml:1:4: not a value of the tag `!!binary`"),
        ("a: 1\na: 2", "x.yaml:2:1: the member `a` is given twice"),
        ("? [1]\n: 2", "x.yaml:1:5: a member's name is a list or a mapping"),
        ("a: 1\n---\nb: 2", "x.yaml:2:1: a second document begins"),
        ("[" * 200 + "]" * 200, "x.yaml:1:101: nested deeper than 100 levels"),
        ("a: \x00", None),
        (BOMB, "x.yaml: with its aliases expanded it has more than 2,000,000 values"),
        ("a: &a [*a]", "x.yaml: an alias refers to a value that contains it"),
    ],
)
def test_a_broken_or_hostile_file_is_an_error_with_its_place_and_never_an_empty_cassette(
    tmp_path: Path, text: str, expected: str | None
) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(ParseError) as caught:
        files.read(path)
    if expected is not None:
        assert str(caught.value).replace(f"{tmp_path}/", "") == expected


def test_files_that_are_not_text_too_large_missing_or_no_json_are_errors(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: 1\nb: \xff")
    with pytest.raises(ParseError, match=r"x.yaml:2:4: not UTF-8: byte 0xff"):
        files.read(path)
    with pytest.raises(ParseError, match="9 bytes, at most 5 are read"):
        files.read(path, most=5)
    with pytest.raises(ParseError, match="no such file"):
        files.read(tmp_path / "none.yaml")
    with pytest.raises(ParseError, match="there is no such file or folder"):
        list(files.find([tmp_path / "none"]))
    broken = tmp_path / "x.json"
    broken.write_text('{"interactions": [')
    with pytest.raises(ParseError, match=r"x.json:1:\d+: not JSON"):
        files.read(broken)


def test_a_folder_gives_its_cassettes_sorted_and_a_json_text_is_known_by_its_brace(tmp_path: Path) -> None:
    for name in ("b.yml", "a.json", "c/d.yaml", "e.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    names = [file.relative_to(tmp_path).as_posix() for file in files.find([tmp_path])]
    assert names == ["a.json", "b.yml", "c/d.yaml"]
    text = json.dumps(yaml.safe_load(GOOD.replace('!!binary "/wA="', "x")))
    assert [exchange.place for exchange in files.read_text(text, name="a").exchanges] == ["a#0", "a#1"]


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.json"
    with pytest.raises(TypeError):
        files.write(path, [Recorded(Exchange("GET", "http://a.example", 200, response_body=b"\xff"))])
    assert not path.exists()
    files.write(path, [Recorded(Exchange("GET", "http://a.example", 799))])
    assert json.loads(path.read_text())["interactions"][0]["response"]["status"] == {
        "code": 799,
        "message": "",
    }
    assert [file.name for file in Path(path.parent).iterdir()] == ["a.json"]


def test_types_are_compared_place_by_place() -> None:
    value = {"a": [{"b": 1}, {"b": "x"}], "c": {"d/e": None}, "f": [1.5, True]}
    assert [(item_pointer(path), json_type(member)) for path, member in places(value)][-3:] == [
        ("/f", "array"),
        ("/f/*", "number"),
        ("/f/*", "boolean"),
    ]
    assert list(changed_types(value, "/a/*/b", "integer")) == [(("a", 1, "b"), "string")]
    assert list(changed_types(value, "/a/1/b", "integer null")) == [(("a", 1, "b"), "string")]
    assert list(changed_types(value, "/c/d~1e", "null")) == []
    assert list(changed_types(value, "/a/7/b", "null")) == list(changed_types(value, "/x/y", "null")) == []
    assert list(changed_types(value, "/f/1/b", "null")) == []
