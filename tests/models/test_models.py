"""Models that datamodel-code-generator makes of the bundled specs, as the page says (`make models`)."""

import importlib.util
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson
import pytest
import yaml
from pydantic import TypeAdapter, ValidationError

import sellerspec
from sellerspec import contract, marketplaces, strategies
from sellerspec.model import Finding, Severity
from support import doc_pages
from support.drawing import drawn

DRAWS = 1000
PAGE = (doc_pages.ROOT / "docs/how-to/generate-models.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^```\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)[0].splitlines()
OPERATIONS = [
    operation.key
    for operation in sellerspec.operations()
    if operation.webhook or contract.operation(operation.key).spec.responses[200].schema is not None
]


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Any, ModuleType]]:
    """Return the bundled document and the module of models of each marketplace."""
    folder = tmp_path_factory.mktemp("models")
    made: dict[str, tuple[Any, ModuleType]] = {}
    for name in marketplaces.NAMES:
        for command in COMMANDS:
            program, *words = shlex.split(command.replace("tiki", name))
            subprocess.run([Path(sys.executable).parent / program, *words], cwd=folder, check=True)
        spec = importlib.util.spec_from_file_location(f"{name}_models", folder / f"{name}_models.py")
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        made[name] = yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8")), module
    return made


def model(document: Any, module: ModuleType, operation: str) -> TypeAdapter[Any]:
    """Return the model of what an operation receives: of its success, or of a webhook's notice."""
    items = [item for kind in ("paths", "webhooks") for item in document.get(kind, {}).values()]
    found = [one for item in items for one in item.values() if isinstance(one, dict)]
    raw = next(one for one in found if one.get("operationId") == operation)
    webhook = "requestBody" in raw and raw in [
        one for item in document.get("webhooks", {}).values() for one in item.values()
    ]
    part = raw["requestBody"] if webhook else raw["responses"]["200"]
    name = part["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    words = re.split(r"[-_.]", name)
    return TypeAdapter(getattr(module, "".join(word[:1].upper() + word[1:] for word in words)))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_generated_models_accept_what_the_contract_allows(
    operation: str, generated: dict[str, tuple[Any, ModuleType]]
) -> None:
    marketplace, _, id = operation.partition("/")
    reader = model(*generated[marketplace], id)
    webhook = contract.operation(operation).operation.webhook
    strategy = strategies.notices(operation) if webhook else strategies.responses(operation)
    is_shown = webhook or is_refused(operation, "text")
    for body in drawn(strategy, DRAWS):
        if is_shown or not any(findings(operation, body)):  # of the others only the assumed form has a model
            reader.validate_json(orjson.dumps(body))
    if is_shown:
        with pytest.raises(ValidationError):
            reader.validate_json(b'"text"')


def findings(operation: str, body: Any) -> Iterator[Finding]:
    """Yield what the contract finds in the body of a success."""
    validator = contract.operation(operation).response(200)
    assert validator is not None
    request: dict[str, Any] = {"path": {}, "query": {}, "headers": {}}
    response = {"status": 200, "headers": {}, "body": body}
    yield from validator.findings({"request": request, "response": response})


def is_refused(operation: str, body: Any) -> bool:
    """Return whether the contract refuses the body of a success; it only warns where no source shows one."""
    return any(finding.severity is Severity.ERROR for finding in findings(operation, body))


def test_a_generated_model_refuses_what_the_contract_refuses(
    generated: dict[str, tuple[Any, ModuleType]],
) -> None:
    order = model(*generated["tiki"], "getOrder")
    for broken in ({"order_code": "1", "status": "x"}, {"order_code": None, "status": "x", "items": []}):
        with pytest.raises(ValidationError):
            order.validate_python(broken)
