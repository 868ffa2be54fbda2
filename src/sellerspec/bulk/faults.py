"""Templates for the lines of a generated catalogue, and the faults that are put into them."""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import orjson

from sellerspec import contract
from sellerspec.contract.examples import Example, examples
from sellerspec.errors import UsageError
from sellerspec.io.strict import decode
from sellerspec.marketplaces.common import IMAGE_ONCE, LINE_READABLE, OPTIONS_ONCE, SKU_ONCE
from sellerspec.model import NO_FACTS, Finding, Json
from sellerspec.rules import objects

MARKS = SKU, NAME, IMAGE = b"@@sku@@", b"@@name@@", b"@@image@@"
"""Marks in a template that the number of a line replaces."""

DESCRIPTIONS = (
    "<p>Sản phẩm mẫu dùng để kiểm thử, không có thật.</p><p>Chất liệu bền, dễ vệ sinh.</p>",
    "<p>Mô tả mẫu cho danh mục thử nghiệm.</p><ul><li>Màu sắc tươi sáng</li><li>Đường may chắc chắn</li>"
    "<li>Giặt máy ở 30 độ</li></ul><p>Hình ảnh chỉ mang tính minh họa.</p>",
    "<h3>Thông tin mẫu</h3><p>Kích thước có thể sai lệch một đến hai xăng-ti-mét do cách đo.</p>"
    "<p>Bảo quản nơi khô ráo, tránh ánh nắng trực tiếp. Không dùng chất tẩy mạnh.</p>",
)
"""Invented texts, repeated to the usual length of a description: about 1,200 letters."""

LENGTH = 1200


class Fault(NamedTuple):
    """A finding that a check must report about a generated line."""

    line: int
    rule: str
    severity: str
    pointer: str


@dataclass(frozen=True, slots=True)
class Template:
    """A payload with marks for a number."""

    text: bytes
    """JSON with the marks `SKU`, `NAME` and `IMAGE`."""

    findings: tuple[Finding, ...]
    """Findings of the payload, whatever the number; () for a valid one."""

    parts: tuple[bytes, ...]
    """The text between the marks."""

    def line(self, number: int) -> bytes:
        """Return the payload of one line."""
        return (b"%d" % number).join(self.parts)

    def repeating(self, number: int, mark: bytes, other: int) -> bytes:
        """Return the payload of one line that has the same value as line `other` at `mark`."""
        text = self.text.replace(mark, b"%d" % other)
        for own in MARKS:
            text = text.replace(own, b"%d" % number)
        return text


class Templates(NamedTuple):
    """The templates of one operation."""

    valid: tuple[Template, ...]
    invalid: dict[str, list[Template]]
    """Rule -> payloads that violate it."""

    compared: bool
    """Whether the lines of the operation are compared with each other."""


def templates(operation: str) -> Templates:
    """Make templates from the examples of an operation that need no facts.

    Every template is checked, before and after a number is put in: a valid one has no finding, and
    an invalid one violates the rule it is named after.

    Raises:
        UsageError: the operation has no example of a valid payload.
    """
    ready = contract.operation(operation)
    compared = ready.spec.compares_lines
    valid: dict[bytes, Template] = {}
    invalid: dict[str, list[Template]] = {}
    for example in examples(operation):
        if example.is_exchange or example.facts != NO_FACTS:
            continue
        template = _template(ready.body.findings, example, compared)
        if template is None:
            continue
        if not example.valid and any(finding.rule == example.rule for finding in template.findings):
            invalid.setdefault(example.rule, []).append(template)
        elif example.valid and not template.findings:
            valid.setdefault(template.text, template)
    if not valid:
        raise UsageError(f"`{operation}` has no example of a body to generate lines from")
    return Templates(tuple(valid.values()), invalid, compared)


def _template(
    findings: Callable[[Json], tuple[Finding, ...]], example: Example, compared: bool
) -> Template | None:
    """Return an example as a template; None if a number changes its findings."""
    value = copy.deepcopy(example.value)
    expected = [(finding.rule, finding.pointer) for finding in findings(value)]
    if compared and isinstance(value, dict):
        _mark(value, DESCRIPTIONS[sum(example.path.name.encode()) % len(DESCRIPTIONS)])
    text = orjson.dumps(value)
    parts = tuple(text.replace(NAME, SKU).replace(IMAGE, SKU).split(SKU))
    template = Template(text, (), parts)
    actual = findings(decode(template.line(1_234_567)))
    if [(finding.rule, finding.pointer) for finding in actual] != expected:
        return None
    return replace(template, findings=actual)


def _mark(product: dict[str, Json], description: str) -> None:
    """Put marks into members that must differ between lines; equal values get the same mark."""
    image, name = product.get("image"), product.get("name")
    if isinstance(name, str) and name:
        product["name"] = f"{name} {NAME.decode()}"
    if isinstance(product.get("description"), str) and product["description"]:
        product["description"] = description * (LENGTH // len(description) + 1)
    if isinstance(image, str) and image:
        marked = f"{image}?v={IMAGE.decode()}"
        product["image"] = marked
        images = product.get("images")
        if isinstance(images, list):
            product["images"] = [marked if address == image else address for address in images]
    for index, variant in objects(product, "variants"):
        sku = variant.get("sku")
        if isinstance(sku, str) and sku:
            product["variants"][index]["sku"] = f"{sku}-{SKU.decode()}"


def unreadable(template: Template, number: int, turn: int) -> tuple[bytes, list[Fault]]:
    """Return a line that is not strict JSON, with its fault."""
    text = template.line(number)
    line = (
        text[: len(text) // 2],
        b'{"name":"a",' + text[1:],
        text + b"}",
        text.replace(b'"name":"', b'"name":"\xff', 1),
    )[turn % 4]
    return line, [Fault(number, LINE_READABLE.id, LINE_READABLE.severity.value, "")]


def repeated(template: Template, number: int, other: int, turn: int) -> tuple[bytes, list[Fault]]:
    """Return a line that repeats the sku, options or image of an earlier line, with its faults."""
    rule, mark = ((SKU_ONCE, SKU), (OPTIONS_ONCE, NAME), (IMAGE_ONCE, IMAGE))[turn % 3]
    text = template.repeating(number, mark, other)
    if rule is IMAGE_ONCE:
        pointers = ["/image"]
    else:
        pointers = [
            f"/variants/{index}/{_repeated_member(variant, rule is SKU_ONCE)}"
            for index, variant in objects(orjson.loads(text), "variants")
        ]
    return text, [Fault(number, rule.id, rule.severity.value, pointer) for pointer in pointers]


def _repeated_member(variant: Mapping[str, Json], of_sku: bool) -> str:
    return "sku" if of_sku else "option2" if variant.get("option2") else "option1"


def comparable(templates: Sequence[Template]) -> tuple[Template, ...]:
    """Return the templates that another line can repeat: those with all marks, and options."""
    return tuple(
        template for template in templates if all(mark in template.text for mark in (*MARKS, b'"option1":"'))
    )
