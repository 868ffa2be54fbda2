"""Rules about the notices of a status that TNSL sends."""

from collections.abc import Iterator

from sellerspec.marketplaces.common import member
from sellerspec.model import Basis, Facts, Json
from sellerspec.rules import Violation, rule

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


@rule(
    "tnsl.reason-text",
    on="orderStatusSync",
    basis=Basis.INFERRED,
    source=(NOTICE, "Reason codes"),
    unless={"properties": {"data": {"not": {"required": ["reason", "reason_code"]}}}},
)
def reason_text(notice: Json, _: Facts) -> Iterator[Violation]:
    """a reason is the text that the documents pair with its code"""
    code, text = member(notice, "data", "reason_code"), member(notice, "data", "reason")
    known = REASONS.get(code) if isinstance(code, str) else None
    if known is not None and isinstance(text, str) and text.strip() != known:
        yield Violation(("data", "reason"), f"not the text of `{code}`")


RULES = (reason_text,)
