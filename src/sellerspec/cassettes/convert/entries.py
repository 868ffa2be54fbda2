"""Read the list of exchanges that another tool recorded."""

from collections.abc import Callable
from dataclasses import replace

from sellerspec.cassettes.files import Recorded
from sellerspec.errors import ParseError
from sellerspec.model import Json


def read_entries(entries: Json, read: Callable[[Json], Recorded], *, form: str, name: str) -> list[Recorded]:
    """Return what `read` makes of each entry; entries without a response are left out.

    Args:
        entries: a list, or None if the file has none at the expected place.
        read: returns the exchange of one entry.
        form: what the file should be, for errors.
        name: of the file.

    Raises:
        ParseError: there is no list, or an entry is not of the form; says which.
    """
    if not isinstance(entries, list):
        raise ParseError(f"not {form}: there is no list of exchanges", name=name)
    exchanges = []
    for index, entry in enumerate(entries):
        try:
            if entry["response"] is not None:
                exchanges.append(replace(read(entry), file=name, index=index))
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise ParseError(f"entry {index} is not of {form}: {str(error)[:80]}", name=name) from None
    return [recorded for recorded in exchanges if recorded.exchange.status]
