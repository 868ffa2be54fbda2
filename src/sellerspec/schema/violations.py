"""Find every violation of a schema: what lacks, what nobody knows, and what is not as it should be."""

from collections.abc import Callable

from sellerspec.model import Json, Path
from sellerspec.schema.engine import Compiled
from sellerspec.schema.fast.gate import gate
from sellerspec.schema.fast.members import Members, split
from sellerspec.schema.keyword import Keyword, Located, keyword
from sellerspec.schema.locations import told

Compile = Callable[[Json], Compiled]
Find = Callable[[Json], list[Located]]


def by_engine(schema: Json, compiled: Compile) -> Find:
    """Return what asks the engine about the whole schema."""
    known, whole = _known(schema), compiled(schema)
    return lambda value: told(known, value, whole.spots(value))


def quickly(schema: Json, quick: Json, compiled: Compile) -> Find:
    """Return what asks the engine only about that in which something is wrong, and not about members.

    Args:
        schema: the schema.
        quick: a narrower one that is quicker to check.
        compiled: makes a schema ready.
    """
    known = _known(schema)
    rest, about_members = split(schema)
    members = Members(known, lambda each: compiled(each).is_valid)
    members.add(about_members)
    has_all = compiled(gate(about_members)).is_valid
    rest_fits = compiled(gate(split(quick)[0])).is_valid
    spots = compiled(rest).spots

    def find(value: Json) -> list[Located]:
        out = [] if has_all(value) else members.violations(value)
        if not rest_fits(value):
            out += told(known, value, spots(value))
        return out

    return find


def _known(schema: Json) -> Callable[[Path], Keyword]:
    """Return what tells of the place of a keyword what is known of it; each is looked up once."""
    found: dict[Path, Keyword] = {}

    def known(place: Path) -> Keyword:
        each = found.get(place)
        if each is None:
            each = found[place] = keyword(schema, place)
        return each

    return known
