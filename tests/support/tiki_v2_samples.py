"""Addresses of Tiki's Open API, and bodies out of the examples of its spec."""

from typing import Any

from sellerspec import contract

V2, V21 = "/integration/v2", "/integration/v2.1"
ORDERS, QUEUES = f"{V2}/orders", "/integration/v1/queues"
PRODUCTS = f"{V21}/products"
WAREHOUSE = 384_740


def sample(operation: str) -> Any:
    """Return the first example of the body of an operation."""
    return samples(operation)[0]


def samples(operation: str) -> list[Any]:
    """Return the examples of the body of an operation."""
    request = contract.contract("tiki-v2").spec.operation(operation).request
    assert request is not None
    return list(request.examples().values())
