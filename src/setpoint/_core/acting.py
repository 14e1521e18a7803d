"""What a line of code that changes a container does: plan the change, commit it, tell the config."""

from collections.abc import Callable
from typing import Any

from .assemble import checked_name
from .change import DEFAULT, SET
from .edits import put_atom
from .plan import Plan
from .raw import dict_get, dict_has, list_item
from .tree import ATOMS, MISSING, Stamp, Tree, is_a, node_of


def assign(tree: Tree, container: Any, name: Any, value: Any) -> None:
    """Set one value from a line of code, which is the caller of this function's caller: see ``setting_site``."""
    if container._setpoint.parent is None and not dict_has(container, name):
        name = checked_name(name)
    if type(value) in ATOMS and is_free(tree, container, name, value):
        tree.tell([put_atom(container, name, value, Stamp(tree.call_site(), SET), tree)])
        return
    plan = Plan(tree)
    plan.put(container, name, value, Stamp(tree.call_site(), SET))
    plan.commit()


def is_free(tree: Tree, container: Any, name: Any, value: object) -> bool:
    """Tell whether setting the atom *value* needs no plan: the name is new, or holds an atom that may change.

    It says the same as ``Plan.put`` for the plainest case, which is nearly every set, at a tenth of the cost.
    """
    node = container._setpoint
    if node.prefix is None:
        return False
    if type(name) is str:
        old = dict_get(container, name, MISSING)
        if old is MISSING:
            return True
    elif type(name) is int and is_a(container, list) and name < len(container):
        old = list_item(container, name)
    else:
        return False
    stamp = node.stamps.get(name)
    if stamp is None or type(old) not in ATOMS:
        return False
    level = stamp.level
    return level is DEFAULT or (level is SET and tree.allow_val_change and old != value)


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
