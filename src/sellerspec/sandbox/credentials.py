"""Tokens of sellers in the header that the spec's security scheme names."""

from collections.abc import Mapping

from sellerspec.contract import Contract
from sellerspec.contract.operation import OperationContract
from sellerspec.model import Finding
from sellerspec.sandbox.behaviour import refusal


class Credentials:
    """Reads and writes the token of a request."""

    def __init__(self, contract: Contract) -> None:
        """Take the scheme of the first operation that has one; a marketplace has one scheme."""
        self._contract = contract
        scheme = next(
            operation.spec.security[0] for operation in contract.operations() if operation.spec.security
        )
        self._bearer = scheme["type"] == "http"
        self._header: str = "authorization" if self._bearer else scheme["name"].lower()

    def headers(self, token: str) -> dict[str, str]:
        """Return the request headers that carry a token."""
        return {self._header: f"Bearer {token}" if self._bearer else token}

    def token(self, headers: Mapping[str, str]) -> str:
        """Return the token of a request; "" if it carries none."""
        value = headers.get(self._header, "").strip()
        if not self._bearer:
            return value
        scheme, _, token = value.partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    def unknown(self, operation: OperationContract, why: str = "") -> Finding:
        """Return the refusal of a token that no seller has, in the documented words if there are any.

        Args:
            operation: that was called.
            why: says in words why no seller has it, if that is known.
        """
        message, place = why or "no seller has this token", f"/request/headers/{self._header}"
        id = operation.spec.security[0]["x-rule"]
        rule = next(rule for rule in self._contract.rules() if rule.id == id)
        if rule.status == 401:
            return refusal(401, message, text=rule.text, code=rule.code, at=place)
        return refusal(401, message, at=place)
