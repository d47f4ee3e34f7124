"""Marks: what vipprov leaves on an object, so that any later run knows it again."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Which pair a machine belongs to, and from what it was made.

    `identity` is the digest of what needs a new machine when it changes. `ready` says that a run
    got as far as a configured guest: without it the machine is a remnant of one that was killed.
    """

    pair: str
    guest: str
    identity: str
    ready: bool = False
