"""A MAC has moved when its next frame comes in by another port."""

from vipprov.guest.moves import Move, Seen, moves

MAC, OTHER = "00:00:5e:00:01:32", "00:00:5e:00:02:32"


def seen(*ports: str, mac: str = MAC) -> list[Seen]:
    return [Seen(at=float(at), mac=mac, port=port) for at, port in enumerate(ports)]


def test_a_mac_that_stays_makes_no_move() -> None:
    assert moves(seen("a", "a", "a")) == ()


def test_each_change_of_port_is_a_move() -> None:
    assert moves(seen("a", "b", "b", "a")) == (
        Move(at=1.0, mac=MAC, before="a", after="b"),
        Move(at=3.0, mac=MAC, before="b", after="a"),
    )


def test_macs_are_counted_apart() -> None:
    assert moves([*seen("a", "a"), *seen("b", "b", mac=OTHER)]) == ()


def test_the_order_of_time_counts_and_not_that_of_the_list() -> None:
    assert moves(reversed(seen("a", "b", "b"))) == moves(seen("a", "b", "b"))
