"""The one door to schemathesis: it makes cases of a spec; sending and judging is ours.

Only generation is used. Its loaders get a copy of the spec (they change what they are given) and
a configuration of their own, so that no file of the user's has a say, and no cache.
"""

import contextlib
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
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
    says: str = ""
    cookies: Mapping[str, str] = field(default_factory=dict)


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
    found = _plain(References(spec.path, spec.document).resolved())
    found.pop("webhooks", None)
    return found


def _plain(value: Json) -> Json:
    """Leave out what only we read: annotations, and examples that are files."""
    if isinstance(value, dict):
        return {
            key: _plain(each)
            for key, each in value.items()
            if not (isinstance(key, str) and key.startswith("x-"))
            and not _is_file(each)
            and key != "examples"
        }
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _is_file(value: Json) -> bool:
    return isinstance(value, dict) and "externalValue" in value


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
        yield from _made(
            schema.iter_coverage_cases(
                operation, generation_modes=list(GenerationMode), generation_config=schema.config.generation
            )
        )


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
    found: list[Generated] = []
    settings = hypothesis.settings(
        max_examples=max(1, count // 2),
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
        derandomize=False,
    )
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        with warnings.catch_warnings(), contextlib.suppress(Exception):
            # an operation that takes nothing has nothing to get wrong: the library says so by raising
            warnings.simplefilter("ignore")

            @hypothesis.seed(seed)
            @settings
            @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
            def take(case: Any) -> None:
                found.append(_one(case))

            take()
    return tuple(found)


def _made(cases: Iterator[Any]) -> Iterator[Generated]:
    for case in cases:
        yield _one(case)


def _one(case: Any) -> Generated:
    from schemathesis.core import NOT_SET

    has_body = case.body is not NOT_SET
    says = ""
    if case.meta is not None:
        says = str(getattr(case.meta.phase.data, "description", "") or case.meta.generation.mode.value)
    return Generated(
        method=case.method,
        path=dict(case.path_parameters or {}),
        query=dict(case.query or {}),
        headers={str(name): str(value) for name, value in (case.headers or {}).items()},
        body=case.body if has_body else None,
        has_body=has_body,
        media_type=case.media_type or "",
        says=says[:120],
        cookies={str(name): str(value) for name, value in (case.cookies or {}).items()},
    )
