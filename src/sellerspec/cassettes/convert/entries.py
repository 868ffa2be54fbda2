"""Read the list of exchanges that another tool recorded."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sellerspec.cassettes.files import Recorded
from sellerspec.errors import ParseError
from sellerspec.io.typed import typed
from sellerspec.model import Json

MOST_HOSTS = 5
"""Most hosts that a line names."""

NO_RESPONSE = "without a response"
PREFLIGHT = "preflights of a browser (OPTIONS)"
NOT_CAPTURED = "whose body was not captured"


@dataclass(slots=True)
class Entries:
    """The exchanges of a file, and how many of its entries were left out."""

    exchanges: list[Recorded] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    """Why -> number of entries."""

    from_browser: bool = False
    """Whether the file may hold calls that have nothing to do with a marketplace."""

    other_hosts: Counter[str] = field(default_factory=Counter)
    """Host -> number of entries that were left out because of it."""

    def lines(self) -> list[str]:
        """Return a line for each reason why entries were left out."""
        lines = [f"left out: {number} {reason}" for reason, number in self.left_out.items()]
        if self.other_hosts:
            named = [host or "no host" for host, _ in self.other_hosts.most_common(MOST_HOSTS)]
            more = ", …" if len(self.other_hosts) > MOST_HOSTS else ""
            number = self.other_hosts.total()
            lines.append(f"left out: {number} to other hosts ({', '.join(named)}{more}); --host keeps a host")
        return lines


def read_entries(
    entries: Json, read: Callable[[Json], Recorded | str], *, form: str, name: str, from_browser: bool = False
) -> Entries:
    """Return what `read` makes of each entry.

    Args:
        entries: a list, or None if the file has none at the expected place.
        read: returns the exchange of one entry, or why it is left out.
        form: what the file should be, for errors.
        name: of the file.
        from_browser: see `Entries`.

    Raises:
        ParseError: there is no list, or an entry is not of the form; says which.
    """
    if not isinstance(entries, list):
        raise ParseError(f"not {form}: there is no list of exchanges", name=name)
    result = Entries(from_browser=from_browser)
    for index, entry in enumerate(entries):
        try:
            recorded = read(typed(entry, dict))
        except ParseError as error:
            raise ParseError(f"entry {index} is not of {form}: {error.problem}", name=name) from None
        if isinstance(recorded, str):
            result.left_out[recorded] += 1
        else:
            result.exchanges.append(replace(recorded, file=name, index=index))
    return result
