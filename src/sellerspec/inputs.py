"""What callers give besides a payload: facts and exchanges. Standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, ClassVar

from sellerspec.fix import Json


class Compared:
    """Base of dataclasses with secret or personal members, which compare as others do.

    Of a generated comparison that fails, pytest shows the members that differ, with their values.
    """

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Any]]

    def _members(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.__dataclass_fields__)

    def __eq__(self, other: object) -> bool:
        """Compare the members."""
        return (
            isinstance(other, Compared) and type(other) is type(self) and self._members() == other._members()
        )

    def __hash__(self) -> int:
        """Return the hash of the members."""
        return hash(self._members())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Facts(Compared):
    """What a payload cannot know. All are optional; a rule that needs a missing one is unchecked.

    `category`, `order` and `warehouses` are decoded responses of the marketplace.
    """

    category: Json = None
    """Response of Tiki `getCategory`: `{"id", "primary", "attributes": [...]}`."""

    attributes: Json = None
    """Response of Tiki `getCategoryAttributes`, with the `values` of each that has listed ones."""

    option_labels: Json = None
    """Response of Tiki `getOptionLabels`: the names of options that the category takes."""

    required_docs: Json = None
    """Response of Tiki `getRequiredDocs`: the documents that the category asks for."""

    seller: str | None = None
    """The kind of seller: `vietnam` or `global`."""

    inventory_types: tuple[str, ...] | Mapping[str, Json] | None = None
    """The inventory types the seller has registered, or the response of the Open API's `getSeller`."""

    suppliers: tuple[int, ...] | None = None
    """The seller's registered suppliers."""

    order: Json = None
    """The order that a payload is about: the response of the marketplace's `getOrder`."""

    warehouses: Json = None
    """Response of Tiki `listWarehouses`, or of the Open API's `listSellerWarehouses`."""

    listing_price: int | None = None
    """The price that Tiki's ten-percent rule compares with, in dong."""

    pictures: Json = None
    """What was found at the address of each picture, as `check --images` collects it."""

    now: datetime | None = None
    """The moment of the check, as the marketplace's wall clock (no offset)."""

    def __repr__(self) -> str:
        """Return the facts that are given; of a response of the marketplace only that it is."""
        shown = (
            f"{name}={'...' if name in RESPONSES else repr(getattr(self, name))[:60]}"
            for name in FACTS if name in self.given()
        )  # fmt: skip
        return f"Facts({', '.join(shown)})"

    def given(self) -> frozenset[str]:
        """Return the names of the facts that are given."""
        return frozenset(name for name in FACTS if getattr(self, name) is not None)

    def over(self, other: "Facts") -> "Facts":
        """Return these facts; where one is missing, that of `other`."""
        if not other.given():
            return self
        return replace(other, **{name: getattr(self, name) for name in self.given()})


FACTS = tuple(fact.name for fact in fields(Facts))
"""The names of all facts."""

RESPONSES = frozenset(
    ("category", "attributes", "option_labels", "required_docs", "order", "warehouses", "pictures")
)
"""The facts with names and addresses: responses of a marketplace, and what was found at addresses."""

NO_FACTS = Facts()


@dataclass(frozen=True, slots=True, eq=False)
class Exchange(Compared):
    """One request and its response as HTTP carries them; bodies are bytes.

    Header names are case-insensitive. `status` is None for a request without a response: then
    only the request is checked.
    """

    method: str
    url: str
    status: int | None = None
    request_headers: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    request_body: bytes = field(default=b"", kw_only=True)
    response_headers: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    response_body: bytes = field(default=b"", kw_only=True)

    def __repr__(self) -> str:
        """Return what tells exchanges apart and is no secret: a failed test prints its values."""
        scheme, _, rest = self.url.partition("://")
        host = rest.partition("/")[0].partition("?")[0].rpartition("@")[2]
        return (
            f"<Exchange {self.method[:10]} {scheme}://{host} {self.status or 'unanswered'},"
            f" request body of {len(self.request_body)} bytes,"
            f" response body of {len(self.response_body)} bytes>"
        )
