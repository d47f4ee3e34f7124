from dataclasses import replace

import pytest

from vipprov.guest.errors import HeldError, SpecError
from vipprov.hv.fabric import bridgeplan
from vipprov.hv.fabric.bridgeplan import AddBridge, AddTrunk, Adopt, Lab, Link

LAB = Lab(name="lab", leafs=2)


def built(lab: Lab) -> dict[str, Link]:
    """Return the links of a whole lab."""
    bridges = [lab.spine, *(trunk.leaf for trunk in lab.trunks)]
    places: dict[str, str | None] = dict.fromkeys(bridges)
    for trunk in lab.trunks:
        places |= {trunk.leaf_end: trunk.leaf, trunk.spine_end: lab.spine}
    return {
        name: Link(
            name=name,
            kind="veth" if master else "bridge",
            alias=lab.alias,
            group=bridgeplan.GROUP,
            master=master,
            up=True,
        )
        for name, master in places.items()
    }


def foreign(name: str, *, kind: str = "bridge", master: str | None = None) -> dict[str, Link]:
    return {name: Link(name=name, kind=kind, master=master, up=True)}


def test_the_default_lab_has_plain_names_and_others_carry_their_own() -> None:
    assert [trunk.leaf for trunk in LAB.trunks] == ["leaf1", "leaf2"]
    assert [trunk.leaf for trunk in Lab(name="blue", leafs=1).trunks] == ["blue-leaf1"]


def test_every_name_fits_into_what_the_kernel_takes() -> None:
    lab = Lab(name="green", leafs=99)
    names = [name for trunk in lab.trunks for name in (trunk.leaf_end, trunk.spine_end)]
    assert max(map(len, [lab.spine, *names])) <= 15


@pytest.mark.parametrize("name", ["", "Lab", "toolong", "a b", "1st", "a/b", "..", "-"])
def test_a_name_that_would_not_fit_is_refused(name: str) -> None:
    with pytest.raises(SpecError):
        Lab(name=name, leafs=1)


@pytest.mark.parametrize("leafs", [0, -1, 100])
def test_a_lab_has_a_sensible_number_of_leafs(leafs: int) -> None:
    with pytest.raises(SpecError):
        Lab(name="lab", leafs=leafs)


def test_nothing_there_means_everything_is_made() -> None:
    changes = bridgeplan.plan(LAB, {})
    made = [change.name for change in changes if isinstance(change, AddBridge)]
    assert made == ["spine", "leaf1", "leaf2"]
    assert [change.trunk for change in changes if isinstance(change, AddTrunk)] == [*LAB.trunks]
    assert Adopt("leaf1-up", "leaf1") in changes
    assert Adopt("spine-1", "spine") in changes


def test_a_whole_lab_needs_nothing() -> None:
    assert bridgeplan.plan(LAB, built(LAB)) == ()


def test_more_leafs_are_added_to_those_that_are_there() -> None:
    changes = bridgeplan.plan(Lab(name="lab", leafs=3), built(LAB))
    assert [change.name for change in changes if isinstance(change, AddBridge)] == ["leaf3"]


@pytest.mark.parametrize(("up", "alias"), [(False, LAB.alias), (True, "")])
def test_what_a_killed_run_left_unfinished_is_finished(*, up: bool, alias: str) -> None:
    observed = built(LAB)
    for name in ("leaf1", "leaf1-up"):
        observed[name] = replace(observed[name], up=up, alias=alias)
    assert bridgeplan.plan(LAB, observed) == (Adopt("leaf1", None), Adopt("leaf1-up", "leaf1"))


def test_a_trunk_that_came_loose_is_plugged_in_again() -> None:
    observed = built(LAB)
    observed["spine-2"] = replace(observed["spine-2"], master=None)
    assert bridgeplan.plan(LAB, observed) == (Adopt("spine-2", "spine"),)


def test_a_bridge_of_others_is_used_as_it_is_found() -> None:
    changes = bridgeplan.plan(LAB, foreign("leaf1"))
    assert AddBridge("leaf1") not in changes
    assert Adopt("leaf1", None) not in changes
    assert Adopt("leaf1-up", "leaf1") in changes


@pytest.mark.parametrize("name", ["leaf1", "leaf1-up", "spine-2"])
def test_any_other_link_in_the_way_is_an_error(name: str) -> None:
    with pytest.raises(HeldError, match=name):
        bridgeplan.plan(LAB, foreign(name, kind="dummy"))


def test_only_what_the_lab_made_is_removed() -> None:
    observed = built(LAB) | foreign("br0") | built(Lab(name="blue", leafs=1))
    assert bridgeplan.removal(LAB, observed) == (
        "leaf1-up",
        "leaf2-up",
        "leaf1",
        "leaf2",
        "spine",
    )


def test_a_bridge_of_others_is_never_removed() -> None:
    observed = built(LAB) | foreign("leaf1")
    assert "leaf1" not in bridgeplan.removal(LAB, observed)
    assert "leaf1-up" in bridgeplan.removal(LAB, observed)


def test_a_remnant_without_its_alias_is_known_by_its_group_and_name() -> None:
    observed = built(LAB)
    observed["leaf2"] = replace(observed["leaf2"], alias="")
    observed |= {"other": Link(name="other", kind="bridge", group=bridgeplan.GROUP)}
    assert "leaf2" in bridgeplan.removal(LAB, observed)
    assert "other" not in bridgeplan.removal(LAB, observed)
    assert bridgeplan.removal(Lab(name="blue", leafs=2), observed) == ()


def test_the_ports_of_guests_are_foreign_and_the_trunks_are_not() -> None:
    observed = built(LAB) | foreign("vnet3", kind="veth", master="leaf2")
    assert bridgeplan.foreign_ports(LAB, observed) == {"leaf2": ("vnet3",)}
    assert bridgeplan.foreign_ports(LAB, built(LAB)) == {}
