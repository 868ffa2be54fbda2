"""Sandboxes under one mutation, as a client of them sees it."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from sellerspec import contract
from sellerspec.mutate.changes.hooks import change
from sellerspec.mutate.mutation import Mutation
from sellerspec.mutate.planning.behaviours import behaviour_mutations
from sellerspec.sandbox.clock import stamp
from sellerspec.sandbox.running import Box
from support.sandboxes import example, running

ORDER = "/v1/orders/419060832"
CONFIRM = example("tiki/confirmItems/valid/documented-seller-delivery")
PRODUCT = example("tiki/createProduct/valid/documented-simple")


def mutation(id: str) -> Mutation:
    key = id.partition(":")[0]
    return next(one for one in behaviour_mutations(contract.operation(key)) if one.id == id)


@contextmanager
def mutated(id: str) -> Iterator[tuple[Box, httpx.Client]]:
    """Run a sandbox under one mutation; at the end it must have been applied."""
    with running(id.partition("/")[0]) as (box, client):
        box.mutate([change(mutation(id))])
        yield box, client
        assert box.applied == {id}


def orders_query(box: Box, page: int = 1, size: int = 3) -> str:
    now = int(stamp(box.sandbox.clock.now()))
    window = f"from_date={now - 2 * 86_400}&to_date={now}"
    return f"/v2/order/list?fs_id=13004&{window}&page={page}&per_page={size}"


def register(box: Box, url: str) -> None:
    with box.sandbox.changing():
        box.sandbox.state.put("webhooks", "1", {"order": url})
