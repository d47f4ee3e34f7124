from collections.abc import Callable
from functools import partial

import pytest

from vipprov.guest.errors import GuestError, HypervisorError
from vipprov.guest.undo import Undo, afterwards


def fail(error: BaseException, undo: Undo, **steps: Callable[[], object]) -> None:
    """Do these things, so to speak, and then fail."""
    with undo:
        for what, act in steps.items():
            undo.later(what, act)
        raise error


def failing(error: BaseException) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


def test_a_good_end_takes_nothing_back() -> None:
    done: list[str] = []
    with Undo() as undo:
        undo.later("it", lambda: done.append("undone"))
    assert done == []


def test_a_failure_takes_everything_back_the_last_thing_first() -> None:
    done: list[str] = []
    undo = Undo(lambda: done.append("begin"))
    steps = {what: partial(done.append, what) for what in ("one", "two")}
    with pytest.raises(GuestError):
        fail(GuestError("It died."), undo, **steps)
    assert done == ["begin", "two", "one"]


def test_where_nothing_was_done_nothing_is_said_to_be_undone() -> None:
    begun: list[bool] = []
    with pytest.raises(GuestError):
        fail(GuestError("It never lived."), Undo(lambda: begun.append(True)))
    assert begun == []


def test_an_error_while_undoing_hides_neither_the_first_error_nor_what_is_left_to_undo() -> None:
    done: list[str] = []
    with pytest.raises(GuestError, match="It died") as caught:
        fail(
            GuestError("It died."),
            Undo(),
            one=lambda: done.append("one"),
            two=failing(HypervisorError("No answer.", details="libvirt: hangs")),
            three=failing(OSError("disk full")),
        )
    assert done == ["one"]
    assert caught.value.__notes__ == [
        "not undone: three: OSError: disk full",
        "not undone: two: No answer.\nlibvirt: hangs",
    ]


def test_a_request_to_end_while_undoing_does_not_cut_the_undoing_short() -> None:
    done: list[str] = []

    def interrupted_once() -> None:
        done.append("begun")
        if len(done) == 1:
            raise KeyboardInterrupt

    with pytest.raises(GuestError) as caught:
        fail(GuestError("It died."), Undo(), one=lambda: done.append("one"), two=interrupted_once)
    assert done == ["begun", "begun", "one"]
    assert not hasattr(caught.value, "__notes__")


def test_a_request_to_end_is_a_reason_to_undo() -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        fail(KeyboardInterrupt(), Undo(), one=lambda: done.append("one"))
    assert done == ["one"]


def use(act: Callable[[], object], block: Callable[[], object]) -> None:
    with afterwards("the door", act):
        block()


def test_what_comes_afterwards_comes_once_however_the_block_ends() -> None:
    done: list[str] = []
    use(lambda: done.append("shut"), lambda: done.append("in"))
    with pytest.raises(GuestError):
        use(lambda: done.append("shut"), failing(GuestError("It died.")))
    assert done == ["in", "shut", "shut"]


def test_what_fails_afterwards_is_raised_only_where_the_block_went_well() -> None:
    stuck = failing(HypervisorError("It is stuck."))
    with pytest.raises(HypervisorError):
        use(stuck, lambda: None)
    with pytest.raises(GuestError) as caught:
        use(stuck, failing(GuestError("It died.")))
    assert caught.value.__notes__ == ["not undone: the door: It is stuck."]


def test_what_was_done_can_be_taken_back_once_after_a_good_end() -> None:
    done: list[str] = []
    with Undo() as undo:
        undo.later("one", lambda: done.append("one"))
        undo.later("two", failing(GuestError("It sleeps.")))
    assert undo.take_back() == ("not undone: two: It sleeps.",)
    assert undo.take_back() == ()
    assert done == ["one"]
