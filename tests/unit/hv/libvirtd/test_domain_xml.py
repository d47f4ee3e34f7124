"""Domain XML is written by a serialiser, and read back as it was meant."""

from pathlib import Path

import pytest

from golden_files import assert_golden
from vipprov.cloudinit.seed import Seed
from vipprov.guest.pair import Size
from vipprov.hv import marktext
from vipprov.hv.libvirtd import container_xml, domain_xml, metadata
from vipprov.hv.machine import MachineSpec, Nic
from vipprov.hv.mark import Mark

CANARY = "canary-3f9c"
HOSTILE = "]]></x>&'\"\x07 {}"


def spec(**nic: object) -> MachineSpec:
    first = Nic(mac="52:54:00:50:00:01", port_group="leaf1", guest_name="eth0", **nic)  # type: ignore[arg-type]  # the test names the fields
    return MachineSpec(
        name="web-1",
        image=Path("/images/debian-12/tree"),
        size=Size(cpus=2, memory=512 << 20, disk=4 << 30),
        nics=(
            first,
            Nic(mac="52:54:00:50:00:02", port_group="mgmt", guest_name="eth1", is_network=True),
        ),
        seed=Seed(meta_data=CANARY, user_data=CANARY, network_config=CANARY),
        mark=Mark(pair="web", guest="web-1", identity="abc"),
    )


def rendered(wanted: MachineSpec) -> str:
    return container_xml.render(
        wanted,
        tree=Path("/images/debian-12/tree"),
        layer=Path("/layers/web-1"),
        mark=marktext.dump(wanted.mark),
        init="/init",
        layer_target="/target",
    )


def test_container_is_as_in_the_golden_file() -> None:
    assert_golden("domain/container.xml", rendered(spec(filter="vipprov-web-1")))


def test_nics_are_read_back_as_they_were_written() -> None:
    wanted = spec(filter="vipprov-web-1")
    assert domain_xml.nics(rendered(wanted)) == wanted.nics


def test_mark_is_read_back_as_it_was_written() -> None:
    mark = Mark(
        pair="web",
        guest="web-1",
        identity="abc",
        ingredients=(("image", "1"), ("size", "2")),
        source=f"name: web\n# {HOSTILE}\n",
        origin="/home/somebody/pair.yaml",
        ready=True,
    )
    text = container_xml.render(
        spec(),
        tree=Path("/tree"),
        layer=Path("/l"),
        mark=marktext.dump(mark),
        init="/init",
        layer_target="/t",
    )
    kept = metadata.from_xml(text, domain_xml.MARK)
    assert kept is not None
    assert marktext.load(kept) == mark


def test_no_part_of_the_seed_is_in_the_xml() -> None:
    assert CANARY not in rendered(spec())


@pytest.mark.parametrize("kind", ["lxc", "test", "qemu"])
def test_claim_names_its_holder(kind: str) -> None:
    text = domain_xml.claim(kind, name="web.claim", uuid="u", holder=HOSTILE.replace("\x07", ""))
    assert metadata.from_xml(text, "claim") == HOSTILE.replace("\x07", "")
