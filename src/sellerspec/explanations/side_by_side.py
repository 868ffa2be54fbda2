"""The page that lays two generations of an API side by side."""

from collections.abc import Callable, Sequence

from sellerspec import contract
from sellerspec.openapi.side_by_side import Pair, Row, pairs

Table = Callable[[tuple[str, ...], list[tuple[object, ...]]], list[str]]
"""Returns the lines of a table, of its head and its rows."""

NO_ROW = "\u2013"


def lines(old: str, new: str, table: Table) -> list[str]:
    """Return the lines of the page, below its title.

    Args:
        old: name of the marketplace of the earlier generation.
        new: name of the one that replaces it.
        table: makes a table.
    """
    before, after = contract.contract(old), contract.contract(new)
    found = pairs(before.spec, after.spec)
    out = [
        f"The operations of `{old}` and `{new}`, from their specs. `{NO_ROW}`: that generation has nothing "
        "of that name. Which call stands for which is our reading. Types are those that are taken; rules "
        "may ask for more.",
        "",
        f"`sellerspec check --as {new}/OPERATION FILE` says what has to change in a payload of `{old}`; "
        "some findings have a fix, and more of them with `--facts`, as `sellerspec facts` collects them.",
        "",
        "## Operations",
        "",
    ]
    rows: list[tuple[object, ...]] = [(_call(pair, 0), _call(pair, 1)) for pair in found]
    replaced, replacing = ({pair[side].operation.id for pair in found} for side in (0, 1))
    rows += [(f"`{id}`", NO_ROW) for id in before.spec.ids() if id not in replaced]
    rows += [(NO_ROW, f"`{id}`") for id in after.spec.ids() if id not in replacing]
    out += table((f"`{old}`", f"`{new}`"), rows)
    for pair in found:
        out += [f"## `{pair.old.operation.id}` and `{pair.new.operation.id}`", ""]
        for title, members in (("Request", pair.requests()), ("Response", pair.responses())):
            out += _members(title, members, (f"`{old}`", f"`{new}`"), table)
    return out


def _call(pair: Pair, side: int) -> str:
    operation = pair[side].operation
    return f"`{operation.id}`: `{operation.method} {operation.path}`"


def _members(title: str, rows: Sequence[Row], names: tuple[str, str], table: Table) -> list[str]:
    """Return the lines about the members of a pair: those that differ as a table, the others by name."""
    differing: list[tuple[object, ...]] = [
        (f"`{row.name}`", row.old or NO_ROW, row.new or NO_ROW) for row in rows if row.old != row.new
    ]
    alike = [f"`{row.name}`" for row in rows if row.old == row.new]
    out = table((title, *names), differing) if differing else []
    return [*out, f"{title}, alike in both: {', '.join(alike)}.", ""] if alike else out
