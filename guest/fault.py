"""Faults: how the owner of a virtual IP is made to lose it, and what has to come of it. Pure."""

from dataclasses import dataclass
from enum import Enum


class Fault(Enum):
    """What befalls the owner; docs/faults.md says what each means on each kind of machine."""

    STOP = "stop"
    CRASH = "crash"
    HANG = "hang"
    LINK = "link"
    POWER = "power"
    ISOLATE = "isolate"


class Ending(Enum):
    """What has to come of a fault: another owner in place of the old one, or beside it."""

    ONE_OWNER = "one owner"
    TWO_OWNERS = "two owners"


@dataclass(frozen=True, slots=True, kw_only=True)
class Nature:
    """What is to be expected of a fault: its ending, and MAC moves until all is as it was."""

    ending: Ending
    moves: int


# The kernel of a frozen owner answers each of the heir's five gratuitous ARPs, which ask for its
# own address, and the MAC goes to and fro; three more when it is thawed (13 and 14 measured).
# Where gratuitous ARP is ignored, as in guests of vipprov, it is two at most, and two for each
# client that asks meanwhile, for both answer. Nobody knows how many will: the larger number stands.
_FROZEN = Nature(ending=Ending.TWO_OWNERS, moves=14)
# One that was cut off still takes itself for the owner when it comes back: they hear one another,
# the lower priority gives in, and the other announces itself anew.
_PARTED = Nature(ending=Ending.TWO_OWNERS, moves=2)
_GONE = Nature(ending=Ending.ONE_OWNER, moves=1)

NATURES = {
    Fault.STOP: _GONE,
    Fault.CRASH: _GONE,
    Fault.POWER: _GONE,
    Fault.LINK: _GONE,
    Fault.HANG: _FROZEN,
    Fault.ISOLATE: _PARTED,
}
