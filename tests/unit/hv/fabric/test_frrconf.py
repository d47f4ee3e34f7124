from datetime import timedelta

import golden_files
from vipprov.hv.fabric import frrconf
from vipprov.hv.fabric.duplicates import Duplicates
from vipprov.hv.fabric.evpnspec import EvpnLab

LAB = EvpnLab(name="blue", duplicates=Duplicates(freeze=timedelta(seconds=300)))


def test_bgpd_is_told_of_all_other_leafs_and_of_duplicates() -> None:
    golden_files.assert_golden("frr/bgpd.conf", frrconf.bgpd(LAB, 2))


def test_zebra_is_told_where_to_log() -> None:
    golden_files.assert_golden("frr/zebra.conf", frrconf.zebra(LAB, 2))


def test_detection_is_off_only_where_that_is_asked_for() -> None:
    off = frrconf.bgpd(EvpnLab(duplicates=None), 1)
    assert "no dup-addr-detection\n" in off
    warns = frrconf.bgpd(EvpnLab(), 1)
    assert "dup-addr-detection max-moves 5 time 180\n" in warns
    assert "freeze" not in warns


def test_the_only_leaf_has_no_neighbours() -> None:
    assert "peer-group fabric" not in frrconf.bgpd(EvpnLab(leafs=1), 1)
