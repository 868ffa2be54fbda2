"""A command as the suite of a connector: it calls sandboxes that listen, and its exit code decides."""

import shlex
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial

from sellerspec import sandbox
from sellerspec.model import Exchange
from sellerspec.mutate.changes.hooks import change
from sellerspec.mutate.mutation import Mutation
from sellerspec.mutate.running import observed
from sellerspec.mutate.running.calls import calls_of
from sellerspec.mutate.running.process import Ended, Process
from sellerspec.mutate.running.suite import Failure, Run
from sellerspec.sandbox.change import Notice
from sellerspec.sandbox.log import Entry
from sellerspec.sandbox.running import Box

FIRST = 600.0
"""Seconds that the command may take without a mutation."""


class CommandSuite:
    """One command with sandboxes of its own, which start anew for each run."""

    def __init__(
        self,
        command: Sequence[str],
        marketplaces: Sequence[str],
        *,
        port: int = 0,
        like: "CommandSuite | None" = None,
    ) -> None:
        """Start the sandboxes.

        Args:
            command: the words.
            marketplaces: their sandboxes.
            port: of the first sandbox, the next ones have the next ports; 0 takes free ones.
            like: has run the command without a mutation; its limit and its observations count here too.

        Raises:
            SellerspecError: a port cannot be used.
            MissingExtra: uvicorn is not installed.
        """
        self.name = shlex.join(command)
        self.limit: float = like.limit if like else FIRST
        """Seconds after which a run is killed."""

        self.calls: dict[str, tuple[Exchange, ...]] = {}
        """Key of an operation -> its exchanges in the latest run."""

        self.ended = Ended(0, "")
        """How the latest run ended."""

        self._usual: Run | None = like._usual if like else None
        self._usual_writes: dict[str, int] = like._usual_writes if like else {}
        self._events: list[tuple[str, Entry | Notice]] = []
        self._stack = ExitStack()
        with ExitStack() as starting:
            boxes = [
                (name, starting.enter_context(sandbox.run(name, port=port and port + number)))
                for number, name in enumerate(marketplaces)
            ]
            self._stack = starting.pop_all()
        for name, box in boxes:
            box.sandbox.listeners.append(partial(self._note, name))
        self._boxes = [box for _, box in boxes]
        self._process = Process(command, environment(dict(boxes)))

    def _note(self, marketplace: str, event: Entry | Notice) -> None:
        self._events.append((marketplace, event))

    def run(self, mutations: Sequence[Mutation], tests: Sequence[str], *, until_red: bool) -> Run:
        """Run the command under some mutations."""
        del tests, until_red  # a command is one test
        for box in self._boxes:
            box.reset()
            name = box.sandbox.marketplace
            box.sandbox.mutate([change(mutation) for mutation in mutations if mutation.marketplace == name])
        self._events.clear()
        self.ended = self._process.run(self.limit)
        self.calls = calls_of(self._events)
        applied = frozenset(id for box in self._boxes for id in box.sandbox.applied)
        return Run(self._failures(), applied, self._observed())

    def first(self) -> Run:
        """Run the command without a mutation, as what the other runs are compared with."""
        self._usual = self.run((), (), until_red=False)
        self._usual_writes = self._writes()
        return self._usual

    def _writes(self) -> dict[str, int]:
        return observed.writes(event for _, event in self._events if isinstance(event, Entry))

    def _observed(self) -> tuple[Failure, ...]:
        """Return the writes that were repeated and the tokens in the output, if the first run has none."""
        tokens = {token for box in self._boxes for token in box.sandbox.known_tokens()}
        seen = observed.leaked(self.name, {"output": self.ended.output}, tokens)
        if self._usual is None:
            return seen
        seen += observed.repeated(self.name, self._writes(), self._usual_writes)
        return tuple(failure for failure in seen if failure not in self._usual.observed)

    def _failures(self) -> tuple[Failure, ...]:
        if self.ended.code == 0:
            return ()
        return (Failure(self.name, self.ended.how, self.ended.line),)

    def close(self) -> None:
        """Kill the command, and stop the sandboxes."""
        self._process.close()
        self._stack.close()


def environment(boxes: Mapping[str, Box]) -> dict[str, str]:
    """Return the variables that tell a command where the sandboxes are, and their tokens.

    `SELLERSPEC_URL_TIKI` and `SELLERSPEC_TOKEN_TIKI`; `SELLERSPEC_URL` and `SELLERSPEC_TOKEN` are those of
    the first one.
    """
    variables: dict[str, str] = {}
    for name, box in reversed(list(boxes.items())):
        for suffix in ("", f"_{name.upper()}"):
            variables[f"SELLERSPEC_URL{suffix}"] = box.url
            variables[f"SELLERSPEC_TOKEN{suffix}"] = box.sandbox.token
    return variables
