"""The kernel's settings in a guest: as desired, after udev has had its say."""

from vipprov.guest import sysctl
from vipprov.guest.check import Check
from vipprov.guest.facts import Facts, Udev, kernel_key
from vipprov.guest.judgement.finding import Fault, check, listed, unknown
from vipprov.guest.pair import Guest, Pair
from vipprov.guest.vrrp import Family, VrrpInstance, instances

STRICT = 1


def desired(pair: Pair, guest: Guest) -> tuple[tuple[str, str], ...]:
    """Return the keys, as the kernel spells them, and values that the guest's own file sets."""
    lines = (line.partition("=") for line in sysctl.file(pair, guest).content.splitlines())
    return tuple(
        (kernel_key(key.strip()), " ".join(value.split()))
        for key, separator, value in lines
        if separator and not key.startswith(("#", ";")) and "*" not in key
    )


def asked_for(pair: Pair, guest: Guest) -> tuple[str, ...]:
    """Return the keys that the judgement needs to know of."""
    filters = (_rp_filter(link) for one in _ipv4(pair, guest) for link in ("all", one.device))
    return tuple(dict.fromkeys((*(key for key, _ in desired(pair, guest)), *filters)))


def checks(pair: Pair, guest: Guest, facts: Facts) -> tuple[Check, ...]:
    """Return the check of all settings, and one for the setting that is fatal by itself."""
    return (
        _as_desired(pair, guest, facts),
        *(_not_strict(guest, facts, instance) for instance in _ipv4(pair, guest)),
    )


def strict(facts: Facts, instance: VrrpInstance) -> str | None:
    """Return the key through which the guest drops what is sent to the vIP, or None.

    The kernel takes the larger of `all` and the interface; 2 lets through, and 1 drops.
    """
    keys = (_rp_filter(instance.device), _rp_filter("all"))
    values = {key: int(value) for key in keys if (value := facts.sysctl(key)) is not None}
    if instance.vmac_interface is None or max(values.values(), default=0) != STRICT:
        return None
    return next(key for key, value in values.items() if value == STRICT)


def _as_desired(pair: Pair, guest: Guest, facts: Facts) -> Check:
    wanted = desired(pair, guest)
    expected = f"{len(wanted)} keys as configured"
    if facts.udev is Udev.BUSY:
        why = Fault(f"udev in {guest.name} has not settled and may yet set them.", "Verify again.")
        return unknown("sysctl", guest.name, expected=expected, why=why)
    wrong = _wrong(pair, guest, facts)
    return check(
        "sysctl",
        guest.name,
        expected=expected,
        seen=f"{len(wanted) - len(wrong)} of {len(wanted)}",
        fault=fault_of_settings(pair, guest, facts),
    )


def _cure(wanted: tuple[tuple[str, str], ...], facts: Facts) -> str:
    """Return what to do about keys that are not as wanted: some are overwritten, others absent."""
    seen = {key: facts.sysctl(key) for key, _ in wanted}
    overwritten = [key for key, value in wanted if seen[key] not in (None, value)]
    if overwritten:
        name = overwritten[0].rpartition("/")[2]
        return f"Look who sets it after us: `grep -r {name} /etc/sysctl.d /usr/lib/sysctl.d`."
    return "The kernel there knows no such key: is it spelt right, and is its interface there?"


def _not_strict(guest: Guest, facts: Facts, instance: VrrpInstance) -> Check:
    key = strict(facts, instance)
    return check(
        "rp-filter",
        guest.name,
        expected=f"{instance.device}: not strict",
        seen=f"{instance.device}: not strict" if key is None else f"{_shown(key)} = {STRICT}",
        fault=None if key is None else fault_of_strict(guest.name, key),
    )


def fault_of_settings(pair: Pair, guest: Guest, facts: Facts) -> Fault | None:
    """Return the fault of settings that are not as desired, or None once all are."""
    wrong = _wrong(pair, guest, facts)
    if not wrong or facts.udev is Udev.BUSY:
        return None
    return Fault(f"In {guest.name} {listed(wrong)}.", _cure(desired(pair, guest), facts))


def fault_of_strict(guest: str, key: str) -> Fault:
    """Return the fault of a reverse path filter that was set to strict after keepalived's start."""
    return Fault(
        f"The guest's own sysctl {_shown(key)} = {STRICT} makes {guest} drop what is sent to the"
        " vIP, after it has arrived there.",
        f"`sysctl -w {_shown(key)}=0`, and look what sets it after keepalived started.",
    )


def _wrong(pair: Pair, guest: Guest, facts: Facts) -> tuple[str, ...]:
    return tuple(
        f"{_shown(key)} = {_value(facts, key)}, not {value}"
        for key, value in desired(pair, guest)
        if facts.sysctl(key) != value and not _is_too_old(facts, key)
    )


def _is_too_old(facts: Facts, key: str) -> bool:
    return key.endswith(f"/{sysctl.RECENT}") and facts.sysctl(key) is None


def _ipv4(pair: Pair, guest: Guest) -> tuple[VrrpInstance, ...]:
    return tuple(one for one in instances(pair, guest) if one.family is Family.IPV4)


def _rp_filter(link: str) -> str:
    return f"net/ipv4/conf/{link}/rp_filter"


def _shown(key: str) -> str:
    return key.translate(str.maketrans("./", "/."))


def _value(facts: Facts, key: str) -> str:
    value = facts.sysctl(key)
    return "absent" if value is None else value
