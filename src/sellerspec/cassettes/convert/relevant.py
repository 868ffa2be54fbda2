"""Which recorded calls are about a marketplace: a browser records all that a page loads."""

from collections.abc import Callable, Collection
from dataclasses import replace

from sellerspec import contract, marketplaces
from sellerspec.cassettes.convert.entries import Entries
from sellerspec.cassettes.files import Recorded
from sellerspec.io import hosts


def of_hosts(entries: Entries, kept: Collection[str]) -> Entries:
    """Return the entries of the named hosts; the others are counted."""
    names = set(map(hosts.host, kept))
    return _divided(entries, lambda recorded: _host(recorded) in names)


def of_marketplaces(entries: Entries) -> Entries:
    """Return the entries of the hosts that the specs name; the others are counted.

    If none is of such a host, those are kept whose path is one of an operation, below any host and prefix.
    """
    routes = [contract.contract(name).routes for name in marketplaces.names()]
    known = frozenset(host for of_one in routes for host in of_one.hosts)
    if any(_host(recorded) in known for recorded in entries.exchanges):
        return _divided(entries, lambda recorded: _host(recorded) in known)

    def is_operation(recorded: Recorded) -> bool:
        exchange = recorded.exchange
        return any(of_one.find(exchange.method, exchange.url, any_host=True) for of_one in routes)

    return _divided(entries, is_operation)


def _host(recorded: Recorded) -> str:
    return hosts.host(recorded.exchange.url)


def _divided(entries: Entries, is_kept: Callable[[Recorded], bool]) -> Entries:
    kept: list[Recorded] = []
    for recorded in entries.exchanges:
        if is_kept(recorded):
            kept.append(recorded)
        else:
            entries.other_hosts[_host(recorded)] += 1
    return replace(entries, exchanges=kept)
