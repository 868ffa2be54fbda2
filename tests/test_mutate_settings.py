"""The settings of a run of mutations: texts to values, and back to options of the plugin."""

from pathlib import Path
from typing import Any

import pytest

from sellerspec.errors import SellerspecError
from sellerspec.mutate.settings import Settings, settings_of


def test_texts_become_values() -> None:
    assert settings_of() == Settings()
    given = settings_of(
        quick=True, only=["defect, response"], operations=["tnsl/*", "listWarehouses"], seed="-7",
        max_time="1.5", fail_under="noticed=50", accept="a.yaml", reproduce="x", form="junit",
        output="r.xml",
    )  # fmt: skip
    assert given == Settings(
        quick=True, only=("response", "defect"), operations=given.operations, seed=-7, max_time=1.5,
        survived=100.0, noticed=50.0, accept=Path("a.yaml"), reproduce="x",
        form="junit", output=Path("r.xml"),
    )  # fmt: skip
    assert given.operations[0] == "tiki/listWarehouses"
    assert {key.partition("/")[0] for key in given.operations[1:]} == {"tnsl"}
    assert settings_of(output="-").output is None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"only": ["responses"]}, "no family of mutations named `responses`; did you mean `response`?"),
        (
            {"operations": ["tiki/getOrdr"]},
            "no operation named `tiki/getOrdr`; did you mean `tiki/getOrder`?",
        ),
        ({"seed": "x" * 50}, f"the seed is an integer of at most 16 digits, not `{'x' * 40}`"),
        ({"seed": "1" * 17}, f"the seed is an integer of at most 16 digits, not `{'1' * 17}`"),
        ({"max_time": "0"}, "the longest time is a number of seconds greater than 0, not `0`"),
        ({"max_time": "inf"}, "the longest time is a number of seconds greater than 0, not `inf`"),
        ({"max_time": "soon"}, "the longest time is a number of seconds greater than 0, not `soon`"),
        ({"fail_under": "80"}, "`80` names no limit as `survived=70` does"),
        ({"fail_under": "survive=1"}, "no figure named `survive`; did you mean `survived`?"),
        (
            {"fail_under": "noticed=101"},
            "`noticed=101` gives no percentage from 0 to 100, as `noticed=70` does",
        ),
        ({"form": "pdf"}, "no format named `pdf`; known: html, json, junit, markdown, text"),
    ],
)
def test_what_makes_no_sense_is_an_error(given: dict[str, Any], message: str) -> None:
    with pytest.raises(SellerspecError) as error:
        settings_of(**given)
    assert str(error.value) == message


def test_the_plugin_gets_the_same_settings() -> None:
    settings = settings_of(
        quick=True, only=["defect"], operations=["tiki/getOrder"], seed="3", max_time="9", accept="a.yaml",
        fail_under="survived=99.5", reproduce="tiki/getOrder:null/items/*/price", form="json",
        output="r.json",
    )  # fmt: skip
    assert settings.arguments() == [
        "--sellerspec-mutate=quick",
        "--sellerspec-mutate-only=defect",
        "--sellerspec-mutate-operation=tiki/getOrder",
        "--sellerspec-mutate-seed=3",
        "--sellerspec-mutate-max-time=9.0",
        "--sellerspec-mutate-fail-under=survived=99.5,noticed=80.0",
        "--sellerspec-mutate-accept=a.yaml",
        "--sellerspec-mutate-reproduce=tiki/getOrder:null/items/*/price",
        "--sellerspec-mutate-format=json",
        "--sellerspec-mutate-output=r.json",
    ]
    plain = Settings().arguments()
    assert plain[0] == "--sellerspec-mutate"
    assert not any("reproduce" in option or "accept" in option for option in plain)


def test_only_a_run_that_nothing_narrows_is_complete() -> None:
    assert settings_of(seed="5", max_time="3").is_complete
    narrowed: list[dict[str, Any]] = [
        {"quick": True},
        {"only": ["defect"]},
        {"operations": ["tiki/*"]},
        {"reproduce": "x"},
    ]
    assert not any(settings_of(**given).is_complete for given in narrowed)
