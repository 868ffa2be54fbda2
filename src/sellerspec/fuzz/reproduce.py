"""Show a call again, with every secret masked."""

import shlex
from collections.abc import Mapping
from urllib.parse import urlsplit

from sellerspec.fuzz.messages import Call
from sellerspec.model import Json
from sellerspec.reporting.hide import hidden
from sellerspec.scrubbing.display import display_of

SHOWN = frozenset(("accept", "accept-encoding", "accept-language", "content-encoding", "content-type"))
"""Headers whose values are shown; any other may carry a secret."""

MASK = "***"
LONGEST = 4000
"""Characters of a body that are shown; a longer one ends with `...`."""


def shown_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers with `***` for the values that are secret."""
    return {name: value if name.lower() in SHOWN else MASK for name, value in headers.items()}


def shown_body(call: Call) -> str:
    """Return the body of a call as text, without personal data and secrets."""
    return hidden(call.body.decode("utf-8", "backslashreplace"), call.operation)


def shown_path(call: Call) -> str:
    """Return the path and query of a call, without what the contract does not know as harmless."""
    return display_of(call.operation).url(call.path)


def shown_server(url: str) -> str:
    """Return the address of a server without user, password and query."""
    split = urlsplit(url)
    return url if not split.netloc else f"{split.scheme}://{split.netloc.rpartition('@')[2]}{split.path}"


def _is_text(body: bytes) -> bool:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    return not any(character < " " and character not in "\r\n\t" for character in text)


def masked(call: Call) -> dict[str, Json]:
    """Return a call as JSON, secrets masked."""
    return {
        "method": call.method,
        "path": shown_path(call),
        "headers": shown_headers(call.headers),
        "body": shown_body(call)[:LONGEST],
    }


def curl(call: Call, url: str = "$URL") -> str:
    """Return a curl command; `$URL` stands for the server, `***` for what is secret."""
    parts = ["curl", "-sS", "-i", "-X", call.method]
    for name, value in shown_headers(call.headers).items():
        parts += ["-H", shlex.quote(f"{name}: {value}")]
    if call.body and _is_text(call.body):
        shown = shown_body(call)
        parts += ["--data-binary", shlex.quote(shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}...")]
    elif call.body:
        # bytes that a terminal cannot show become an ANSI-C string; of many, only the number is shown
        binary = "".join(f"\\x{byte:02x}" for byte in call.body[:200])
        parts += [
            "--data-binary",
            f"$'{binary}'" if len(call.body) <= 200 else f"'@a file of {len(call.body)} bytes'",
        ]
    return " ".join([*parts, f'"{shown_server(url)}"{shlex.quote(shown_path(call))}'])
