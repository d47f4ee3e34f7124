"""Look at a pair, decide what is to be done, and refuse what cannot be before anything is done."""

from dataclasses import replace

from vipprov.guest.deadline import Deadline
from vipprov.hv.registry import Hypervisor
from vipprov.pipelines import observe
from vipprov.pipelines import plan as planning
from vipprov.pipelines.actions import Plan
from vipprov.pipelines.state import Desired


def intend(desired: Desired, hypervisor: Hypervisor, *, by: Deadline) -> Plan:
    """Return what brings the pair to what is desired, or say what of it cannot be had."""
    machines = hypervisor.machines
    plan = planning.plan(desired, observe.observe(desired, hypervisor, by=by))
    machines.refuse_hopeless([guest.spec for guest in plan.made])
    staying = [guest.spec for guest in desired.guests if guest not in plan.made]
    notice = machines.notice() if plan.made else ""
    return replace(plan, notes=(*machines.displaced(staying), *filter(None, (notice,))))
