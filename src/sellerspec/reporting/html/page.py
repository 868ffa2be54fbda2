"""The frame of a page: head, style, script, the filter. Texts that are passed in are escaped here."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from sellerspec import __version__


def page(title: str, heading: str, counts: Mapping[str, object], main: Sequence[str]) -> str:
    """Return a page without other files.

    A content security policy allows the script of the page and no other. Without a script the page
    shows everything.

    Args:
        title: plain text behind the name of the program.
        heading: plain text.
        counts: name -> number, shown below the heading.
        main: HTML of the parts, each escaped.
    """
    script = _file("page.js")
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        f"<title>sellerspec: {escape(title)}</title>",
        f"<style>\n{_file('page.css')}</style></head><body>",
        '<a class="skip" href="#main">Skip to the findings</a>',
        f"<header><h1>{escape(heading)}</h1>",
        '<dl class="counts">',
        *(
            f"<div><dt>{escape(name)}</dt><dd>{escape(str(number))}</dd></div>"
            for name, number in counts.items()
        ),
        "</dl></header>",
        '<main id="main">',
        *main,
        "</main>",
        f'<footer><p class="quiet">sellerspec {escape(__version__)}. '
        "Values of secret and personal members are hidden.</p></footer>",
        f"<script>{script}</script></body></html>",
    ]
    return "\n".join(parts) + "\n"


def filter_form(noun: str, *selects: str) -> str:
    """Return the filter, which stays hidden until its script has run; `noun` is what it counts."""
    return "\n".join(
        (
            f'<form class="filter" id="filter" aria-label="Filter the {noun}" data-noun="{noun}" hidden>',
            *selects,
            '<button type="reset">Show all</button>',
            '<p id="shown" role="status"></p></form>',
        )
    )


def select(name: str, label: str, every: str, choices: Sequence[tuple[str, str]]) -> str:
    """Return one choice of the filter: it shows what has the value in its attribute `data-<name>`."""
    options = "".join(f'<option value="{escape(value)}">{escape(text)}</option>' for value, text in choices)
    return f'<label>{label}<select name="{name}"><option value="">{every}</option>{options}</select></label>'


def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
