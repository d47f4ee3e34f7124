"""Standby: the pair is claimed, and what takes its time while the rest is loaded has begun."""

import os
import socket
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from vipprov.cloudinit import credentials
from vipprov.cloudinit.credentials import Credentials
from vipprov.guest.deadline import Clock, Deadline
from vipprov.hv import claim, registry
from vipprov.hv.registry import Hypervisor
from vipprov.pipelines import posting
from vipprov.pipelines.posting import Posts
from vipprov.pipelines.request import Request

CLAIM_MARGIN = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standby:
    """What a run that makes a pair so begins with."""

    request: Request
    credentials: Credentials
    hypervisor: Hypervisor
    posts: Posts
    by: Deadline


@contextmanager
def ready(request: Request, *, environment: Mapping[str, str], clock: Clock) -> Iterator[Standby]:
    """Claim the pair and send out its observers, for as long as the block lasts."""
    pair = request.pair
    seconds = pair.timeout.total_seconds()
    by = Deadline.after(seconds, clock=clock)
    keys = credentials.resolve(pair, environment)
    holder = claim.myself(seconds + CLAIM_MARGIN, host=socket.gethostname(), process=os.getpid())
    with (
        registry.connect(pair.hypervisor, by=by, environment=environment) as hypervisor,
        claim.held(hypervisor.claims, pair.name, holder),
        posting.posted(pair, hypervisor.port_groups, by=by) as posts,
        ThreadPoolExecutor(max_workers=1) as beside,
    ):
        # What new machines are to expect takes a while to try out: by the time that somebody asks,
        # it is known. Whoever leaves earlier waits for its end, which has a deadline of its own.
        beside.submit(hypervisor.machines.notice)
        yield Standby(request=request, credentials=keys, hypervisor=hypervisor, posts=posts, by=by)
