"""Each keyword of a schema says something: an example notices when it is dropped, or a bound moved."""

import re

import pytest

from support.schema_mutants import Mutant, subjects, survivors

MARKETPLACES = ("tiki", "tnsl", "tokopedia")

NO_EXAMPLE = "the member is refused by itself then, and an example breaks one rule; "
NOT_SHOWN = (
    (
        r"openapi/tiki\.yaml#/(paths|components)/.*parameters/.* \. drop type",
        "what stands in a URL is read as the type that is asked for or stays a text: text is never refused",
    ),
    (
        r"openapi/tiki\.yaml#/components/parameters/version/schema \. .*minLength",
        "a URL is only this operation's with a version of the form `v2`, or with none: it is never empty",
    ),
    (
        r"schemas/tiki/category-detail\.json# \. drop type",
        "the schema that it extends asks for the same type under the same rule",
    ),
    (
        r"schemas/tiki/product\.json# /else/else/if/properties/option_attributes (drop )?maxItems",
        "longer lists have been taken by the branches before it",
    ),
    (
        r"schemas/tiki/variant\.json# /then/if drop required inventory_type",
        "the condition around it asks for the same member",
    ),
    (
        r"schemas/tiki/tracking\.json# /allOf/[01]/if drop required state",
        NO_EXAMPLE + "missing `state`",
    ),
    (
        r"schemas/tnsl/create-order\.json# /x-warnings/[23]/if drop required is_fulfillment_only",
        NO_EXAMPLE + "missing `is_fulfillment_only`",
    ),
    (
        r"schemas/tnsl/order-status\.json#/properties/data /\S*/if(/not)? drop required main_state",
        NO_EXAMPLE + "missing state",
    ),
    (
        r"schemas/tnsl/order-status\.json#/properties/data /.*if(/not)?/properties/main_substate drop type",
        NO_EXAMPLE + "a state that is no text",
    ),
    (
        r"openapi/tokopedia\.yaml#/paths/.*/parameters/[567]/schema/x-warnings/0 \. minLength \+1",
        "a text of one character is no number, which is an error by itself",
    ),
    (
        r"schemas/tokopedia/encryption\.json# /x-warnings/[01]/if/properties/\w+ drop type",
        NO_EXAMPLE + "a block that is no text",
    ),
    (
        r"schemas/tokopedia/encryption\.json# /x-warnings/[01]/if/properties/\w+ minLength \+1",
        "a block of one character is no base64, which is warned about itself",
    ),
)
"""Pattern of changes that no example shows, and why."""


def not_shown(mutant: Mutant) -> bool:
    return any(re.match(pattern, str(mutant)) for pattern, _ in NOT_SHOWN)


@pytest.mark.no_cover
@pytest.mark.parametrize("name", MARKETPLACES)
def test_an_example_notices_each_change_of_a_schema(name: str) -> None:
    # one test for each marketplace: to compile its operations again and again is what costs time
    left, all_ = survivors(name)
    assert all_ > 300
    assert [str(mutant) for mutant in left if not not_shown(mutant)] == []
    assert [place for subject in subjects(name) for place, noticed in subject.optional() if not noticed] == []
    for pattern, reason in NOT_SHOWN:
        if pattern.startswith((rf"schemas/{name}/", rf"openapi/{name}\.")):
            assert any(re.match(pattern, str(mutant)) for mutant in left), reason
