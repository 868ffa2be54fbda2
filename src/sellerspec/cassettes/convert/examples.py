"""The documented examples of a spec as exchanges, marked `documentation`."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import orjson

from sellerspec import contract
from sellerspec.cassettes.check import is_refusal, note, of_request
from sellerspec.cassettes.files import Origin, Recorded
from sellerspec.cassettes.open_types import open_types
from sellerspec.contract.check import check_exchange
from sellerspec.contract.examples import examples
from sellerspec.contract.operation import OperationContract
from sellerspec.model import Exchange, Json
from sellerspec.openapi.spec import FORM, Parameter

CREDENTIALS = "Authorization"
"""The header of a token request: its spec cannot require it, because the client may be named in the form."""


def documented(marketplace: str) -> Iterator[tuple[str, str, Recorded]]:
    """Yield operationId, case and exchange of each documented example of a spec.

    A document shows requests and responses separately. An example of a response is combined with the
    first example of a request, and one of a request with the first success. Without an example of a
    request, one is made of the examples of the parameters. Nothing is scrubbed.

    Raises:
        UnknownName: there is no such marketplace.
    """
    ready = contract.contract(marketplace)
    spec = f"{marketplace} {ready.spec.version}"
    for operation in ready.operations():
        seen = operation.operation.source.seen
        for case, exchange in _exchanges(operation, ready.spec.servers):
            origin = Origin(
                at=f"{seen}T00:00:00Z" if len(seen) == 10 else "",  # of some documents only the year is known
                source="documentation",
                spec=spec,
                operation=operation.key if operation.operation.webhook else "",
                refused_for=_noted(operation, exchange) if is_refusal(exchange) else None,
                types=open_types(exchange, operation=operation.key),
            )
            yield operation.operation.id, case, Recorded(exchange, origin)


def _noted(operation: OperationContract, exchange: Exchange) -> tuple[str, ...]:
    report = check_exchange(exchange, operation=operation.key, requests="always")
    return tuple(note(finding) for finding in report.findings if of_request(finding))


def _exchanges(operation: OperationContract, servers: tuple[str, ...]) -> Iterator[tuple[str, Exchange]]:
    requests = operation.spec.request.examples() if operation.spec.request is not None else {}
    responses = [
        (status, name, value)
        for status, body in operation.spec.responses.items()
        for name, value in body.examples().items()
    ]
    success: tuple[int, Json] | None = next(
        ((status, value) for status, _, value in responses if status < 400), None
    )
    if success is None and _is_empty(operation, operation.success):
        success = operation.success, None
    first = next(iter(requests.values()), None)
    for name, value in requests.items():
        if success is not None:  # else no document shows the response of a success
            yield name, _exchange(operation, servers, value, *success)
    for status, name, value in responses:
        if requests and (status, value) == success:
            continue  # it is combined with the requests above
        request = _refused(operation, first) if status == 422 else first
        case = name if status < 400 else f"{name}-{status}"
        yield case, _exchange(operation, servers, request, status, value)


def _is_empty(operation: OperationContract, status: int) -> bool:
    return status in operation.spec.responses and operation.spec.responses[status].schema is None


def _refused(operation: OperationContract, default: Json) -> Json:
    """Return the documented request that the marketplace refuses, or the default."""
    refused = (
        example.value
        for example in examples(operation.key)
        if not example.valid and example.case.startswith("documented")
    )
    return next(refused, default)


def _exchange(
    operation: OperationContract, servers: tuple[str, ...], request: Json, status: int, response: Json
) -> Exchange:
    """Return the exchange; the enum values of query parameters are chosen so that it has no error."""
    lists = [_words(parameter) for parameter in operation.spec.parameters]
    turns = range(max(map(len, lists), default=0) + 1)
    tried = [made(operation, servers, request, status, response, turn) for turn in turns]
    fitting = (exchange for exchange in tried if check_exchange(exchange, operation=operation.key).ok)
    return next(fitting, tried[0])


def _words(parameter: Parameter) -> tuple[Json, ...]:
    return tuple(parameter.schema.get("enum", ())) if parameter.where == "query" else ()


def made(
    operation: OperationContract,
    servers: tuple[str, ...],
    request: Json,
    status: int,
    response: Json,
    turn: int,
) -> Exchange:
    """Return an exchange made of the examples of its parts.

    Args:
        operation: the operation.
        servers: base URLs of the marketplace; the first is used.
        request: the decoded body, None for none.
        status: of the response.
        response: its decoded body, None for none.
        turn: 0 takes the examples of all required parameters, n the n-th value of the enum of each query
            parameter that has one.
    """
    place = operation.operation
    headers = {"accept": "application/json", **_credentials(operation)}
    is_form = operation.spec.request is not None and operation.spec.request.is_form
    kind = FORM if is_form else "application/json"
    content = urlencode(request).encode() if is_form else orjson.dumps(request)
    path, query = place.path, []
    for parameter in operation.spec.parameters:
        words = _words(parameter)
        value = words[turn - 1] if 0 < turn <= len(words) else _example(parameter.schema, parameter.example)
        if parameter.where == "path":
            path = path.replace("{" + parameter.name + "}", str(value))
        elif parameter.where == "query" and (parameter.required or 0 < turn <= len(words)):
            query.append(f"{parameter.name}={value}")
        elif parameter.where == "header" and (parameter.required or parameter.name == CREDENTIALS):
            headers[parameter.name.lower()] = str(value)
    base = servers[0] + path if not place.webhook else f"https://connector.example/webhooks/{place.id}"
    url = base + ("?" + "&".join(query) if query else "")
    return Exchange(
        place.method,
        url,
        status,
        request_headers=headers | ({"content-type": kind} if request is not None else {}),
        request_body=b"" if request is None else content,
        response_headers={} if response is None else {"content-type": "application/json"},
        response_body=b"" if response is None else orjson.dumps(response),
    )


def _credentials(operation: OperationContract) -> dict[str, str]:
    headers: dict[str, str] = {}
    for scheme in operation.spec.security:
        if scheme["type"] == "apiKey" and scheme["in"] == "header":
            headers[scheme["name"]] = "SCRUBBED-" + scheme["name"].replace("-", "_") + "-1"
        elif scheme.get("scheme", "").lower() == "bearer":
            headers["authorization"] = "Bearer SCRUBBED-authorization-1"
    return headers


def _example(schema: Any, given: Any) -> Any:
    if given is not None:
        return given
    if isinstance(schema, dict):
        for key in ("example", "default", "const"):
            if key in schema:
                return schema[key]
        for listed in (schema.get("examples"), schema.get("enum")):
            if listed:
                return listed[0]
        if schema.get("type") in ("integer", "number"):
            return max(1, schema.get("minimum", 1))
    return "example"
