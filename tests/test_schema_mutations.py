"""Each keyword of a schema says something: an example notices when it is dropped, or a bound moved."""

import re

import pytest

from sellerspec import marketplaces
from support.schema_mutants import Mutant, subjects, survivors

MARKETPLACES = marketplaces.NAMES

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
        r"openapi/tiki-v2\.yaml#/(paths|components)/.*parameters/.* \. drop type",
        "what stands in a URL is read as the type that is asked for or stays a text: text is never refused",
    ),
    (
        r"openapi/tiki-v2\.yaml#/.*orders/get/parameters/7/schema /x-warnings/0/if drop pattern",
        "a filter of another form is an error by itself",
    ),
    (
        r"schemas/tiki-shared/product-options\.json#/else/else/then/\S*variants \. maxItems -1 .*tiki-v2",
        "the Open API has the relation between two variants or more",
    ),
    (
        r"schemas/tiki-v2/token-request\.json# (\.|/properties/\w+) drop type",
        "a form is an object of texts",
    ),
    (
        r"schemas/tiki-v2/product-request\.json# /if(/properties/variants)? drop (required variants|type)",
        "there is nothing to compare without variants, or with something else in their place",
    ),
    (
        r"schemas/tiki-v2/product-request\.json# /then/else/else/if/\S*option_attributes (drop )?maxItems",
        "longer lists have been taken by the branches before it",
    ),
    (
        r"schemas/tiki-v2/event\.json# /allOf/[0-4]/if drop required (type|version)",
        NO_EXAMPLE + "missing `type` or `version`",
    ),
    (
        r"schemas/tiki-v2/order\.json# /x-warnings/1/if drop required fulfillment_type",
        NO_EXAMPLE + "missing `fulfillment_type`",
    ),
    (
        r"schemas/tiki-v2/seller-delivery\.json# /x-warnings/0/if drop required status",
        NO_EXAMPLE + "missing `status`",
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
