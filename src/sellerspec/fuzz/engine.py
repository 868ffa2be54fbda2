"""The only module that imports schemathesis: it generates cases of a spec. Sending and checking is ours.

Its loader gets a copy of the spec, because it changes what it is given, and a configuration of its
own, so that no file of the user and no cache has an effect.
"""

import contextlib
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sellerspec import contract
from sellerspec.errors import MissingExtra
from sellerspec.model import Json
from sellerspec.openapi.references import References


@dataclass(frozen=True, slots=True)
class Generated:
    """One case that schemathesis made."""

    method: str
    path: Mapping[str, Json]
    query: Mapping[str, Json]
    headers: Mapping[str, str]
    body: Json = None
    has_body: bool = False
    media_type: str = ""
    description: str = ""
    """What schemathesis says the case is, cut at 120 characters."""


@cache
def _schema(marketplace: str, odd: bool) -> Any:
    try:
        import schemathesis
    except ModuleNotFoundError:
        raise MissingExtra("fuzz", "schemathesis") from None
    config = schemathesis.Config.from_dict(
        {
            "base-url": "http://sellerspec.invalid",
            "cache": {"enabled": False},
            "generation": {"mode": "all", "deterministic": True, "allow-x00": odd},
        }
    )
    return schemathesis.openapi.from_dict(document(marketplace), config=config)


def document(marketplace: str) -> Json:
    """Return a spec as one OpenAPI document without references to files, as schemathesis reads it."""
    spec = contract.contract(marketplace).spec
    document_ = _plain(References(spec.path, spec.document).resolved())
    return {name: member for name, member in document_.items() if name != "webhooks"}


def _plain(value: Json) -> Json:
    """Leave out annotations, and examples that are files: only we read them."""
    if isinstance(value, dict):
        return {
            name: _plain(member)
            for name, member in value.items()
            if not (isinstance(name, str) and name.startswith("x-"))
            and not (isinstance(member, dict) and "externalValue" in member)
            and name != "examples"
        }
    return [_plain(item) for item in value] if isinstance(value, list) else value


def coverage_cases(marketplace: str, id: str, *, odd: bool = False) -> Iterator[Generated]:
    """Yield the boundary cases of an operation, valid and invalid, always the same.

    Raises:
        MissingExtra: schemathesis is not installed.
    """
    schema = _schema(marketplace, odd)
    from schemathesis import GenerationMode

    operation = schema.find_operation_by_id(id)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cases = schema.iter_coverage_cases(
            operation, generation_modes=list(GenerationMode), generation_config=schema.config.generation
        )
        yield from map(_generated, cases)


def random_cases(
    marketplace: str, id: str, *, seed: int, count: int, odd: bool = False
) -> tuple[Generated, ...]:
    """Return random cases of an operation, half of them meant to be invalid; the same for the same seed.

    Raises:
        MissingExtra: schemathesis is not installed.
    """
    schema = _schema(marketplace, odd)
    import hypothesis
    from schemathesis import GenerationMode

    operation = schema.find_operation_by_id(id)
    cases: list[Generated] = []
    settings = hypothesis.settings(
        max_examples=max(1, count // 2),
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        with warnings.catch_warnings(), contextlib.suppress(Exception):
            # schemathesis raises for an operation without input: there is no invalid case of it
            warnings.simplefilter("ignore")

            @hypothesis.seed(seed)
            @settings
            @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
            def take(case: Any) -> None:
                cases.append(_generated(case))

            take()
    return tuple(cases)


def _generated(case: Any) -> Generated:
    from schemathesis.core import NOT_SET

    has_body = case.body is not NOT_SET
    description = ""
    if case.meta is not None:
        description = str(getattr(case.meta.phase.data, "description", "") or case.meta.generation.mode.value)
    return Generated(
        method=case.method,
        path=dict(case.path_parameters or {}),
        query=dict(case.query or {}),
        headers={str(name): str(value) for name, value in (case.headers or {}).items()},
        body=case.body if has_body else None,
        has_body=has_body,
        media_type=case.media_type or "",
        description=description[:120],
    )
