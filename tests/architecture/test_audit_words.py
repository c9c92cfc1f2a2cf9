"""Whatever is written into the audit trail can be told: each action in the code has a sentence."""

import ast
from pathlib import Path

import pytest

from dashboard.services.trail_words import SENTENCES, SUBJECTS

SERVICES = Path(__file__).parents[2] / "dashboard/services"
ACTION, SUBJECT = 1, 2
"""Which arguments of `audit.note` they are."""


def notes():
    """(file, function, call) of each call of audit.note."""
    for path in sorted(SERVICES.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
        for function in functions:
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.note":
                    yield path, tree, function, node


def strings(node: ast.AST) -> set[str]:
    """Literals, and f-strings as "layout.*"."""
    if isinstance(node, ast.JoinedStr):
        parts = (p.value if isinstance(p, ast.Constant) else "*" for p in node.values)
        return {"".join(parts)}
    if isinstance(node, ast.IfExp):
        return strings(node.body) | strings(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def values_of(node: ast.AST, tree: ast.AST, function: ast.FunctionDef) -> set[str]:
    """What an argument can be: itself, what was assigned to it, or what callers hand over."""
    if not isinstance(node, ast.Name):
        return strings(node)
    found = set()
    for each in ast.walk(function):
        if isinstance(each, ast.Assign) and node.id in map(ast.unparse, each.targets):
            found |= strings(each.value)
    names = [argument.arg for argument in function.args.args]
    if node.id in names:
        place = names.index(node.id)
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == function.name:
                named = {k.arg: k.value for k in call.keywords}
                given = named.get(node.id) or (call.args[place] if place < len(call.args) else None)
                found |= strings(given) if given is not None else set()
    return found


FOUND = list(notes())


def test_it_finds_the_notes():
    assert len(FOUND) > 40


@pytest.mark.parametrize(
    ("path", "tree", "function", "call"),
    FOUND,
    ids=[f"{path.stem}-{function.name}" for path, _tree, function, _call in FOUND],
)
def test_it_has_a_sentence_for_every_action(path, tree, function, call):
    actions = values_of(call.args[ACTION], tree, function)
    assert actions, f"cannot tell what {ast.unparse(call.args[ACTION])} is"
    for action in actions:
        if action.endswith("*"):
            assert any(known.startswith(action[:-1]) for known in SENTENCES), action
        else:
            assert action in SENTENCES
    assert values_of(call.args[SUBJECT], tree, function) <= set(SUBJECTS)


NOT_NOTED = {
    "leave": "closing the layout editor changes nothing that lasts",
    "_note": "that the layout editor is open is told to others, and forgotten",
    "look_now": "looking into the storage finds, and does not change",
    "prolong": "a wall screen that goes on being signed in",
}
"""What somebody signed in writes and the trail leaves out, and why."""


def writers():
    """(file, function) of what opens a transaction for an actor."""
    for path in sorted(SERVICES.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef) and "actor" in parameters(function):
                withs = [item for node in ast.walk(function) if isinstance(node, ast.With)
                         for item in node.items]  # fmt: skip
                if any(ast.unparse(item.context_expr) == "transaction()" for item in withs):
                    yield path, tree, function


def parameters(function: ast.FunctionDef) -> set[str]:
    return {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}


def calls(node: ast.AST) -> set[str]:
    return {ast.unparse(each.func) for each in ast.walk(node) if isinstance(each, ast.Call)}


def is_noted(tree: ast.AST, function: ast.FunctionDef, depth: int = 3) -> bool:
    """It writes a note itself, or calls a neighbour that does."""
    called = calls(function)
    if "audit.note" in called:
        return True
    return depth > 0 and any(
        is_noted(tree, each, depth - 1)
        for each in ast.walk(tree)
        if isinstance(each, ast.FunctionDef) and each.name in called and each is not function
    )


WRITERS = list(writers())


@pytest.mark.parametrize(
    ("path", "tree", "function"),
    WRITERS,
    ids=[f"{path.stem}-{function.name}" for path, _tree, function in WRITERS],
)
def test_it_notes_whatever_somebody_changes(path, tree, function):
    assert is_noted(tree, function) or function.name in NOT_NOTED
