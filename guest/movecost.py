"""What a fault costs of the fabric's budget of MAC moves. Pure."""

from vipprov.guest.fault import NATURES, Ending, Fault
from vipprov.guest.pair import Guest, Pair


def of_fault(pair: Pair, owner: Guest, fault: Fault, *, with_return: bool) -> int:
    """Return how many MAC moves the fault takes, and the way back where it is asked for."""
    nature = NATURES[fault]
    if nature.ending is Ending.TWO_OWNERS:
        return nature.moves
    best = all(owner.priority >= guest.priority for guest in pair.guests)
    returns = with_return or (pair.vip.preempt and best)
    return nature.moves + returns
