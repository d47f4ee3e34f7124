"""Marks: what vipprov leaves on an object, so that any later run knows it again."""

from dataclasses import dataclass
from datetime import datetime

Moves = tuple[tuple[str, tuple[datetime, ...]], ...]
"""By MAC, when vipprov moved it from one machine to another, the oldest move first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Which pair a machine belongs to, and from what it was made.

    `identity` is the digest of what needs a new machine when it changes, `ingredients` the names of
    these things with a digest of each, so that a plan can say which one changed. `ready` says that
    a run got as far as a configured guest: without it the machine is a remnant of a killed run.
    `pending` says that a run began to change the running guest: until it is taken back, the files
    that are there need not be what runs. `source` holds the keys and values, and nothing else, of
    the pair file that the guest was last brought up to, read at `origin`. Anybody who may look at
    the machine can read it: it holds references to secrets, never secrets.
    """

    pair: str
    guest: str
    identity: str
    ingredients: tuple[tuple[str, str], ...] = ()
    source: str = ""
    origin: str = ""
    ready: bool = False
    pending: bool = False
