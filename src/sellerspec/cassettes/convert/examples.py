"""The documented examples of a spec as exchanges, marked `documentation`."""

from collections.abc import Iterator
from typing import Any

import orjson

from sellerspec import contract
from sellerspec.cassettes.format import Origin, Recorded
from sellerspec.cassettes.open_types import open_types
from sellerspec.contract.check import check_exchange
from sellerspec.contract.examples import examples
from sellerspec.contract.operation import OperationContract
from sellerspec.model import Exchange, Json


def documented(marketplace: str) -> Iterator[tuple[str, str, Recorded]]:
    """Yield operationId, case and exchange of each documented example of a spec.

    An example of a response stands with the first example of a request, and one of a request with
    the first of a success: a document shows them apart. Where it shows no request, the request is
    made of the examples of the parameters. Nothing is scrubbed yet.

    Raises:
        UnknownName: there is no such marketplace.
    """
    ready = contract.contract(marketplace)
    spec = f"{marketplace} {ready.spec.version}"
    for operation in ready.operations():
        source = operation.operation.source
        for case, exchange in _exchanges(operation, ready.spec.servers):
            origin = Origin(
                at=_day(source.seen),
                source="documentation",
                spec=spec,
                operation=operation.key if operation.operation.webhook else "",
                refused_for=_found(operation, exchange) if (exchange.status or 0) >= 400 else None,
                types=open_types(exchange, operation=operation.key),
            )
            yield operation.operation.id, case, Recorded(exchange, origin)


def _day(seen: str) -> str:
    """Return the day a document was seen as a moment; "" where only a year is known."""
    return f"{seen}T00:00:00Z" if len(seen) == 10 else ""


def _found(operation: OperationContract, exchange: Exchange) -> tuple[str, ...]:
    report = check_exchange(exchange, operation=operation.key, requests="always")
    return tuple(
        f"{finding.rule} {finding.pointer}"
        for finding in report.findings
        if finding.pointer.startswith("/request")
    )


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
        if success is not None:  # else nobody knows what a success responses
            yield name, _exchange(operation, servers, value, *success)
    for status, name, value in responses:
        if requests and (status, value) == success:
            continue  # it stands with the requests above
        request = _refused(operation, first) if status == 422 else first
        yield (
            name if status < 400 else f"{name}-{status}",
            _exchange(operation, servers, request, status, value),
        )


def _is_empty(operation: OperationContract, status: int) -> bool:
    return status in operation.spec.responses and operation.spec.responses[status].schema is None


def _refused(operation: OperationContract, otherwise: Json) -> Json:
    """Return the documented request that the marketplace refuses, where a document shows one."""
    refused = (
        example.value
        for example in examples(operation.key)
        if not example.valid and example.case.startswith("documented")
    )
    return next(refused, otherwise)


def _exchange(
    operation: OperationContract, servers: tuple[str, ...], request: Json, status: int, response: Json
) -> Exchange:
    """Return the exchange; of a parameter with a list of words, the one that the response goes with."""
    tried = [made(operation, servers, request, status, response, turn) for turn in range(_turns(operation))]
    return next((each for each in tried if check_exchange(each, operation=operation.key).ok), tried[0])


def _turns(operation: OperationContract) -> int:
    """Return how many words the longest list of a query parameter has, and one for no choice."""
    lists = [
        parameter.schema.get("enum", ())
        for parameter in operation.spec.parameters
        if parameter.where == "query"
    ]
    return max(map(len, lists), default=0) + 1


def made(
    operation: OperationContract,
    servers: tuple[str, ...],
    request: Json,
    status: int,
    response: Json,
    turn: int,
) -> Exchange:
    """Return an exchange of the examples of its parts; `turn` chooses words of query parameters.

    Args:
        turn: 0 takes the examples of all parameters that must be there, n the n-th word of each list.
    """
    place = operation.operation
    headers = {"accept": "application/json"}
    for scheme in operation.spec.security:
        if scheme["type"] == "apiKey" and scheme["in"] == "header":
            headers[scheme["name"]] = "SCRUBBED-" + scheme["name"].replace("-", "_") + "-1"
        elif scheme.get("scheme", "").lower() == "bearer":
            headers["authorization"] = "Bearer SCRUBBED-authorization-1"
    path, query = place.path, []
    for parameter in operation.spec.parameters:
        words = parameter.schema.get("enum", ()) if parameter.where == "query" else ()
        value = words[turn - 1] if 0 < turn <= len(words) else _example(parameter.schema, parameter.example)
        if parameter.where == "path":
            path = path.replace("{" + parameter.name + "}", str(value))
        elif parameter.where == "query" and (parameter.required or 0 < turn <= len(words)):
            query.append(f"{parameter.name}={value}")
        elif parameter.where == "header" and parameter.required:
            headers[parameter.name.lower()] = str(value)
    url = (servers[0] + path if not place.webhook else "https://connector.example/webhooks/" + place.id) + (
        "?" + "&".join(query) if query else ""
    )
    return Exchange(
        place.method,
        url,
        status,
        request_headers=headers | ({"content-type": "application/json"} if request is not None else {}),
        request_body=b"" if request is None else orjson.dumps(request),
        response_headers={} if response is None else {"content-type": "application/json"},
        response_body=b"" if response is None else orjson.dumps(response),
    )


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
