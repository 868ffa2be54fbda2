"""What a generated catalogue is made of: the rules' own examples, each with room for a number."""

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import orjson

from sellerspec import contract
from sellerspec.bulk.keys import keys_for
from sellerspec.contract.examples import Example, examples
from sellerspec.errors import UsageError
from sellerspec.io.strict import decode
from sellerspec.marketplaces.common import IMAGE_ONCE, LINE_READABLE, OPTIONS_ONCE, SKU_ONCE
from sellerspec.model import NO_FACTS, Finding, Json
from sellerspec.rules import objects

SKU, NAME, IMAGE = b"@@sku@@", b"@@name@@", b"@@image@@"
"""Stand in a template where the number of a line goes."""

DESCRIPTIONS = (
    "<p>Sản phẩm mẫu dùng để kiểm thử, không có thật.</p><p>Chất liệu bền, dễ vệ sinh.</p>",
    "<p>Mô tả mẫu cho danh mục thử nghiệm.</p><ul><li>Màu sắc tươi sáng</li><li>Đường may chắc chắn</li>"
    "<li>Giặt máy ở 30 độ</li></ul><p>Hình ảnh chỉ mang tính minh họa.</p>",
    "<h3>Thông tin mẫu</h3><p>Kích thước có thể sai lệch một đến hai xăng-ti-mét do cách đo.</p>"
    "<p>Bảo quản nơi khô ráo, tránh ánh nắng trực tiếp. Không dùng chất tẩy mạnh.</p>",
)
"""Invented texts, repeated to the length that products of a shop have: about 1,200 letters."""

LENGTH = 1200


class Planted(NamedTuple):
    """One finding that a generated line is meant to have."""

    line: int
    rule: str
    severity: str
    pointer: str


@dataclass(frozen=True, slots=True)
class Template:
    """One payload with room for a number."""

    text: bytes
    """JSON with `SKU`, `NAME` and `IMAGE` in it."""

    findings: tuple[Finding, ...]
    """What it breaks, whatever the number; () for a valid one."""

    parts: tuple[bytes, ...]
    """The text without the marks."""

    def line(self, number: int) -> bytes:
        """Return the payload of one line."""
        return (b"%d" % number).join(self.parts)

    def shared(self, number: int, mark: bytes, other: int) -> bytes:
        """Return the payload of one line that has at `mark` what line `other` has there."""
        text = self.text.replace(mark, b"%d" % other)
        for each in (SKU, NAME, IMAGE):
            text = text.replace(each, b"%d" % number)
        return text


class Stock(NamedTuple):
    """What the lines of a catalogue are made of."""

    valid: tuple[Template, ...]
    broken: tuple[tuple[str, tuple[Template, ...]], ...]
    """Rule -> payloads that break it."""

    compared: bool
    """Whether the operation has rules across lines."""


def stock(operation: str) -> Stock:
    """Make templates of an operation's examples: those that need no facts.

    Every template is checked: a valid one has no finding, and a broken one breaks the rule it is
    named after, with the same findings before and after a number was put in.

    Raises:
        UsageError: the operation has no example of a valid payload.
    """
    ready = contract.operation(operation)
    compared = keys_for(operation) is not None
    valid: dict[bytes, Template] = {}
    for example in _bare(operation, valid=True):
        found = _template(ready.body.findings, example, compared)
        if found is not None and not found.findings:
            valid.setdefault(found.text, found)
    if not valid:
        raise UsageError(f"`{operation}` has no example of a body to generate lines from")
    broken: dict[str, list[Template]] = {}
    for example in _bare(operation, valid=False):
        rule = example.rule
        found = _template(ready.body.findings, example, compared)
        if found is not None and any(finding.rule == rule for finding in found.findings):
            broken.setdefault(rule, []).append(found)
    return Stock(tuple(valid.values()), tuple((rule, tuple(each)) for rule, each in broken.items()), compared)


def _bare(operation: str, *, valid: bool) -> Iterator[Example]:
    """Yield the examples that are payloads and need no facts."""
    for example in examples(operation):
        if example.valid == valid and not example.is_exchange and example.facts == NO_FACTS:
            yield example


def _template(
    findings: Callable[[Json], tuple[Finding, ...]], example: Example, compared: bool
) -> Template | None:
    """Return an example as a template, or None if a number cannot be put where lines are compared."""
    value = copy.deepcopy(example.value)
    expected = [(finding.rule, finding.pointer) for finding in findings(value)]
    if compared and isinstance(value, dict):
        _mark(value, _number(example.path))
    text = orjson.dumps(value)
    parts = text
    for each in (NAME, IMAGE):
        parts = parts.replace(each, SKU)
    found = Template(text, (), tuple(parts.split(SKU)))
    said = findings(decode(found.line(1_234_567)))
    if [(each.rule, each.pointer) for each in said] != expected:
        return None
    return Template(text, tuple(said), found.parts)


def _number(path: Path) -> int:
    return sum(path.name.encode()) % len(DESCRIPTIONS)


def _mark(product: dict[str, Json], turn: int) -> None:
    """Put marks where no two lines may be the same, the same mark in what was the same before."""
    image, name, description = product.get("image"), product.get("name"), product.get("description")
    if isinstance(name, str) and name:
        product["name"] = f"{name} {NAME.decode()}"
    if isinstance(description, str) and description:
        long = DESCRIPTIONS[turn]
        product["description"] = long * (LENGTH // len(long) + 1)
    if isinstance(image, str) and image:
        marked = f"{image}?v={IMAGE.decode()}"
        product["image"] = marked
        images = product.get("images")
        if isinstance(images, list):
            product["images"] = [marked if each == image else each for each in images]
    for _, each in objects(product, "variants"):
        if isinstance(each.get("sku"), str) and each["sku"]:
            each["sku"] = f"{each['sku']}-{SKU.decode()}"  # type: ignore[index] # our own copy


def unreadable(template: Template, number: int, turn: int) -> tuple[bytes, Planted]:
    """Return a line that is no JSON, or doubtful JSON."""
    text = template.line(number)
    broken = (
        text[: len(text) // 2],
        b'{"name":"a",' + text[1:],
        text + b"}",
        text.replace(b'"name":"', b'"name":"\xff', 1),
    )[turn % 4]
    return broken, Planted(number, LINE_READABLE.id, LINE_READABLE.severity.value, "")


def repeated(template: Template, number: int, other: int, turn: int) -> tuple[bytes, list[Planted]]:
    """Return a line that repeats the sku, the options or the picture of an earlier line."""
    rule, mark = ((SKU_ONCE, SKU), (OPTIONS_ONCE, NAME), (IMAGE_ONCE, IMAGE))[turn % 3]
    text = template.shared(number, mark, other)
    places = ["/image"] if rule is IMAGE_ONCE else _places(orjson.loads(text), rule is SKU_ONCE)
    return text, [Planted(number, rule.id, rule.severity.value, place) for place in places]


def _places(product: Json, of_sku: bool) -> list[str]:
    found = []
    for index, each in objects(product, "variants"):
        member = "sku" if of_sku else "option2" if each.get("option2") else "option1"
        found.append(f"/variants/{index}/{member}")
    return found


def comparable(templates: Sequence[Template]) -> tuple[Template, ...]:
    """Return the templates that another line can repeat: with all marks, and options."""
    return tuple(
        template
        for template in templates
        if all(mark in template.text for mark in (SKU, NAME, IMAGE, b'"option1":"'))
    )
