"""Errors that the command line shows to a person.

VipprovError
├── CheckFailedError      1   a proof or an audit found something wrong
├── SpecError             2   a file or an argument asks for something impossible
├── MissingError          3   what was named does not exist
├── HypervisorError       4   the hypervisor refused, or cannot be reached
├── DeadlineError         5   an observed state did not arrive in time
├── GuestError            6   the guest failed
├── MoveBudgetError       7   the fabric's MAC-move budget forbids it
├── HeldError             8   another run holds the object
└── ChangesPendingError   9   a plan found something to change, and was asked to say so
"""

from typing import ClassVar


class VipprovError(Exception):
    """Something a person must act on: what happened, the facts, what to do next."""

    exit_code: ClassVar[int] = 1

    def __init__(self, brief: str, *, details: str = "", hint: str = "") -> None:
        super().__init__(brief)
        self.details = details
        self.hint = hint


class CheckFailedError(VipprovError):
    """A proof or an audit found something wrong."""

    exit_code = 1


class SpecError(VipprovError):
    """A file or an argument asks for something impossible."""

    exit_code = 2


class MissingError(VipprovError):
    """What was named does not exist."""

    exit_code = 3


class HypervisorError(VipprovError):
    """The hypervisor refused, or cannot be reached."""

    exit_code = 4


class DeadlineError(VipprovError):
    """An observed state did not arrive in time."""

    exit_code = 5


class GuestError(VipprovError):
    """The guest failed, or is not what the pair needs."""

    exit_code = 6


class MoveBudgetError(VipprovError):
    """The fabric's MAC-move budget forbids another move now."""

    exit_code = 7


class HeldError(VipprovError):
    """Another run holds the object."""

    exit_code = 8


class ChangesPendingError(VipprovError):
    """A plan found something to change, and was asked to say so by its exit code."""

    exit_code = 9
