"""An exchange as one JSON value: the request and the response as schemas and rules read them."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote

from sellerspec.errors import ParseError
from sellerspec.io import strict
from sellerspec.io.compression import decompressed
from sellerspec.io.member_names import without_data
from sellerspec.io.strict import quoted
from sellerspec.model import Exchange, Json
from sellerspec.openapi.spec import FORM, OperationSpec, Parameter, is_json
from sellerspec.schema.messages import seen

UNREAD = "\x00unread"
"""The one key of the value of a body that is not JSON; below it stands the reason."""


def request_value(spec: OperationSpec, exchange: Exchange, parameters: Mapping[str, Json]) -> dict[str, Json]:
    """Return `{"path", "query", "headers", "body"}` of a request, path and query as given in `parameters`.

    Header names are in lower case. There is no `body` where there are no bytes. The body is
    read as the form or the JSON that the operation takes.
    """
    value: dict[str, Json] = {**parameters, "headers": lower(exchange.request_headers)}
    if exchange.request_body:
        read = form_value if spec.request is not None and spec.request.is_form else body_value
        value["body"] = read(exchange.request_body, value["headers"])
    return value


def form_value(body: bytes, headers: Mapping[str, str]) -> Json:
    """Return the members of a form, each a text, decompressed first.

    `{UNREAD: why}` where it is no form, or has a member twice.
    """
    sent = headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent != FORM:
        return {UNREAD: f"the body must be sent as `{FORM}`, got {seen(sent) if sent else 'no content type'}"}
    try:
        text = decompressed(body, headers.get("content-encoding", "")).decode()
        members = parse_qsl(text, keep_blank_values=True, strict_parsing=True, max_num_fields=1000)
    except ParseError as error:
        return {UNREAD: str(error)}
    except ValueError:
        return {UNREAD: "the body is not a form: `name=value` with `&` between them, in UTF-8"}
    names = [name for name, _ in members]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        return {UNREAD: f"the form has the member {quoted(without_data(twice))} twice"}
    return dict(members)


def parameter_values(spec: OperationSpec, path: Mapping[str, str], query: str) -> dict[str, Json]:
    """Return `{"path", "query"}` of a URL, each value in the type of its parameter if readable as such."""
    known = {(parameter.where, parameter.name): parameter for parameter in spec.parameters}
    in_query: dict[str, Json] = {}
    for name, text in parse_qsl(query, keep_blank_values=True):
        parameter = known.get(("query", name))
        if parameter is not None and "array" in types(parameter.schema):
            in_query.setdefault(name, []).append(text)
        else:
            in_query[name] = typed(text, parameter)
    in_path = {name: typed(unquote(text), known.get(("path", name))) for name, text in path.items()}
    return {"path": in_path, "query": in_query}


def response_value(exchange: Exchange) -> dict[str, Json]:
    """Return `{"status", "headers", "body"}` of a response; there is no `body` without bytes."""
    headers = lower(exchange.response_headers)
    value: dict[str, Json] = {"status": exchange.status, "headers": headers}
    if exchange.response_body:
        value["body"] = body_value(exchange.response_body, headers)
    return value


def body_value(body: bytes, headers: Mapping[str, str]) -> Json:
    """Return a decoded JSON body, decompressed first; `{UNREAD: why}` where it cannot be read.

    A body of another content type is null: no schema reads it.

    Args:
        body: of a request or a response.
        headers: of the same, with their names in lower case.
    """
    encoding = headers.get("content-encoding", "")
    try:
        if encoding or body[:1] not in (b"{", b"["):
            body = decompressed(body, encoding)
            content_type = headers.get("content-type", "")
            if content_type and not is_json(content_type) and body[:1] not in (b"{", b"["):
                return None
        return strict.decode(body)
    except ParseError as error:
        return {UNREAD: str(error)}


def unread(body: Json) -> str:
    """Return why a body that `body_value` returned could not be read; "" if it could."""
    return str(body[UNREAD]) if isinstance(body, dict) and UNREAD in body else ""


def lower(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers with their names in lower case."""
    return {name.lower(): value for name, value in headers.items()}


_INTEGER = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")


def typed(text: str, parameter: Parameter | None) -> Json:
    """Return a text in the type of its parameter, or as it is if it cannot be read as such."""
    named = types(parameter.schema) if parameter else ()
    if "integer" in named and _INTEGER.fullmatch(text):
        return int(text)
    if "number" in named and _NUMBER.fullmatch(text):
        return float(text)
    if "boolean" in named and text in ("true", "false"):
        return text == "true"
    return text


def types(schema: Json) -> tuple[str, ...]:
    """Return the types that the schema of a parameter names, at its root or in its parts."""
    if not isinstance(schema, dict):
        return ()
    if "type" in schema:
        type_ = schema["type"]
        return (type_,) if isinstance(type_, str) else tuple(type_)
    parts = (*schema.get("allOf", ()), *schema.get("anyOf", ()))
    return tuple(type_ for part in parts for type_ in types(part))
