"""Errors say in one line what is wrong and what to do, and travel between processes."""

import pickle

import pytest

import sellerspec
from sellerspec import errors

SAID = [
    (
        errors.UnknownName("operation", "tiki/creatProduct", ["tiki/createProduct", "tiki/getOrder"]),
        "no operation named `tiki/creatProduct`; did you mean `tiki/createProduct`?",
    ),
    (errors.UnknownName("engine", "RUST", ["rust"]), "no engine named `RUST`; did you mean `rust`?"),
    (errors.UnknownName("marketplace", "q", ["tnsl", "tiki"]), "no marketplace named `q`; known: tiki, tnsl"),
    (
        errors.UnknownName("rule", "q", [f"tiki.{index}" for index in range(41)]),
        "no rule named `q`; `sellerspec list` shows all of them",
    ),
    (errors.UnknownName("operation", "GET /x", ()), "no operation named `GET /x`"),
    (errors.ParseError("not JSON"), "not JSON"),
    (errors.ParseError("not JSON", line=2, column=3), "line 2 column 3: not JSON"),
    (errors.ParseError("not JSON", name="a.json"), "a.json: not JSON"),
    (errors.ParseError("not JSON", line=2, column=3).named("a.json"), "a.json:2:3: not JSON"),
    (errors.SpecError("wrong"), "wrong"),
    (errors.UsageError("no body"), "no body"),
    (
        errors.MissingExtra("fuzz", "schemathesis"),
        "`schemathesis` is not installed; run: pip install 'sellerspec[fuzz]'",
    ),
]


@pytest.mark.parametrize(("error", "message"), SAID, ids=[message for _, message in SAID])
def test_an_error_is_one_line_and_stays_so_in_another_process(
    error: sellerspec.SellerspecError, message: str
) -> None:
    assert str(error) == message
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (type(error), message, vars(error))


def test_a_violation_is_an_assertion_and_no_error_of_the_toolkit() -> None:
    assert issubclass(sellerspec.ContractViolation, AssertionError)
    assert not issubclass(sellerspec.ContractViolation, sellerspec.SellerspecError)


def test_the_package_offers_its_public_names_and_no_others() -> None:
    for name in sellerspec.__all__:
        assert getattr(sellerspec, name)
    assert set(sellerspec.__all__) <= set(dir(sellerspec))
    with pytest.raises(AttributeError, match="module `sellerspec` has no attribute `chek`"):
        sellerspec.chek  # noqa: B018
