"""Write cassettes, to the byte as vcrpy writes them, so that saving again changes nothing."""

import json
from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal

import yaml

from sellerspec.cassettes.files.records import MEMBER, Recorded
from sellerspec.io import writing
from sellerspec.io.writing import make_folder
from sellerspec.model import Json

Form = Literal["yaml", "json"]

_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def interaction(recorded: Recorded) -> dict[str, Json]:
    """Return an exchange in vcrpy's form; `reading.recorded_of` reads it."""
    exchange = recorded.exchange
    status = exchange.status or 0
    response: dict[str, Json] = {
        "status": {"code": status, "message": recorded.reason or _reason(status)},
        "headers": {name: [value] for name, value in exchange.response_headers.items()},
        "body": {"string": readable(exchange.response_body)},
    }
    origin = recorded.origin.to_dict()
    if origin:
        response[MEMBER] = origin
    request = {
        "method": exchange.method,
        "uri": exchange.url,
        "body": readable(exchange.request_body) if exchange.request_body else None,
        "headers": {name: [value] for name, value in exchange.request_headers.items()},
    }
    return {"request": request, "response": response}


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def readable(body: bytes) -> str | bytes:
    """Return a body as text where it is UTF-8, as vcrpy does."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body


def dump(exchanges: Iterable[Recorded], *, form: Form = "yaml", metadata: Json = None) -> str:
    """Return the text of a cassette.

    Raises:
        TypeError: a body is binary and the form is JSON, which cannot hold it.
    """
    value: dict[str, Json] = {"version": 1, "interactions": [interaction(exchange) for exchange in exchanges]}
    if metadata:
        value["metadata"] = metadata
    if form == "json":
        return json.dumps(value, indent=4) + "\n"
    text: str = yaml.dump(value, Dumper=_Dumper)
    return text


def write(
    path: str | Path, exchanges: Iterable[Recorded], *, form: Form | None = None, metadata: Json = None
) -> None:
    """Write a cassette completely or not at all; by default the file's name determines the form."""
    path = Path(path)
    text = dump(exchanges, form=form or ("json" if path.suffix == ".json" else "yaml"), metadata=metadata)
    write_text(path, text)


def write_text(path: Path, text: str) -> None:
    """Write a text completely or not at all, in a new folder if need be.

    Raises:
        NotWritten: it cannot be written.
    """
    make_folder(path.parent)
    writing.write(path, text)


def dump_plain(value: Json, *, flow: bool = False) -> str:
    """Return a plain value as YAML for people to read, or with `flow` on one line; members in their order."""
    width = 1 << 30 if flow else 100
    text: str = yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=width, default_flow_style=flow
    )
    return text
