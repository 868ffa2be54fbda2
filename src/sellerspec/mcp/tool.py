"""What the server serves: functions from checked arguments to a JSON object."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sellerspec.model import Json
from sellerspec.sandbox import shapes

FILE = "mcp-tools"
"""The schemas of arguments, by the name of the tool, in `schemas/sellerspec/`."""

Arguments = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool."""

    name: str
    run: Callable[[Arguments], dict[str, Json]]
    """Raises a `SellerspecError` if it cannot do its work."""

    changes: bool = False
    """Whether it changes anything: a file or a sandbox."""

    @property
    def schema(self) -> dict[str, Json]:
        """The JSON Schema of the arguments; its description is that of the tool."""
        schema: dict[str, Json] = shapes.definition(FILE, self.name)
        return schema

    def __call__(self, arguments: Arguments) -> dict[str, Json]:
        """Return the result.

        Raises:
            UsageError: the arguments do not fit the schema; the message begins with the place.
            SellerspecError: the tool cannot do its work.
        """
        shapes.require(self.name, arguments, file=FILE)
        return self.run(arguments)
