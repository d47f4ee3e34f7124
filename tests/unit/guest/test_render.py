from pathlib import PurePosixPath

import pytest

from factories import dual_stack_pair, make_pair
from golden_files import assert_golden
from vipprov.guest import notify, packages, promisc, render
from vipprov.guest.pair import Pair, Promisc

PAIRS = (make_pair(), dual_stack_pair(), make_pair(promisc=Promisc.ON))


@pytest.mark.parametrize("pair", PAIRS)
def test_what_we_own_is_what_this_pair_has_and_what_it_could_have_had(pair: Pair) -> None:
    configuration = render.configuration(pair, pair.guests[0])
    paths = [file.path for file in configuration.files]
    assert len(paths) == len(set(paths))
    assert set(render.owned(configuration)) == {*paths, promisc.PATH}


@pytest.mark.parametrize("pair", PAIRS)
def test_every_file_ends_with_a_newline_and_only_root_may_write_it(pair: Pair) -> None:
    for file in render.configuration(pair, pair.guests[0]).files:
        assert file.content.endswith("\n")
        assert not file.mode & 0o022


def test_first_boot_installs_before_it_enables_and_starts() -> None:
    pair = make_pair()
    commands = render.configuration(pair, pair.guests[0]).at_first_boot
    assert commands[0] == packages.install_missing(pair)
    assert commands[-1] == ("systemctl", "start", "--no-block", "keepalived.service")


def test_keepalived_is_enabled_so_that_it_survives_a_reboot() -> None:
    pair = make_pair()
    assert render.configuration(pair, pair.guests[0]).enable == ("keepalived.service",)


def test_packages_are_asked_for_only_where_the_pair_file_wants_them_up_to_date() -> None:
    plain, updated = make_pair(), make_pair(packages_update=True)
    assert render.configuration(plain, plain.guests[0]).packages == ()
    assert render.configuration(updated, updated.guests[0]).packages == ("keepalived",)


def test_notify_script_is_the_golden_one_and_may_be_run() -> None:
    file = notify.file()
    assert_golden("units/vipprov-notify", file.content)
    assert file.mode == 0o755


def test_modules_are_loaded_at_boot_and_vmac_only_as_an_extra() -> None:
    pair = make_pair()
    configuration = render.configuration(pair, pair.guests[0])
    load = PurePosixPath("/etc/modules-load.d/vipprov.conf")
    extra = PurePosixPath("/etc/modprobe.d/vipprov.conf")
    assert configuration.file(load).content == "macvlan\n"
    assert configuration.file(extra).content == "softdep macvlan post: vmac\n"


def test_promiscuous_mode_is_a_unit_of_its_own() -> None:
    pair = make_pair(promisc=Promisc.ON)
    configuration = render.configuration(pair, pair.guests[0])
    assert promisc.UNIT in configuration.enable
    assert_golden("units/vipprov-promisc.service", configuration.file(promisc.PATH).content)


@pytest.mark.parametrize("mode", [Promisc.AUTO, Promisc.OFF])
def test_promiscuous_mode_is_left_to_the_kernel_unless_it_is_asked_for(mode: Promisc) -> None:
    pair = make_pair(promisc=mode)
    configuration = render.configuration(pair, pair.guests[0])
    assert promisc.PATH not in [file.path for file in configuration.files]
    assert promisc.UNIT not in configuration.enable


def test_device_of_a_nic_with_a_dash_is_escaped_as_systemd_does() -> None:
    (file,) = promisc.files(make_pair(interface="br-lan.7", promisc=Promisc.ON))
    assert "After=sys-subsystem-net-devices-br\\x2dlan.7.device " in file.content
