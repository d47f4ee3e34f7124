"""What machines that are made from a template of vSphere have of their own. Pure.

Their guests are entered by VMware Tools, as root and with the password that the pair file refers
to. Its hash goes into vendor-data, which is forgotten once the first boot has read it.
"""

from dataclasses import replace

from vipprov.cloudinit import guestinfo, userdata
from vipprov.cloudinit.credentials import Credentials
from vipprov.cloudinit.seed import Seed
from vipprov.guest.errors import SpecError
from vipprov.guest.pair import Pair
from vipprov.hv import registry


def require_possible(pair: Pair) -> None:
    """Raise SpecError for what a pair on vSphere lacks, or cannot have."""
    if pair.password is None:
        raise SpecError(
            f"{pair.name}: a pair on vSphere needs a `password:`.",
            details="VMware Tools run commands in a guest for those only who log in there.",
            hint="Write `password: env:NAME` or `password: file:PATH`; it becomes root's.",
        )
    if any(guest.filter for guest in pair.guests):
        raise SpecError(f"{pair.name}: ports of vSphere have no `filter:`.")


def in_user_data(pair: Pair, credentials: Credentials) -> Credentials:
    """Return the credentials that user-data may hold: it stays where it is read again."""
    if not registry.keeps_switches(pair.hypervisor):
        return credentials
    return replace(credentials, password_hash=None)


def with_login(pair: Pair, seed: Seed, credentials: Credentials) -> Seed:
    """Return the seed with root's password, or say what of it does not fit into a machine."""
    if not registry.keeps_switches(pair.hypervisor):
        return seed
    if credentials.password_hash is not None:
        seed = replace(seed, vendor_data=userdata.root_login(credentials.password_hash))
    guestinfo.variables(seed)
    return seed
