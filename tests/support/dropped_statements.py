"""The second half of the mutation run: makes the mutations that cosmic-ray does not make.

Each statement of a rule function, each part of an `and` or `or`, each filter of a comprehension,
and each way of a branch is left out in turn, and `mutation.sh` has to fail. Run it in the copy that
`make mutation` makes, because it writes into `src`: `python tests/support/dropped_statements.py tiki`.
Prints what survives, then the count.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

MODULES = Path("src/sellerspec/marketplaces")
DROPPED = ast.Expr | ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Return | ast.Continue


def changes(tree: ast.Module) -> Iterator[str]:
    """Change a tree in place and say how, once for each change; each is undone before the next."""
    for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
        for node in [*ast.walk(function)]:
            where = f"{getattr(node, 'lineno', function.lineno)}: in {function.name}"
            if isinstance(node, ast.BoolOp):
                yield from without(node.values, f"{where}, without the part")
            elif isinstance(node, ast.comprehension):
                yield from without(node.ifs, f"{where}, without the filter")
            elif isinstance(node, ast.If | ast.IfExp):
                test = node.test
                for way in (True, False):
                    node.test = ast.Constant(way)
                    yield f"{where}, always {way}: {ast.unparse(test)}"
                node.test = test
            for block in (getattr(node, "body", ()), getattr(node, "orelse", ())):
                if isinstance(block, list):
                    yield from passed(block, function)


def without(parts: list[ast.expr], how: str) -> Iterator[str]:
    """Leave out each part in turn."""
    for index, part in enumerate([*parts]):
        del parts[index]
        yield f"{how}: {ast.unparse(part)}"
        parts.insert(index, part)


def passed(block: list[ast.stmt], function: ast.FunctionDef) -> Iterator[str]:
    """Do nothing in place of each statement in turn, but for the docstring."""
    for index, statement in enumerate([*block]):
        is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if isinstance(statement, DROPPED) and not is_text:
            block[index] = ast.Pass()
            yield f"{statement.lineno}: in {function.name}, without: {ast.unparse(statement)}"
            block[index] = statement


def survivors(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield each change of a module, and whether the tests let it pass."""
    source = path.read_bytes()
    tree = ast.parse(source)
    try:
        for change in changes(tree):
            path.write_text(ast.unparse(tree), encoding="utf-8")
            done = subprocess.run(["sh", "tests/support/mutation.sh"], capture_output=True, check=False)
            yield change, done.returncode == 0
    finally:
        path.write_bytes(source)


def main(rules: str) -> int:
    """Change the modules below a path of `MODULES`, and print what survives."""
    if Path(".git").exists():
        print("this writes into src: run it in a copy, as `make mutation` does", file=sys.stderr)
        return 2
    given = MODULES / rules
    run = passing = 0
    for path in [given] if given.suffix else sorted(given.rglob("*.py")):
        for change, survived in survivors(path):
            run += 1
            passing += survived
            if survived:
                print(f"{path}:{change}", flush=True)
    print(f"{passing} of {run} survived")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if sys.argv[1:] else ""))
