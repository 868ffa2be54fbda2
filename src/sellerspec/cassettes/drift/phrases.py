"""The closed and open lists of words that a spec knows for the members of a response."""

from sellerspec.contract.operation import OperationContract
from sellerspec.model import Json


def words_at(operation: OperationContract, status: int) -> dict[str, frozenset[str]]:
    """Return pointer -> the words that the spec lists there; list items are `*`."""
    body = operation.spec.responses.get(status)
    found: dict[str, set[str]] = {}
    if body is not None and body.schema is not None:
        collect(body.schema, "/response/body", found)
    return {at: frozenset(each) for at, each in found.items() if each}


def collect(schema: Json, at: str, found: dict[str, set[str]]) -> None:
    """Add the words that a schema lists to `found`, by the pointer of their place."""
    if not isinstance(schema, dict):
        return
    listed = [each for each in schema.get("enum", ()) if isinstance(each, str)]
    if isinstance(schema.get("const"), str):
        listed.append(schema["const"])
    if listed:
        found.setdefault(at, set()).update(listed)
    for key in ("allOf", "anyOf", "oneOf", "x-warnings"):
        for each in schema.get(key, ()):
            collect(each, at, found)
    for key in ("then", "else"):
        collect(schema.get(key), at, found)
    for name, each in schema.get("properties", {}).items():
        collect(each, f"{at}/{name.replace('~', '~0').replace('/', '~1')}", found)
    collect(schema.get("items"), f"{at}/*", found)
