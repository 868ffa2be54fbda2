"""Write the reference pages from what they describe: `make reference`.

Every page is a function of the specs, the rules, the registers and the commands, so that a page
can be compared with what it should say; `tests/test_reference.py` does.
"""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

import sellerspec
from sellerspec import contract, marketplaces
from sellerspec.cli import main
from sellerspec.io import resources
from sellerspec.marketplaces.common import COMMON
from sellerspec.rules import Rule

HERE = Path(__file__).parent / "reference"
NOTE = "<!-- made by `make reference`; do not edit -->\n"


def cell(text: object) -> str:
    """Return a text fit for a cell of a table."""
    return " ".join(str(text).replace("|", "\\|").split())


def table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> list[str]:
    """Return the lines of a table."""
    return [
        "| " + " | ".join(head) + " |",
        "|" + " --- |" * len(head),
        *("| " + " | ".join(cell(each) for each in row) + " |" for row in rows),
        "",
    ]


def rules_page(name: str) -> str:
    """Return the page of one marketplace's rules."""
    ready = contract.contract(name)
    rules = sorted(ready.rules(), key=lambda each: each.id)
    checked = [rule for rule in rules if not rule.why_not]
    lines = [NOTE, f"# Rules of {ready.marketplace.title}", ""]
    lines += [
        f"{len(checked)} rules are checked; {len(rules) - len(checked)} are accounted for and "
        "cannot be broken here.",
        "`sellerspec explain RULE` shows a payload that breaks a rule and one that keeps it.",
        "",
    ]
    for each in checked:
        lines += rule_lines(name, each)
    lines += ["## Not checked", ""]
    lines += table(
        ("rule", "requirement", "why it is not checked", "catalogue"),
        [
            (f"`{rule.id}`", rule.requirement, rule.why_not, ", ".join(rule.catalogue))
            for rule in rules
            if rule.why_not
        ],
    )
    return "\n".join(lines)


def rule_lines(name: str, rule: Rule) -> Iterator[str]:
    """Yield the lines of one rule."""
    yield f"## `{rule.id}`"
    yield ""
    yield f"{rule.requirement[:1].upper()}{rule.requirement[1:]}."
    yield ""
    yield f"- **{rule.severity}**, {rule.basis}: {rule.source.document} {rule.source.section}".rstrip()
    on = "every operation" if "*" in rule.on else ", ".join(f"`{each}`" for each in rule.on)
    yield f"- on {on}; refused {'in the response' if rule.phase == 'sync' else 'later, in tracking'}"
    if rule.status or rule.code:
        yield f"- answer: {' '.join(str(each) for each in (rule.status, rule.code) if each)}"
    if rule.text:
        yield f"- server text: `{rule.text}`"
    if rule.needs:
        yield f"- needs the facts {', '.join(f'`{need}`' for need in rule.needs)}"
    if rule.catalogue:
        yield f"- catalogue: {', '.join(rule.catalogue)}"
    if rule.hint:
        yield f"- next step: {rule.hint}"
    broken = sorted(
        path.relative_to(resources.data_dir("tests/examples")).as_posix()
        for path in resources.data_dir("tests/examples").glob(f"{name}/*/invalid/{rule.id}.*json")
        if not path.name.endswith(".facts.json")
    )
    if broken:
        yield f"- example that breaks it: `tests/examples/{broken[0]}`"
    yield ""


def operations_page() -> str:
    """Return the page of all operations."""
    lines = [NOTE, "# Operations", ""]
    lines += ["`assumed` marks what no document states: correct it with an overlay.", ""]
    for name in marketplaces.NAMES:
        ready = contract.contract(name)
        lines += [f"## {ready.marketplace.title} (`{name}`)", ""]
        rows: list[tuple[object, ...]] = []
        for each in ready.operations():
            operation = each.operation
            where = "webhook" if operation.webhook else f"`{operation.method} {operation.path}`"
            responses = ", ".join(map(str, each.spec.responses))
            rows.append((f"`{operation.id}`", where, operation.summary, responses, operation.source.status))
        lines += table(("operation", "call", "does", "responses", "basis"), rows)
        lines += ["Sources:", ""]
        lines += [f"- `{key}`: {cell(each['title'])}" for key, each in ready.spec.sources.items()]
        lines += [""]
    return "\n".join(lines)


def discrepancies_page() -> str:
    """Return the page of all places where the documents contradict themselves."""
    lines = [NOTE, "# Discrepancies", ""]
    lines += ["Where the documents contradict themselves, what both say, and the reading taken.", ""]
    for name in marketplaces.NAMES:
        path = resources.data_dir("openapi") / "discrepancies" / f"{name}.yaml"
        entries = resources.read_yaml(path)
        lines += [f"## {contract.contract(name).marketplace.title}", ""]
        rows: list[tuple[object, ...]] = [
            (
                entry["id"],
                entry["place"],
                "; against: ".join(entry["readings"]),
                entry["taken"],
                entry["enforce"],
            )
            for entry in entries
        ]
        lines += table(("id", "place", "readings", "taken", "enforced as"), rows)
    return "\n".join(lines)


def commands_page() -> str:
    """Return the help of every command."""
    lines = [NOTE, "# Command line", ""]
    lines += ["Exit status: 0 accepted, 1 refused (findings), 2 could not tell.", ""]
    # click keeps the help option of a command that ran before; ours has two names, so ask for both
    names = ["-h", "--help"]
    root = click.Context(
        main, info_name="sellerspec", terminal_width=100, max_content_width=100, help_option_names=names
    )
    lines += list(command_lines(main, root))
    return "\n".join(lines)


