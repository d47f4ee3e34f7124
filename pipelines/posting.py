"""Take up posts on the bridges of this machine while the caller does something else."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from vipprov.guest import undo
from vipprov.guest.deadline import Deadline
from vipprov.guest.pair import Pair
from vipprov.hv.vantage import Vantages
from vipprov.pipelines import bridges, segment
from vipprov.pipelines.ports import ShowsPorts
from vipprov.pipelines.segment import Post

Posts = Callable[[], tuple[Post, ...]]
"""Returns the posts once they are taken up."""


@contextmanager
def posted(
    pair: Pair, port_groups: ShowsPorts, *, by: Deadline, vantages: Vantages | None = None
) -> Iterator[Posts]:
    """Begin to take up the posts; yield what returns them once that is done.

    It takes most of a second, in which the caller can bring up the guests.
    """
    vantages = vantages or bridges.vantages(pair, port_groups, by=by)
    taken = ExitStack()
    with (
        undo.afterwards("the observers", taken.close),
        ThreadPoolExecutor(max_workers=1) as helper,
    ):
        taking = helper.submit(taken.enter_context, segment.posts(pair, vantages, by=by))
        yield taking.result
