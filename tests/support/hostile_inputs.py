"""Make hostile input from a seed: files, options, settings and requests that nobody sane writes.

Each trial is one run of the command line in a folder of its own. It starts from a good file of this
repository, or from nothing, and is spoiled in one to four ways.
"""

import copy
import csv
import gzip
import io
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import click
import yaml

from sellerspec.cli import main
from support.examples import examples

ROOT = Path(__file__).resolve().parents[2]
CREATE = "tiki/createProduct"

Chance = random.Random


@dataclass(frozen=True)
class Trial:
    """One run of the command line."""

    family: str
    arguments: tuple[str, ...]
    files: dict[str, bytes] = field(default_factory=dict)
    """Name -> content, written into the folder in which the command runs."""

    stdin: bytes = b""


ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1e308, -0.0, 10**400, 0.1, "", " ", "\x00", "\u200b", "x" * 5000, "\ud800",
    "\N{RIGHT-TO-LEFT OVERRIDE}a", "=1+1", "<script>", "%00", "http://[", "https://\u2100.com", "//" * 500,
    "2024-02-30", "\x1b[31m", [], {}, [[]], [None], {"": ""}, {"$ref": "#"}, {"$ref": "/etc/hostname"},
    [[[[[[[[]]]]]]]], {"a": {"a": {"a": {"a": {}}}}}, list(range(300)),
)  # fmt: skip
"""Values that take the place of others."""

SCALARS = (
    b"0x", b"0b", b"9" * 5000, b"0x" + b"f" * 3000, b"~", b"null", b".nan", b"-.inf",
    b"!!python/object:os.x {}",
    b"!!binary x", b"&a [*a]", b"2001-01-01", b"1:2:3", b"<<: 1", b"? [a]", b"'", b"|\n  x", b"{", b"]",
    b"%TAG",
    b"\xff\xfe", b"\xef\xbb\xbf", b"\x00", b"\t", b"NaN", b"Infinity", b"1e999", b"\\ud800", b"\r", b"=",
    b",,,",
)  # fmt: skip
"""Pieces of text that take the place of others."""


def spoiled(chance: Chance, value: Any) -> Any:
    """Return a value with one to four places changed, removed, repeated or given another key."""
    value = json.loads(json.dumps(value))
    for _ in range(chance.randint(1, 4)):
        places = list(_places(value))
        if not places:
            return copy.deepcopy(chance.choice(ODD))
        holder, key = chance.choice(places)
        way = chance.randrange(5)
        if way == 0:
            del holder[key]
        elif way == 1 and isinstance(holder, dict):
            holder[chance.choice(["", "\x00", "$ref", "x" * 3000, "a\nb", "__proto__", "~1/"])] = holder[key]
        elif way == 2 and isinstance(holder, list):
            holder.extend([holder[key]] * chance.choice([1, 50, 2000]))
        else:
            holder[key] = copy.deepcopy(chance.choice(ODD))
    return value


def _places(value: Any) -> Any:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(pairs):
        yield value, key
        yield from _places(inner)


