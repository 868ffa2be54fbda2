"""The sandboxes and guards of a worker: switch mutations on, and see what each test calls."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_sellerspec.state import State
from sellerspec.model import Exchange, Json
from sellerspec.mutate.changes.hooks import change
from sellerspec.mutate.mutation import Mutation
from sellerspec.mutate.running.calls import calls_of
from sellerspec.sandbox.change import Notice
from sellerspec.sandbox.log import Entry

if TYPE_CHECKING:
    from sellerspec.sandbox.running import Box


class Watched:
    """All sandboxes that the fixtures of a worker start."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._mutations: tuple[Mutation, ...] = ()
        self._boxes: list[Box] = []
        self._wide: dict[Box, Json] = {}
        """Sandbox that outlives a test -> its state before the first test that used it; None until then."""

        self.events: list[tuple[str, Entry | Notice]] = []
        """Marketplace, and what happened since `forget`, by all sandboxes."""

        state.on_box = self._started

    def mutate(self, mutations: Sequence[Mutation]) -> None:
        """Switch on exactly these, in each sandbox that runs and each that will start."""
        self._mutations = tuple(mutations)
        running = self._state.boxes
        self._boxes = [box for box in self._boxes if box in running]
        self._wide = {box: state for box, state in self._wide.items() if box in running}
        for box, state in self._wide.items():
            if state is not None:
                box.restore(state)
        for box in self._boxes:
            self._switch(box)
        # in family `defect` a guard may notice what is wrong: it is a part of the suite
        records = any(mutation.family != "defect" for mutation in mutations)
        self._state.only_records_responses = records
        for guard in self._state.guards:
            guard.only_records_responses = records

    def _started(self, box: "Box", owner: object) -> None:
        name = box.sandbox.marketplace
        box.sandbox.listeners.append(lambda event: self.events.append((name, event)))
        self._boxes.append(box)
        if owner is not None:
            self._wide[box] = None
        self._switch(box)

    def _switch(self, box: "Box") -> None:
        own = [m for m in self._mutations if m.marketplace == box.sandbox.marketplace]
        box.sandbox.mutate([change(mutation) for mutation in own])

    def remember(self) -> None:
        """Keep the state of each sandbox that outlives the test; `mutate` goes back to it."""
        for box, state in self._wide.items():
            if state is None:
                self._wide[box] = box.state()

    @property
    def applied(self) -> set[str]:
        """Ids of the mutations that changed something since `mutate`."""
        return {id for box in self._boxes for id in box.sandbox.applied}

    @property
    def tokens(self) -> set[str]:
        """The tokens of all sellers, with those that were issued."""
        return {token for box in self._boxes for token in box.sandbox.known_tokens()}

    def entries(self) -> list[Entry]:
        """Return the calls since `forget`."""
        return [event for _, event in self.events if isinstance(event, Entry)]

    def calls(self) -> dict[str, tuple[Exchange, ...]]:
        """Return the exchanges since `forget`, by the key of their operation."""
        return calls_of(self.events)

    def forget(self) -> None:
        """Begin a new test."""
        self.events.clear()
