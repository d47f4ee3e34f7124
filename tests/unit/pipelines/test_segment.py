"""Posts: where they stand, and whom they tell of themselves."""

from collections.abc import Iterator
from contextlib import contextmanager

from factories import make_pair
from fakes.clock import FakeClock
from fakes.vantage import FakeVantage
from vipprov.guest.deadline import Deadline
from vipprov.pipelines import segment

PAIR = make_pair()


def test_posts_stand_on_the_guests_port_groups_and_on_those_that_are_named_besides() -> None:
    opened: dict[str, FakeVantage] = {}

    @contextmanager
    def vantages(name: str) -> Iterator[FakeVantage]:
        opened[name] = FakeVantage(lambda _address: ())
        yield opened[name]

    by = Deadline.after(60, clock=FakeClock())
    theirs = {guest.port_group for guest in PAIR.guests}
    with segment.posts(PAIR, vantages, by=by, besides=("leaf3", *theirs)) as posts:
        assert {post.port_group for post in posts} == {*theirs, "leaf3"}
        own = [post.own for post in posts]
        assert len(set(own)) == len(own)
    assert {host.mac for host in opened["leaf3"].told} == {guest.mac for guest in PAIR.guests}
