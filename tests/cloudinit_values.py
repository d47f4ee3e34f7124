"""Values for the tests of the cloudinit floor."""

from dataclasses import replace
from ipaddress import ip_address
from pathlib import PurePosixPath

import factories
from factories import make_pair
from vipprov.cloudinit import documents
from vipprov.cloudinit.credentials import Credentials
from vipprov.cloudinit.network import NicNaming
from vipprov.cloudinit.own import CloudConfig
from vipprov.cloudinit.seed import Seed
from vipprov.guest.configuration import Configuration, GuestFile
from vipprov.guest.pair import Management, Pair

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f ops@desk"

CONFIGURATION = Configuration(
    files=(
        GuestFile(
            path=PurePosixPath("/etc/keepalived/keepalived.conf"),
            content="global_defs {\n    vrrp_garp_master_refresh 60\n}\n",
            mode=0o640,
        ),
        GuestFile(
            path=PurePosixPath("/etc/sysctl.d/99-vipprov.conf"),
            content="net.ipv4.conf.all.arp_announce = 2\n",
        ),
    ),
    packages=("keepalived",),
    enable=("keepalived.service",),
    at_every_boot=(("true", "at every boot"),),
    at_first_boot=(("modprobe", "macvlan"),),
)


def pair() -> Pair:
    """Return a pair of IPv4 guests with a gateway and a name server."""
    return make_pair(dns=(ip_address("10.50.50.1"),))


def dual_stack_pair() -> Pair:
    """Return a pair with both families and a management network that has DHCP."""
    dual = factories.dual_stack_pair()
    return replace(
        dual,
        interface="ens192",
        guests=tuple(
            replace(guest, management_mac=f"52:54:00:50:01:{number:02x}")
            for number, guest in enumerate(dual.guests, 1)
        ),
        gateways=(*dual.gateways, ip_address("2001:db8:50::1")),
        dns=(ip_address("10.50.50.1"),),
        management=Management(port_group="oob"),
    )


def seed(
    of: Pair | None = None,
    *,
    configuration: Configuration = CONFIGURATION,
    credentials: Credentials | None = None,
    own: CloudConfig | None = None,
    naming: NicNaming = NicNaming.BY_NAME,
) -> Seed:
    """Return the seed of the pair's first guest."""
    of = of or pair()
    return documents.seed(
        of,
        of.guests[0],
        configuration,
        credentials or Credentials(),
        own=own,
        identity="0123456789abcdef",
        naming=naming,
    )
