"""What a notification asks beyond the shape of its body."""

from collections.abc import Iterator

from sellerspec.marketplaces.tokopedia.shared import NOTIFICATIONS, NOTIFIED
from sellerspec.model import Basis, Facts, Json
from sellerspec.rules import Rule, Violation, rule


@rule("tokopedia.invoice-number-present", on=NOTIFICATIONS, catalogue="K003",
      source=("tokocabang-order-notification", "Response Parameters"), basis=Basis.DOCUMENTED,
      unless={"anyOf": [{"required": ["invoice_ref_num"]}, {"required": ["invoice_num"]}]})  # fmt: skip
def invoice_number_present(order: Json, _: Facts) -> Iterator[Violation]:
    """a notification has an invoice number, under one of its two names"""
    if isinstance(order, dict) and "invoice_ref_num" not in order and "invoice_num" not in order:
        yield Violation(("invoice_num",), "missing, and `invoice_ref_num` is missing too")


RULES: tuple[Rule, ...] = (*NOTIFIED, invoice_number_present)
