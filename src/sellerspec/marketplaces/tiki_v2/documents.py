"""Rules of createProductRequest about the licences and certificates that go with a product."""

from collections.abc import Iterator

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.tiki_v2.facts import document_ids
from sellerspec.model import Basis, Facts, Json, Phase
from sellerspec.rules import Rule, Violation, number, objects, rule


@rule(
    "tiki-v2.certificates-required",
    on="createProductRequest",
    source=("open-site", "create product request"),
    basis=Basis.INFERRED,
    phase=Phase.ASYNC,
    needs="required_docs",
    hint="a missing licence is the second most frequent reason of rejection",
)
def certificates_required(product: Json, facts: Facts) -> Iterator[Violation]:
    """`certificate_files` has each document that the category requires, by its `document_id`"""
    given = {number(file.get("document_id")) for _, file in objects(product, "certificate_files")}
    lacking = [id for id in document_ids(facts) if id not in given]
    if isinstance(product, dict) and lacking:
        required = "`certificate_files` must have each required document"
        message = f"{required}, got none with `document_id` {messages.listed(lacking)}"
        yield Violation(("certificate_files",), message)


DOCUMENT_RULES: tuple[Rule, ...] = (certificates_required,)
