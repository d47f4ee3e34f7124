"""What the names of a placement mean in an inventory, and all that is wrong with them."""

from types import SimpleNamespace
from typing import cast

import pytest

from vipprov.guest.placement import Placement
from vipprov.hv.vsphere import placement
from vipprov.hv.vsphere.collect import Read
from vipprov.hv.vsphere.inventory import CLUSTER, DATASTORE, FOLDER, HOST, POOL, Inventory, Item
from vipprov.hv.vsphere.placement import Home

HOME = Home(compute="c1", datastore="shared")
LONE = "h9"
PRODUCTION, TEST_POOL = "/DC/host/Production", "/DC/host/Test/Resources/web"


def item(kind: str, key: str, path: str, *of: str, trouble: str = "") -> Item:
    """Return an item; `of` are the clusters it belongs to, or of a datastore who has it."""
    names = tuple(path.removeprefix("/").split("/"))
    keys = frozenset(of)
    if kind == DATASTORE:
        return Item(kind=kind, key=key, path=names, reached=keys, trouble=trouble)
    return Item(kind=kind, key=key, path=names, computes=keys, trouble=trouble)


ITEMS = (
    item(CLUSTER, "c1", "/DC/host/Production", "c1"),
    item(CLUSTER, "c2", "/DC/host/Test", "c2"),
    item(HOST, "h1", "/DC/host/Production/esx1", "c1"),
    item(HOST, "h2", "/DC/host/Production/esx2", "c1", trouble="is in maintenance mode"),
    item(HOST, LONE, "/DC/host/esx9/esx9", "lone"),
    item(POOL, "p1", "/DC/host/Production/Resources/web", "c1"),
    item(POOL, "p2", "/DC/host/Test/Resources/web", "c2"),
    item(DATASTORE, "d1", "/DC/datastore/shared", "c1", "h1", "h2"),
    item(DATASTORE, "d2", "/DC/datastore/local-1", "c1", "h1"),
    item(DATASTORE, "d9", "/DC/datastore/local-9", "lone", LONE, trouble="is not accessible"),
    item(FOLDER, "f1", "/DC/vm/Production/web"),
    item(FOLDER, "f2", "/DC/vm/Test/web"),
    Item(kind=FOLDER, key="f3", path=("DC", "vm", "a/b")),
)
INVENTORY = Inventory(
    items=ITEMS,
    computes={
        key: Read(reference=cast("object", SimpleNamespace(_moId=key)), properties={"name": name})
        for key, name in (("c1", "Production"), ("c2", "Test"), ("lone", "esx9"))
    },
)


def judged(**words: str) -> tuple[dict[str, str], list[str]]:
    """Return the keys of what is meant, and what is said to be wrong."""
    found, unclear = placement.meant(ITEMS, Placement(**words))
    wrong = (*unclear, *placement.clashes(found, INVENTORY, HOME))
    return {kind: one.key for kind, one in found.items()}, [one.text for one in wrong]


@pytest.mark.parametrize("word", ["Production", "host/Production", "/DC/host/Production"])
def test_name_and_any_end_of_the_path_mean_the_same(word: str) -> None:
    assert judged(cluster=word) == ({CLUSTER: "c1"}, [])


def test_path_from_the_top_is_meant_as_a_whole() -> None:
    _, (wrong,) = judged(cluster="/host/Production")
    assert wrong == ("no cluster is called /host/Production; there is /DC/host/Production")


def test_slash_within_a_name_is_2f() -> None:
    assert judged(folder="a%2fb") == ({FOLDER: "f3"}, [])
    assert "/DC/vm/a%2fb" in judged(folder="nonesuch")[1][0]


def test_name_of_two_things_is_refused_with_both_paths() -> None:
    assert judged(folder="web") == (
        {},
        ["the folder web may be any of 2: /DC/vm/Production/web, /DC/vm/Test/web"],
    )
    assert judged(folder="Test/web") == ({FOLDER: "f2"}, [])


