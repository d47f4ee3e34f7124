from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address

import pytest

from factories import make_pair
from vipprov.guest.adverts import Advert, Heard
from vipprov.guest.errors import DeadlineError, GuestError
from vipprov.pipelines.ears import Ears

PAIR = make_pair()
QUICK = replace(PAIR, vip=replace(PAIR.vip, advert_interval=timedelta(milliseconds=10)))
GUEST = QUICK.guests[1]
HEARD = (
    "web",
    Advert(source=ip_address("10.50.50.51"), virtual_router_id=50, priority=254, version=2),
)


def ears(future: "Future[Heard]") -> Ears:
    return Ears(QUICK, {GUEST.name: future})


def test_what_a_guest_has_heard_is_returned() -> None:
    future: Future[Heard] = Future()
    future.set_result((HEARD,))
    assert ears(future).heard(GUEST) == (HEARD,)


def test_guest_that_still_listens_has_not_heard_nothing() -> None:
    with pytest.raises(DeadlineError, match=f"{GUEST.name} still listens"):
        ears(Future()).heard(GUEST)


def test_guest_that_cannot_listen_says_why() -> None:
    future: Future[Heard] = Future()
    future.set_exception(GuestError("There is no Python."))
    with pytest.raises(GuestError, match="no Python"):
        ears(future).heard(GUEST)
