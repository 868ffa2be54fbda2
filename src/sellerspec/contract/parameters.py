"""The parameters of a URL: their values, and what no schema of a parameter can see.

A schema sees one decoded value under a known name. A name that nobody knows, a name that comes twice, and
a path that is not encoded are found here, for every operation. Both are kept for each URL.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl, quote

from sellerspec.contract.parts import parameter_values, types
from sellerspec.io.strict import quoted
from sellerspec.marketplaces.common import PATH_ENCODED, QUERY_KNOWN
from sellerspec.model import Finding, Json, pointer
from sellerspec.openapi.spec import OperationSpec
from sellerspec.schema.messages import did_you_mean

_ENCODED = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*")
"""A segment of a path as RFC 3986 has it."""

_BRACKETS = re.compile(r"\[[^\]]*\]")
_SHOWN = 40
"""Most characters of a name in a message or pointer."""


class Parameters(NamedTuple):
    """The parameters of one URL."""

    values: Mapping[str, Json]
    """`{"path", "query"}`, each value in the type of its parameter if it can be read as such."""

    findings: tuple[Finding, ...]


def parameters(spec: OperationSpec, path: Mapping[str, str], query: str) -> Parameters:
    """Return the values of the parameters of a URL, and what is wrong with their names and encoding.

    Args:
        spec: the operation. The URL of a webhook is the receiver's own, so its query is not judged.
        path: path parameters as they stand in the URL, still encoded.
        query: of the URL, without `?`.
    """
    findings = [*_of_path(path)]
    if query and not spec.operation.webhook:
        findings += _of_query(spec, query)
    return Parameters(parameter_values(spec, path, query), tuple(findings))


def _of_path(path: Mapping[str, str]) -> Iterator[Finding]:
    for name, text in path.items():
        end = _ENCODED.match(text)
        if end is not None and end.end() < len(text):
            written = quote(text[end.end()], safe="")
            yield PATH_ENCODED(
                f"{quoted(name)} must be percent-encoded: character {end.end() + 1} is written `{written}`",
                pointer(("request", "path", name)),
            )


def _of_query(spec: OperationSpec, query: str) -> Iterator[Finding]:
    known = {
        parameter.name: "array" in types(parameter.schema)
        for parameter in spec.parameters
        if parameter.where == "query"
    }
    known |= {scheme["name"]: False for scheme in spec.security if scheme.get("in") == "query"}
    counts = Counter(name for name, _ in parse_qsl(query, keep_blank_values=True))
    for name, count in sorted(counts.items()):
        place = pointer(("request", "query", name[:_SHOWN]))
        if name not in known:
            yield QUERY_KNOWN(_unknown(name, tuple(known)), place)
        elif count > 1 and not known[name]:
            yield QUERY_KNOWN(f"{quoted(name)} must be given once, got it {count} times", place)


def _unknown(name: str, known: tuple[str, ...]) -> str:
    plain = _BRACKETS.sub("", name).strip()
    if plain in known:
        return f"{quoted(name)} must be written `{plain}`, without {'brackets' if '[' in name else 'blanks'}"
    return f"{quoted(name)} is not a parameter of this call{did_you_mean(name, known)}"
