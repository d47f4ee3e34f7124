"""How dedicated port groups are told: documents for programs, lines for people. Pure."""

from collections.abc import Iterable, Iterator

from vipprov.hv import switchrecord
from vipprov.pipelines.dedicate import Clone, Dedication
from vipprov.pipelines.switchdedicate import Returned
from vipprov.pipelines.switchwords import own_document


def plan_text(plan: Dedication) -> str:
    """Return what is made, opened and moved, whom that reaches, and whom it does not."""
    return "\n".join(_plan_lines(plan))


def plan_document(plan: Dedication) -> dict[str, object]:
    """Return the same as a document."""
    return {
        "machine": plan.machine,
        "port_group": plan.name,
        "moves": plan.moves,
        "clones": [_clone(clone) for clone in plan.clones],
        "reached": list(plan.others),
        "staying": list(plan.staying),
    }


def returned_text(returned: Iterable[Returned]) -> str:
    """Return who went back where, and what is gone."""
    return "\n".join(line for one in returned for line in _returned(one))


def returned_document(returned: Iterable[Returned]) -> list[dict[str, object]]:
    """Return the same as a document."""
    return [
        {
            "key": one.group.key,
            "port_group": one.group.title,
            "back_to": one.source.title,
            "moved": list(one.moved),
            "removed": not one.staying,
            "staying": list(one.staying),
        }
        for one in returned
    ]


def _clone(clone: Clone) -> dict[str, object]:
    change = clone.change
    return {
        "port_group": change.group.title,
        "clone_of": clone.source.title,
        "is_there": clone.there is not None,
        "before": own_document(change.group.own),
        "after": own_document(change.wanted),
    }


def _plan_lines(plan: Dedication) -> Iterator[str]:
    for clone in plan.clones:
        group, wanted = clone.change.group, clone.change.wanted
        state = "new, a clone" if clone.there is None else "is there, a clone"
        yield f"{group.title}: {state} of {clone.source.name} (VLAN, teaming and all else)"
        if group.own == wanted:
            yield f"  stays: {switchrecord.told(wanted)}"
        else:
            yield f"  opened: {switchrecord.told(wanted)}"
    yield f"reached by that: {', '.join((plan.machine, *plan.others))}"
    source = plan.clones[0].source.name
    if plan.staying:
        yield f"not reached, for {source} stays as it is: {', '.join(plan.staying)}"
    yield f"{plan.machine} {'moves to' if plan.moves else 'is already on'} {plan.name}"


def _returned(one: Returned) -> Iterator[str]:
    for machine in one.moved:
        yield f"{machine}: back from {one.group.title} to {one.source.title}"
    if one.staying:
        yield f"{one.group.title}: stays, for {', '.join(one.staying)}"
    else:
        yield f"{one.group.title}: removed"