def test_pool_is_looked_for_where_the_machine_goes() -> None:
    assert judged(cluster="Production", resource_pool="web")[0][POOL] == "p1"
    assert judged(host="esx1", resource_pool="web")[0][POOL] == "p1"
    assert "may be any of 2" in judged(resource_pool="web")[1][0]


def test_name_of_nothing_comes_with_what_is_like_it_or_all_there_is() -> None:
    every = f"{PRODUCTION}/esx1, {PRODUCTION}/esx2, /DC/host/esx9/esx9"
    assert judged(host="esx3")[1] == [f"no host is called esx3; there is {every}"]
    assert judged(cluster="Staging")[1] == [
        "no cluster is called Staging; there is /DC/host/Production, /DC/host/Test"
    ]
    (wrong,) = placement.meant((), Placement(cluster="x"))[1]
    assert (wrong.text, wrong.is_absent) == (
        "no cluster is called x; there is none at all",
        True,
    )


def test_very_many_are_counted_and_not_all_told() -> None:
    many = [item(FOLDER, f"f{at}", f"/DC/vm/folder-{at:02}") for at in range(20)]
    (wrong,) = placement.meant(many, Placement(folder="web"))[1]
    assert wrong.text.endswith("/DC/vm/folder-07 and 12 more")


def test_all_that_is_wrong_is_told_together() -> None:
    _, wrong = judged(cluster="Prod", host="esx2", datastore="local-9", folder="web")
    assert [one.partition(";")[0] for one in wrong] == [
        "no cluster is called Prod",
        "the folder web may be any of 2: /DC/vm/Production/web, /DC/vm/Test/web",
        "the host /DC/host/Production/esx2 is in maintenance mode",
        "the datastore /DC/datastore/local-9 is not accessible",
        "esx2 does not have the datastore /DC/datastore/local-9",
    ]


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (
            {"cluster": "Test", "host": "esx1", "datastore": "shared"},
            "the host /DC/host/Production/esx1 is not in the cluster /DC/host/Test",
        ),
        (
            {"host": "esx1", "resource_pool": "Test/Resources/web"},
            f"the resource pool {TEST_POOL} is not in the cluster of the host {PRODUCTION}/esx1",
        ),
        (
            {"cluster": "Production", "resource_pool": "Test/Resources/web"},
            f"the resource pool {TEST_POOL} is not in the cluster {PRODUCTION}",
        ),
        (
            {"cluster": "Test", "datastore": "local-1"},
            "Test does not have the datastore /DC/datastore/local-1",
        ),
        (
            {"cluster": "Test"},
            "Test does not have the template's datastore shared: name a datastore",
        ),
        (
            {"resource_pool": "Test/Resources/web"},
            "Test does not have the template's datastore shared: name a datastore",
        ),
        ({"host": "esx2"}, "the host /DC/host/Production/esx2 is in maintenance mode"),
    ],
)
def test_what_does_not_go_together_is_refused(words: dict[str, str], wrong: str) -> None:
    assert judged(**words)[1] == [wrong]


def test_datastore_of_one_host_will_do_for_that_host_and_for_its_cluster() -> None:
    assert judged(host="esx1", datastore="local-1")[1] == []
    assert judged(datastore="local-1")[1] == []


def test_guest_overrides_its_pair_key_by_key() -> None:
    pair = Placement(cluster="Production", datastore="shared")
    guest = Placement(datastore="local-1", host="esx1")
    assert guest.over(pair) == Placement(cluster="Production", datastore="local-1", host="esx1")


def test_template_whose_cluster_cannot_be_seen_is_refused_in_words() -> None:
    found, _ = placement.meant(ITEMS, Placement(folder="Test/web"))
    unseen = Home(compute="", datastore="shared")
    (wrong,) = placement.clashes(found, INVENTORY, unseen)
    assert wrong.text == "the cluster of the template's host cannot be seen with these rights"
    named, _ = placement.meant(ITEMS, Placement(cluster="Production", folder="Test/web"))
    assert list(placement.clashes(named, INVENTORY, unseen)) == []
