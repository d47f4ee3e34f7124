"""What a machine is made from: the digest that says whether a change needs a new one.

What can be changed in a running guest is left out on purpose: instance-id holds the digest, and a
new one would make cloud-init run its once-per-instance modules at the next reboot.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping

from vipprov.cloudinit.own import CloudConfig
from vipprov.guest.pair import CustomPolicy, Guest, Pair
from vipprov.guest.pairfile import hypervisors

Ingredients = tuple[tuple[str, str], ...]
"""The names of what a machine is made from, sorted, with a digest of each."""


def identity(
    pair: Pair,
    guest: Guest,
    image_digest: str,
    own: CloudConfig | None,
    ssh_keys: Iterable[str],
) -> str:
    """Return 16 hex digits that change when, and only when, this guest must be made anew."""
    return digest(ingredients(pair, guest, image_digest, own, ssh_keys))


def ingredients(
    pair: Pair,
    guest: Guest,
    image_digest: str,
    own: CloudConfig | None,
    ssh_keys: Iterable[str],
) -> Ingredients:
    """Return what this guest is made from, by the names that the pair file uses."""
    facts: Mapping[str, object] = {
        "name": guest.name,
        "image": image_digest,
        "size": [pair.size.cpus, pair.size.memory, pair.size.disk],
        "interface": pair.interface,
        "mac": guest.mac,
        "port_group": guest.port_group,
        "addresses": _texts(guest.addresses),
        "management": _management(pair, guest),
        "gateway": _texts(pair.gateways),
        "dns": _texts(pair.dns),
        # Three settings by name are made part of libvirt's port before the first start.
        "policy": str(pair.policy) if _is_fixed(pair) else None,
        "ssh_keys": sorted(ssh_keys),
        "password": None if pair.password is None else str(pair.password),
        "cloud_config": None if own is None else own.digest,
    }
    return tuple(sorted((name, _digest(fact)) for name, fact in facts.items()))


def digest(ingredients: Ingredients) -> str:
    """Return 16 hex digits that stand for all of these."""
    return _digest(ingredients)


def _is_fixed(pair: Pair) -> bool:
    """Say whether the policy is part of the machine; on vSphere it is the port group's."""
    is_named = isinstance(pair.policy, CustomPolicy)
    return is_named and hypervisors.scheme(pair.hypervisor) != "vsphere"


def _management(pair: Pair, guest: Guest) -> list[object] | None:
    if pair.management is None:
        return None
    port_group = pair.management.port_group
    return [port_group, guest.management_mac, _texts(guest.management_addresses)]


def _texts(values: Iterable[object]) -> list[str]:
    return [str(value) for value in values]


def _digest(fact: object) -> str:
    canonical = json.dumps(fact, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
