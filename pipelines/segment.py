"""What is seen from a port group: who answers for each address, and who replies to pings."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from vipprov.guest import subnet
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import HypervisorError, MissingError
from vipprov.guest.observation import Reach, SegmentObservation
from vipprov.guest.pair import Address, Pair
from vipprov.guest.vrrp import instances
from vipprov.hv.frames import Host
from vipprov.hv.vantage import Vantage, Vantages
from vipprov.pipelines.sidebyside import each

ASK_SECONDS = 1.0
FREE_SECONDS = 3.0
PING_SECONDS = 1.0
NO_SOURCE = "No address is free to ping from; name some under verify.observers in the pair file."


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A vantage point on a port group with addresses of its own, or why there is none."""

    port_group: str
    vantage: Vantage | None
    own: tuple[Address, ...] = ()
    error: str = ""


@contextmanager
def posts(
    pair: Pair, vantages: Vantages, *, by: Deadline, besides: tuple[str, ...] = ()
) -> Iterator[tuple[Post, ...]]:
    """Yield a post on each port group that a guest is plugged into, and on these besides."""
    names = tuple(dict.fromkeys((*(guest.port_group for guest in pair.guests), *besides)))
    told = guests(pair)
    stacks = {name: ExitStack() for name in names}
    try:
        opened = each(names, lambda name: _open(name, vantages, stacks[name]))
        turns = tuple((post, slice(at, None, len(opened))) for at, post in enumerate(opened))
        manned = each(turns, lambda turn: _manned(pair, *turn, by=by.within(FREE_SECONDS)))
        for post in manned:
            if post.vantage is not None:
                for address in post.own:
                    answering = post.vantage.answering(address, told=told)
                    stacks[post.port_group].enter_context(answering)
        yield manned
    finally:
        # A kernel takes its time to let go of a cable, and lets go of several at once.
        each(stacks.values(), ExitStack.close)


def guests(pair: Pair) -> tuple[Host, ...]:
    """Return the guests' own addresses, and behind which MAC they are."""
    return tuple(
        Host(mac=guest.mac, address=address.ip)
        for guest in pair.guests
        for address in guest.addresses
    )


def observe(pair: Pair, post: Post, *, by: Deadline) -> SegmentObservation:
    """Ask for the addresses of the pair, and ping all that is answered for."""
    vantage = post.vantage
    if vantage is None:
        return SegmentObservation(port_group=post.port_group, error=post.error)
    vips = tuple(one.ip for one in pair.vip.addresses)
    versions = {one.version for one in vips}
    nics = tuple(
        one.ip for guest in pair.guests for one in guest.addresses if one.version in versions
    )
    try:
        reaches = each((*vips, *nics), lambda address: _reach(vantage, post, address, by=by))
        adverts = vantage.overheard(by=by)
    except HypervisorError as error:
        return SegmentObservation(port_group=post.port_group, error=str(error))
    return SegmentObservation(
        port_group=post.port_group,
        vips=reaches[: len(vips)],
        guests=reaches[len(vips) :],
        adverts=adverts,
    )


def _open(name: str, vantages: Vantages, stack: ExitStack) -> Post:
    try:
        return Post(port_group=name, vantage=stack.enter_context(vantages(name)))
    except (HypervisorError, MissingError) as error:
        why = " ".join(filter(None, (str(error), error.hint)))
        return Post(port_group=name, vantage=None, error=why)


def _manned(pair: Pair, post: Post, turns: slice, *, by: Deadline) -> Post:
    """Return the post with a free address of each family.

    Each post tries candidates of its own: one that is free for two of them would be used twice.
    """
    vantage = post.vantage
    if vantage is None:
        return post
    families = (one.family for one in instances(pair, pair.guests[0]))
    tried = tuple(subnet.candidates(pair, family)[turns] for family in families)
    try:
        found = each(tried, lambda some: vantage.free(some, by=by))
    except HypervisorError as error:
        return Post(port_group=post.port_group, vantage=None, error=str(error))
    own = tuple(address for address in found if address is not None)
    return Post(port_group=post.port_group, vantage=vantage, own=own)


def _reach(vantage: Vantage, post: Post, address: Address, *, by: Deadline) -> Reach:
    found = vantage.ask(address, by=by.within(ASK_SECONDS))
    source = next((own for own in post.own if own.version == address.version), None)
    if not found.macs:
        return Reach(resolution=found, not_pinged="Nobody answers for it.")
    if source is None:
        return Reach(resolution=found, not_pinged=NO_SOURCE)
    within = by.within(PING_SECONDS)
    result = vantage.ping(address, mac=found.macs[0], source=source, by=within)
    return Reach(resolution=found, ping=result)
