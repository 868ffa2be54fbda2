"""Whether a failure under a mutation of family `response` or `behaviour` counts against the connector."""

from typing import Literal

from sellerspec.mutate.mutation import Mutation
from sellerspec.mutate.suite import Failure

Counts = Literal["yes", "no", "control"]
"""`control`: it counts if the test is green under the control mutation, so it does not pin the value."""

_BROKEN = ("crash", "hang")


def counts(mutation: Mutation, failure: Failure) -> Counts:
    """Return whether a failed test shows a weakness, by what a correct connector gives its caller."""
    if mutation.outcome == "same" or failure.how in _BROKEN:
        return "yes"
    if mutation.outcome == "other":
        return "yes" if failure.how == "error" else "control"
    # an error is what the caller needs; of a command, an exit code says no more than that
    return "yes" if failure.how == "assertion" else "no"
