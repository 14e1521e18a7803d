"""What a line of code that changes a container does: plan the change, commit it, tell the config."""

from collections.abc import Callable
from typing import Any

from .change import DEFAULT, SET
from .edits import put_atom, raw_get, takes_atom
from .plan import Plan
from .tree import ATOMS, MISSING, Stamp, Tree, node_of


def assign(tree: Tree, container: Any, name: Any, value: Any) -> None:
    """Set one value from a line of code."""
    stamp = Stamp(tree.call_site(), SET)
    if type(value) in ATOMS and needs_no_plan(tree, container, name, value):
        tree.tell([put_atom(container, name, value, stamp, tree)])
        return
    plan = Plan(tree)
    plan.put(container, name, value, stamp)
    plan.commit()


def needs_no_plan(tree: Tree, container: Any, name: Any, value: object) -> bool:
    """Tell whether nothing stands against setting the atom *value*: the name is new, or what it holds may change."""
    if not takes_atom(container, name):
        return False
    stamp = container._setpoint.stamps.get(name)
    if stamp is None:
        return raw_get(container, name) is MISSING
    level = stamp.level
    return level is DEFAULT or (level is SET and tree.allow_val_change and raw_get(container, name) != value)


def edit(container: Any, raw: Callable[..., Any], fill: Callable[[Plan, Stamp], Any], *args: Any) -> None:
    """Plan and commit what *fill* asks for; on a container that has left the config do *raw* instead."""
    tree = node_of(container).tree
    if tree is None:
        raw(container, *args)
        if hasattr(container, "_setpoint_seen"):
            container._setpoint_seen.clear()
        return
    with tree.guard:
        plan = Plan(tree)
        fill(plan, Stamp(tree.call_site(), SET))
        plan.commit()