def torn(chance: Chance, content: bytes) -> bytes:
    """Return bytes that are cut, flipped, repeated, or have a piece of odd text."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(content) + 1)
        end = min(len(content), at + chance.choice([0, 1, 3, 40, 400]))
        way = chance.randrange(5)
        if way == 0:
            content = content[:at]
        elif way == 1 and at < len(content):
            content = content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :]
        elif way == 2:
            content = content[:end] + content[at:end] * chance.choice([1, 30]) + content[end:]
        else:
            content = content[:at] + chance.choice(SCALARS) + content[end:]
    return content


def json_text(value: Any) -> bytes:
    """Return JSON, lone surrogates escaped."""
    return json.dumps(value, ensure_ascii=True).encode()


def either(chance: Chance, value: Any, write: Callable[[Any], bytes] = json_text) -> bytes:
    """Return a value spoiled as a value, or its text torn."""
    return write(spoiled(chance, value)) if chance.random() < 0.6 else torn(chance, write(value))


def yaml_text(value: Any) -> bytes:
    """Return YAML of any JSON value."""
    text = yaml.safe_dump(value, allow_unicode=False)
    return text.encode("utf-8", "surrogatepass")


@cache
def _payloads() -> list[tuple[str, Any]]:
    return [(one.operation, one.value()) for one in examples() if not one.is_exchange][::7]


@cache
def _exchanges() -> list[Any]:
    return [one.value() for one in examples() if one.is_exchange][::7]


@cache
def _cassettes() -> list[Any]:
    paths = sorted((ROOT / "cassettes").rglob("*.yaml"))[::9]
    return [yaml.safe_load(path.read_text()) for path in paths]


@cache
def _specs() -> list[Any]:
    return [yaml.safe_load((ROOT / "openapi" / f"{name}.yaml").read_text()) for name in ("tnsl", "tokopedia")]


OVERLAY = {
    "overlay": "1.0.0",
    "info": {"title": "ours", "version": "1"},
    "x-marketplace": "tiki",
    "actions": [
        {"target": "$.paths", "update": {"/x": {}}},
        {"target": "$.x-rules['tiki.variant-price']", "update": {"severity": "warning"}},
        {"target": "$.paths['/orders'].get.parameters[0]", "remove": True},
    ],
}
HAR = {
    "log": {
        "version": "1.2",
        "entries": [
            {
                "request": {
                    "method": "POST", "url": "https://api.tiki.vn/integration/v1/requests", "headers": [],
                    "postData": {"mimeType": "application/json", "text": "{\"a\": 1}"},
                },
                "response": {
                    "status": 200, "statusText": "OK", "headers": [{"name": "content-type",
                    "value": "text/html"}],
                    "content": {"mimeType": "text/html", "text": "PGI+", "encoding": "base64"},
                },
            }
        ],
    }
}  # fmt: skip
SETTINGS = """[tool.sellerspec]
marketplace = "tiki"
overlays = []
strict = true
keep = ["note"]
"""
FACTS = {
    "category": {"id": 1, "attributes": []},
    "order": {"status": "queueing"},
    "now": "2024-01-01 00:00:00",
}
ROWS = [["name", "sku", "price", "quantity"], ["Áo", "A-1", "1000", "5"], ["Nồi", "00123", "1,500", ""]]


def payload(chance: Chance) -> Trial:
    operation, value = chance.choice(_payloads())
    name = chance.choice(["x.json", "x y.json", "\u202ex.json", "x" * 200 + ".json"])
    form = chance.choice(["text", "json", "sarif", "junit", "html", "markdown", "github"])
    options = chance.choice([[], ["--strict"], ["--format", form], ["--as", operation], ["--output", "out"]])
    return Trial("payload", ("check", *options, name), {name: either(chance, value)})


def exchange(chance: Chance) -> Trial:
    return Trial("exchange", ("check", "x.json"), {"x.json": either(chance, chance.choice(_exchanges()))})


def cassette(chance: Chance) -> Trial:
    content = either(chance, chance.choice(_cassettes()), yaml_text)
    command = chance.choice(
        [("check",), ("coverage",), ("doctor",), ("scrub",), ("check", "--format", "html"), ("check",
        "-m", "tiki")]
    )  # fmt: skip
    return Trial("cassette", ("cassettes", *command, "x.yaml"), {"x.yaml": content})


def drift(chance: Chance) -> Trial:
    value = chance.choice(_cassettes())
    files = {"old/x.yaml": yaml_text(value), "new/x.yaml": either(chance, value, yaml_text)}
    return Trial("drift", ("cassettes", "drift", "old", "new"), files)


def har(chance: Chance) -> Trial:
    return Trial("har", ("cassettes", "convert", "x.har", "x.yaml"), {"x.har": either(chance, HAR)})


def overlay(chance: Chance) -> Trial:
    operation, value = chance.choice([pair for pair in _payloads() if pair[0].startswith("tiki/")])
    files = {"o.yaml": either(chance, OVERLAY, yaml_text), "p.json": json_text(value)}
    command = chance.choice(
        [("check", "--overlay", "o.yaml", "--as", operation, "p.json"), ("specs", "bundle", "tiki",
        "--overlay", "o.yaml")]
    )  # fmt: skip
    return Trial("overlay", command, files)


def spec(chance: Chance) -> Trial:
    content = either(chance, chance.choice(_specs()), yaml_text)
    command = chance.choice([("lint", "x.yaml"), ("bundle", "x.yaml"), ("diff", "tnsl", "x.yaml")])
    return Trial("spec", ("specs", *command), {"x.yaml": content})


def settings(chance: Chance) -> Trial:
    files = {"pyproject.toml": torn(chance, SETTINGS.encode()), "p.json": b"{}"}
    if chance.random() < 0.5:
        odd = chance.choice(
            ["[]", "1", '"x"', "{a = {b = 1}}", "[[1]]", "true", "9" * 5000, '"\\u0000"', "nan"]
        )
        key = chance.choice(["overlays", "marketplace", "strict", "keep", "waivers", "nothing"])
        files["pyproject.toml"] = f"[tool.sellerspec]\n{key} = {odd}\n".encode()
    return Trial("settings", ("check", "--as", CREATE, "p.json"), files)


def facts(chance: Chance) -> Trial:
    operation, value = chance.choice(_payloads())
    files = {"f.json": either(chance, FACTS), "p.json": json_text(value)}
    return Trial("facts", ("check", "--as", operation, "--facts", "f.json", "p.json"), files)


def table(chance: Chance) -> Trial:
    rows = [[chance.choice([cell, cell, cell, str(chance.choice(ODD)), ""]) for cell in row] for row in ROWS]
    text = io.StringIO()
    csv.writer(text, delimiter=chance.choice(",;\t")).writerows(rows)
    content = text.getvalue().encode("utf-8", "backslashreplace")
    if chance.random() < 0.5:
        content = torn(chance, content)
    return Trial("table", ("check", "--as", CREATE, "x.csv"), {"x.csv": content})


def workbook(chance: Chance) -> Trial:
    import openpyxl

    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    content = torn(chance, out.getvalue()) if chance.random() < 0.8 else out.getvalue()
    name = chance.choice(["x.xlsx", "x.xlsm"])
    return Trial("workbook", ("check", "--as", CREATE, name), {name: content})


def catalogue(chance: Chance) -> Trial:
    lines = [
        either(chance, value).replace(b"\n", b" ") for operation, value in _payloads() if operation == CREATE
    ]
    content = b"\n".join(chance.choices(lines, k=chance.randint(0, 30)))
    name = chance.choice(["x.jsonl", "x.jsonl.gz", "x.jsonl.zst"])
    if name.endswith(".gz"):
        content = gzip.compress(content)
        content = torn(chance, content) if chance.random() < 0.5 else content
    options = chance.choice([[], ["--output", "out.jsonl"], ["--accepted", "ok.jsonl"], ["--workers", "2"]])
    return Trial("catalogue", ("check", "--as", CREATE, *options, name), {name: content})


WORDS = (
    "", " ", "-", "--", "-1", "0", "9" * 5000, "1e999", "nan", "x" * 300, "\u202e", "tiki", "tikki", "tiki/",
    "tiki/createProduct", "/", "a/b/c", "..", "/dev/null", "/dev/zero", "/dev/full", "/proc/self/mem",
    "none.json",
    "x.json", "http://[", "K: V", "a=b", "text", "json", "99999999999", "*", "[", "tiki.variant-price",
)  # fmt: skip
NEVER = {"serve", "demo", "fuzz", "generate"}
"""Commands that listen, send, or write as much as they are told."""


@cache
def _commands() -> list[tuple[tuple[str, ...], list[str]]]:
    found: list[tuple[tuple[str, ...], list[str]]] = []

    def walk(command: click.Command, path: tuple[str, ...]) -> None:
        if isinstance(command, click.Group):
            for name in command.list_commands(click.Context(command)):
                inner = command.get_command(click.Context(command), name)
                if inner is not None and name not in NEVER:
                    walk(inner, (*path, name))
            return
        names = [
            option for parameter in command.params for option in parameter.opts if option.startswith("-")
        ]
        found.append((path, names))

    walk(main, ())
    return found


def options(chance: Chance) -> Trial:
    path, names = chance.choice(_commands())
    arguments = [*path]
    for _ in range(chance.randint(0, 3)):
        arguments.append(chance.choice(names or [""]))
        if chance.random() < 0.7:
            arguments.append(chance.choice(WORDS))
    arguments += chance.choices(WORDS, k=chance.randint(0, 2))
    return Trial("options", tuple(arguments), {"x.json": b"{}"}, stdin=b"{}")


FAMILIES: tuple[Callable[[Chance], Trial], ...] = (
    payload, exchange, cassette, drift, har, overlay, spec, settings, facts, table, workbook, catalogue,
    options,
)  # fmt: skip


def trial(seed: int) -> Trial:
    """Return the trial of a seed: the families take turns."""
    return FAMILIES[seed % len(FAMILIES)](Chance(seed))
