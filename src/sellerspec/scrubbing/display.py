"""What of a payload may be shown: the parts that scrubbing an exchange would keep."""

from functools import lru_cache

from sellerspec import marketplaces
from sellerspec.io.member_names import is_plain_part
from sellerspec.model import Exchange, Json, Path
from sellerspec.scrubbing.known import Contracts, Known
from sellerspec.scrubbing.placeholders import Placeholders, is_placeholder
from sellerspec.scrubbing.places import Place
from sellerspec.scrubbing.texts import Values

HALVES = {"request_body": "body", "response_body": "response"}


class Display:
    """What may be shown of the payloads of one operation."""

    def __init__(self, contracts: Contracts, known: Known) -> None:
        self._known = known
        self.contracts = contracts
        self._values = Values(contracts.names, Placeholders())
        self._values.words = known.words
        self._paths: set[Path] = set()
        self._names: set[str] = set()
        self.names: tuple[str, ...] = ()
        """The names of members of the value of the last `harmful` that are data."""

    def knows(self, text: str) -> bool:
        """Return whether the contract knows the words of a text."""
        return self._values.words.knows(text)

    def is_name(self, part: str) -> bool:
        """Return whether a part of a pointer is a name, the number of an item, or `*`."""
        return is_plain_part(part) or is_placeholder(part) or self.knows(part)

    def harmful(self, value: Json) -> frozenset[Path]:
        """Return the paths of the values in a payload, or in an exchange, that scrubbing would replace."""
        self._paths, self._names = set(), set()
        if isinstance(value, dict) and "url" in value and "method" in value:
            halves = {half: getattr(self._known, part) for half, part in HALVES.items()}
            for name in value.keys() - {"method", "status"}:
                self._visit(value[name], halves.get(name, self._values.unknown), (name,))
        else:
            self._visit(value, self._known.body, ())
        self.names = tuple(self._names)
        return frozenset(self._paths)

    def _visit(self, value: Json, place: Place, path: Path) -> None:
        if isinstance(value, dict):
            for name, member in value.items():
                below = place.member(name)
                if self._values.key(name, below) != name:
                    self._names.add(name)
                self._visit(member, below, (*path, name))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                self._visit(item, place.items, (*path, index))
        elif self._values.json(value, place) != value:
            self._paths.add(path)

    def url(self, url: str) -> str:
        """Return the URL of a call of the operation as it may be shown."""
        known = self._known
        template = known.template if url.count("/") >= known.template.count("/") else ""
        return self._values.urls.called(url, known.query, known.path, template)


@lru_cache(maxsize=64)
def display_of(operation: str) -> Display:
    """Return what may be shown of the payloads of an operation, given by its key; "" is an unknown one."""
    name = operation.partition("/")[0]
    record = marketplaces.marketplace(name) if name in marketplaces.names() else None
    contracts = Contracts(record)
    known = contracts.of(Exchange("", ""), operation) if operation else contracts.nothing()
    return Display(contracts, known)


def searched(text: str) -> str:
    """Return a text of any kind without what looks like a secret or a person's."""
    # new placeholders: their numbers do not depend on what was searched before
    values = Values(display_of("").contracts.names, Placeholders())
    return values.prose.searched(text, values.unknown)
