"""What has to come of each fault."""

from vipprov.guest.fault import NATURES, Ending, Fault


def test_every_fault_has_a_nature() -> None:
    assert set(NATURES) == set(Fault)


def test_owner_that_lives_on_unheard_makes_two_owners() -> None:
    two = {one for one in Fault if NATURES[one].ending is Ending.TWO_OWNERS}
    assert two == {Fault.HANG, Fault.ISOLATE}
