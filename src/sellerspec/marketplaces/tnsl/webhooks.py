"""Rules about the notices of a status that TNSL sends."""

from collections.abc import Iterator, Mapping

from sellerspec.fix import replaced
from sellerspec.io.pointers import get
from sellerspec.io.strict import quoted
from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import is_placeholder, member
from sellerspec.model import Basis, Facts, Fix, Json, Path
from sellerspec.rules import Proposes, Violation, rule

NOTICE = "tnsl-webhook"

REASONS = {
    "full": "Không chở hết",
    "transferred_to_afs": "Đã bàn giao đơn hàng hủy cho bộ phận Đổi – Trả",
    "contact": "Không liên lạc được người gởi",
    "receiver_reschedule": "Khách hàng hẹn giao lại",
    "wrong_address": "Sai địa chỉ, đổi địa chỉ",
    "absence_of_receiver": "Đến nhà không có người nhận",
    "no_longer_needed": "Khách hàng không còn nhu cầu",
    "order_amendment": "Yêu cầu sửa đơn hàng",
    "can_not_contact": "Không liên lạc được",
    "driver_reschedule": "Vận chuyển hẹn lại khách hàng",
    "handover": "Bàn giao cho nhân viên khác",
    "canceled": "Hủy",
}
"""Reason code -> the text that the document pairs it with. The list is open."""

CANCEL_REASONS = {"202": "Đặt trùng"}
"""Code and text of the one reason of a cancel that a document shows."""


def _text_of_code(known: Mapping[str, str]) -> Proposes:
    """Return what proposes the text of the code beside it."""

    def fixes(body: Json, path: Path, _: Facts) -> Iterator[Fix]:
        code = get(body, (*path[:-1], f"{path[-1]}_code"))
        if code in known:
            yield Fix("write the text of the code", (replaced(path, known[code]),), safe=False)

    return fixes


@rule(
    "tnsl.reason-text",
    on="orderStatusSync",
    fixes=_text_of_code(REASONS),
    basis=Basis.INFERRED,
    source=(NOTICE, "Reason codes"),
    unless={"properties": {"data": {"not": {"required": ["reason", "reason_code"]}}}},
)
def reason_text(notice: Json, _: Facts) -> Iterator[Violation]:
    """a reason is the text that the documents pair with its code"""
    code, text = member(notice, "data", "reason_code"), member(notice, "data", "reason")
    yield from _pair(REASONS, code, text, ("data", "reason"))


@rule(
    "tnsl.cancel-reason-text",
    fixes=_text_of_code(CANCEL_REASONS),
    on=("orderStatusSync", "cancelOrder"),
    basis=Basis.INFERRED,
    source=(NOTICE, "Examples"),
)
def cancel_reason_text(body: Json, _: Facts) -> Iterator[Violation]:
    """the reason of a cancel is the text that the documents pair with its code"""
    at: Path = ("data", "extra_info") if member(body, "data", "extra_info") is not None else ()
    reason = member(body, *map(str, at))
    code, text = member(reason, "cancel_reason_code"), member(reason, "cancel_reason")
    yield from _pair(CANCEL_REASONS, code, text, (*at, "cancel_reason"))


def _pair(known: Mapping[str, str], code: Json, text: Json, at: Path) -> Iterator[Violation]:
    """Yield a violation if a code and a text belong to different pairs.

    Args:
        known: code -> text.
        at: place of the text; the member of the code has the same name with `_code`.
    """
    if not isinstance(code, str) or not isinstance(text, str) or is_placeholder(text):
        return
    owner = next((other for other, words in known.items() if words == text.strip()), None)
    *around, name = map(str, at)
    if code in known and owner != code:
        got = f"the text of `{owner}`" if owner else "another text"
        required = f"{quoted(known[code])}, the text of the `{name}_code` `{code}`"
        yield Violation(at, f"`{name}` must be {required}, got {got}")
    elif owner not in (None, code):
        required = f"`{owner}`, the code of `{name}`"
        yield Violation((*around, f"{name}_code"), messages.must_be(f"{name}_code", required, code))


RULES = (reason_text, cancel_reason_text)
