"""What a line of code that changes a container does: plan the change, commit it, tell the config."""

from collections.abc import Callable
from typing import Any

from .assemble import checked_name
from .change import DEFAULT, SET
from .edits import put_atom
from .plan import Plan
from .raw import dict_get, list_item
from .tree import ATOMS, MISSING, Node, Stamp, Tree, node_of


def assign(tree: Tree, section: Any, name: Any, value: Any) -> None:
    """Set *name* of a section from a line of code, which is the caller of this function's caller: ``setting_site``.

    For the plainest case, which is nearly every set, it says what ``Plan.put`` says at a tenth of the cost: an atom,
    under a name that is new or holds an atom that may change.
    """
    node: Node = section._setpoint
    old = dict_get(section, name, MISSING)
    if old is MISSING and node.parent is None:
        name = checked_name(name)
        old = dict_get(section, name, MISSING)
    stamp = Stamp(tree.call_site(), SET)
    if (
        type(value) in ATOMS
        and node.prefix is not None
        and type(name) is str
        and (old is MISSING or (type(old) in ATOMS and is_free(tree, node.stamps.get(name), old, value)))
    ):
        tree.tell([put_atom(tree, node, section, name, value, stamp)])
    else:
        plan = Plan(tree)
        plan.put(section, name, value, stamp)
        plan.commit()


def assign_item(tree: Tree, items: Any, index: int, value: Any) -> None:
    """Set an item of a list, likewise."""
    node: Node = items._setpoint
    old = list_item(items, index)
    stamp = Stamp(tree.call_site(), SET)
    if (
        type(value) in ATOMS
        and node.prefix is not None
        and type(old) in ATOMS
        and is_free(tree, node.stamps.get(index), old, value)
    ):
        tree.tell([put_atom(tree, node, items, index, value, stamp)])
    else:
        plan = Plan(tree)
        plan.put(items, index, value, stamp)
        plan.commit()


def is_free(tree: Tree, held: Stamp | None, old: object, new: object) -> bool:
    """Tell whether the atom *old*, whose own stamp is *held*, may become *new* without a plan."""
    if held is None:
        return False
    level = held.level
    return level is DEFAULT or (level is SET and tree.allow_val_change and old != new)


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