def command_lines(command: click.Command, context: click.Context) -> Iterator[str]:
    """Yield the help of a command and of those below it."""
    yield f"{'#' * min(len(context.command_path.split()) + 1, 4)} `{context.command_path}`"
    yield ""
    yield "```text"
    yield "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    yield "```"
    yield ""
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                inner = click.Context(
                    below, info_name=name, parent=context, terminal_width=100, max_content_width=100
                )
                yield from command_lines(below, inner)


def findings_page() -> str:
    """Return the page on the format of findings and the rules of every exchange."""
    report = sellerspec.check("tiki/updateSku", {"price": 0})
    import orjson

    shown = orjson.dumps(report.to_dict(), option=orjson.OPT_INDENT_2).decode()
    lines = [NOTE, "# Findings", ""]
    lines += [
        "A report as JSON; `schemas/sellerspec/report.json` is its schema.",
        "",
        "```json",
        shown,
        "```",
        "",
    ]
    lines += ["## Rules of every exchange", ""]
    lines += table(
        ("rule", "severity", "requirement"),
        [(f"`{each.id}`", each.severity, each.requirement) for each in COMMON],
    )
    return "\n".join(lines)


def pytest_page() -> str:
    """Return the page of the pytest plugin: options, fixtures, marker, hooks."""
    import inspect

    import pytest_sellerspec as plugin
    from pytest_sellerspec import fixtures, hooks, recording

    lines = [NOTE, "# Pytest plugin", "", "## Options", ""]
    lines += ["Each has an ini twin; the command line counts more.", ""]
    shown = [
        (
            f"`--sellerspec-{name}{' ' + metavar if metavar else ''}`",
            f"`sellerspec_{name.replace('-', '_')}`",
            says,
        )
        for name, _, metavar, says in plugin.OPTIONS
    ]
    lines += [
        *table(("option", "ini", "does"), list(shown)),
        "## Marker",
        "",
        "```text",
        plugin.MARKER,
        "```",
        "",
    ]
    lines += ["## Fixtures", ""]
    given = {
        "preflight": fixtures.Preflight,
        "sellerspec_check": fixtures.Check,
        "sellerspec_guard": fixtures.Guarded,
        "sellerspec_sandbox": fixtures.Sandboxes,
        "sellerspec_vcr": recording.Vcr,
    }
    for name, kind in given.items():
        call = kind.__call__
        lines += member_lines(name, call, inspect.getdoc(call) or "", level=3)
    lines += ["## Hooks", "", "For a `conftest.py`.", ""]
    for name, hook in vars(hooks).items():
        if name.startswith("pytest_sellerspec"):
            lines += member_lines(name, hook, inspect.getdoc(hook) or "", level=3)
    return "\n".join(lines)


def python_page() -> str:
    """Return the page of the public names."""
    import inspect

    from sellerspec import cassettes, errors, fuzz, guard, sandbox, strategies

    lines = [NOTE, "# Python API", "", "What is not here is not public.", "", "## sellerspec", ""]
    for name in sellerspec.__all__:
        found = getattr(sellerspec, name)
        if callable(found):
            lines += member_lines(name, found, inspect.getdoc(found) or "", level=3)
    modules = {
        guard: ("httpx", "requests", "of", "release"),
        sandbox: ("app", "run", "defects"),
        fuzz: ("run", "receive"),
        strategies: ("payloads", "violating"),
        cassettes: ("vcr", "configure", "check_cassettes"),
    }
    for module, names in modules.items():
        lines += [f"## {module.__name__}", ""]
        for name in names:
            found = getattr(module, name)
            lines += member_lines(f"{module.__name__}.{name}", found, inspect.getdoc(found) or "", level=3)
    lines += ["## sellerspec.errors", ""]
    kinds = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Exception)]
    lines += table(("error", "means"), [(f"`{kind.__name__}`", inspect.getdoc(kind)) for kind in kinds])
    return "\n".join(lines)


def member_lines(name: str, found: Callable[..., object], says: str, *, level: int) -> Iterator[str]:
    """Yield the lines of one function or class, its annotations as they are written."""
    import inspect

    yield f"{'#' * level} `{name}`"
    yield ""
    if not isinstance(found, type):
        signature = inspect.signature(found)
        taken = [parameter for parameter in signature.parameters.values() if parameter.name != "self"]
        yield "```text"
        yield f"{name}{ADDRESS.sub('', str(signature.replace(parameters=taken)))}"
        yield "```"
        yield ""
    yield "```text"
    yield says
    yield "```"
    yield ""
    if isinstance(found, type):
        public = [
            (f"`{each}`", (inspect.getdoc(member) or "").partition("\n")[0])
            for each, member in vars(found).items()
            if not each.startswith("_") and (callable(member) or isinstance(member, property))
        ]
        yield from table(("member", "does"), list(public)) if public else []


ADDRESS = re.compile(r" at 0x[0-9a-f]+|(?<=pathlib)\._local")
"""What a signature shows of this run and this Python: addresses, and where 3.13 keeps `Path`."""

PAGES: dict[str, Callable[[], str]] = {
    **{f"rules-{name}.md": (lambda name=name: rules_page(name)) for name in marketplaces.NAMES},
    "operations.md": operations_page,
    "discrepancies.md": discrepancies_page,
    "command-line.md": commands_page,
    "pytest.md": pytest_page,
    "python.md": python_page,
    "findings.md": findings_page,
}
"""File name -> what makes it."""


def written(page: str) -> str:
    """Return the text of one page."""
    return PAGES[page]().rstrip() + "\n"


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for page in PAGES:
        (HERE / page).write_text(written(page), encoding="utf-8")
    sys.stdout.write(f"{len(PAGES)} pages written\n")
