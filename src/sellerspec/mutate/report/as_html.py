"""`--format html`: one page; for each operation a table of member and mutation, and every verdict."""

from collections.abc import Mapping, Sequence
from html import escape

from sellerspec.mutate.conclusion import Conclusion, State, Verdict
from sellerspec.mutate.mutation import FAMILIES
from sellerspec.mutate.report import groups
from sellerspec.reporting.excerpt import plain
from sellerspec.reporting.html.page import filter_form, page, select

_STATES: Mapping[State, tuple[str, str]] = {
    "weakness": ("weakness", "error"),
    "gap": ("gap", "warning"),
    "survived": ("survived", "quiet"),
    "noticed": ("noticed", "quiet"),
    "not-applied": ("not applied", "quiet"),
    "not-run": ("not run", "warning"),
}
"""State -> what the page calls it, and the class; in the order in which an operation lists its verdicts."""


def written(conclusion: Conclusion) -> str:
    """Return the page. Every text is escaped."""
    by_key: dict[str, list[tuple[int, Verdict]]] = {}
    for number, verdict in enumerate(conclusion.verdicts):
        by_key.setdefault(verdict.mutation.key.strip("/") or verdict.id, []).append((number, verdict))
    counts = {
        label: sum(verdict.state == state and not verdict.accepted for verdict in conclusion.verdicts)
        for state, (label, _) in _STATES.items()
    }
    main = [
        f'<p class="quiet"><code>{_text(f"sellerspec mutate {conclusion.command}")}</code>, '
        f"seed {conclusion.settings.seed}</p>",
        *(_figure(str(figure), holds=figure.holds) for figure in conclusion.figures),
        *(
            f'<p class="badge">{conclusion.label.capitalize()}: {_text(reason)}</p>'
            for reason in conclusion.reasons
        ),
        *(f'<p class="badge">Not accepted: {_text(line)}</p>' for line in conclusion.stale),
        _filter(conclusion, sorted(by_key)),
        *(_section(number, key, by_key[key], conclusion) for number, key in enumerate(sorted(by_key))),
    ]
    return page("mutations", "sellerspec mutate", counts | {"accepted": len(conclusion.accepted)}, main)


def _figure(text: str, *, holds: bool) -> str:
    return f'<p class="{"good" if holds else "error badge"}">{_text(text)}</p>'


def _filter(conclusion: Conclusion, keys: Sequence[str]) -> str:
    if not conclusion.verdicts:
        return ""
    kinds = sorted({verdict.mutation.kind for verdict in conclusion.verdicts})
    return filter_form(
        "mutations",
        select("operation", "Operation", "all operations", [(key, key) for key in keys]),
        select("family", "Family", "all families", [(family, family) for family in FAMILIES]),
        select("kind", "Mutation", "all mutations", [(kind, kind) for kind in kinds]),
        select("state", "Verdict", "all verdicts", [(state, label) for state, (label, _) in _STATES.items()]),
    )


def _section(number: int, key: str, verdicts: Sequence[tuple[int, Verdict]], conclusion: Conclusion) -> str:
    order = list(_STATES)
    listed = sorted(verdicts, key=lambda pair: (order.index(pair[1].state), pair[0]))
    items = "\n".join(_item(at, verdict, key, conclusion) for at, verdict in listed)
    return (
        f'<section class="file" data-operation="{_text(key)}"><h2 id="o{number}">{_text(key)}</h2>'
        f'{_table(number, verdicts)}<ul class="findings">{items}</ul></section>'
    )


def _table(number: int, verdicts: Sequence[tuple[int, Verdict]]) -> str:
    """Return the table of one operation: a row for each member, a column for each kind of mutation."""
    cells: dict[tuple[str, str], list[tuple[int, Verdict]]] = {}
    for at, verdict in verdicts:
        cells.setdefault((verdict.mutation.place, verdict.mutation.kind), []).append((at, verdict))
    places = list(dict.fromkeys(place for place, _ in cells))
    kinds = list(dict.fromkeys(kind for _, kind in cells))
    head = "".join(f'<th scope="col">{_text(kind)}</th>' for kind in kinds)
    rows = "".join(
        f'<tr><th scope="row">{f"<code>{_text(place)}</code>" if place else "the call"}</th>'
        + "".join(f"<td>{_cell(cells.get((place, kind), ()))}</td>" for kind in kinds)
        + "</tr>"
        for place in places
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-labelledby="o{number}">'
        f'<table><thead><tr><th scope="col">member</th>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _cell(verdicts: Sequence[tuple[int, Verdict]]) -> str:
    return "<br>".join(f'<a href="#m{at}">{_label(verdict)}</a>' for at, verdict in verdicts)


def _label(verdict: Verdict) -> str:
    return "accepted" if verdict.accepted else _STATES[verdict.state][0]


def _item(at: int, verdict: Verdict, key: str, conclusion: Conclusion) -> str:
    mutation = verdict.mutation
    rows = [
        f'<p><span class="badge">{_label(verdict)}</span> <code>{_text(verdict.id)}</code> '
        f"{_text(mutation.sentence)}</p>",
        *(f"<p>{_text(label)}: {_text(text)}</p>" for label, text in groups.details(verdict)),
    ]
    if verdict.accepted:
        rows.append(f"<p>accepted: {_text(verdict.accepted)}</p>")
    if verdict.state in ("weakness", "gap"):
        rows.append(f"<p>help: <code>{_text(groups.help_line(conclusion, verdict))}</code></p>")
    css = "quiet" if verdict.accepted else _STATES[verdict.state][1]
    data = f'data-operation="{_text(key)}" data-family="{mutation.family}" data-kind="{_text(mutation.kind)}"'
    return f'<li id="m{at}" class="{css}" {data} data-state="{verdict.state}">{"".join(rows)}</li>'


def _text(text: str) -> str:
    return escape(plain(text))
