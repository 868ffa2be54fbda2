"""A member whose name looks like a list position is still a member, for both engines."""

import pytest

import sellerspec


@pytest.mark.parametrize("name", ["2", "02", "+2", "²"])
def test_a_member_named_like_a_number_is_found_by_its_name(name: str) -> None:
    product = {"attributes": {name: {"a": 1}, "x": {"a": 1}}, "variants": [{"price": -1}]}
    first, second = (
        sellerspec.check("tiki/createProduct", product, engine=each).findings
        for each in ("jsonschema-rs", "jsonschema")
    )
    assert first == second
    assert f"/attributes/{name}" in {each.pointer for each in first}
