"""The scene: a pair and what was seen of it, with the questions that several judgements ask."""

from dataclasses import dataclass

from vipprov.guest.fabric import LeafSight
from vipprov.guest.facts import Daemon, Facts, Role
from vipprov.guest.observation import Observations
from vipprov.guest.pair import Address, Guest, Pair
from vipprov.guest.vrrp import Family, VrrpInstance, instances


@dataclass(frozen=True, slots=True)
class Claim:
    """What a guest says of its part in an instance, by three witnesses that should agree."""

    guest: Guest
    instance: VrrpInstance
    role: Role | None
    holds: tuple[Address, ...]
    daemon: Daemon

    @property
    def owns(self) -> bool:
        """Whether this guest takes itself for the owner, or its kernel answers as if it were."""
        return bool(self.holds) or (self.role is Role.MASTER and self.daemon is not Daemon.ABSENT)

    @property
    def rightful(self) -> bool:
        """Whether a running keepalived says MASTER."""
        return self.role is Role.MASTER and self.daemon is Daemon.RUNNING


@dataclass(frozen=True, slots=True)
class Home:
    """The one owner of a family's addresses, its leaf, and the MAC that it has them with."""

    guest: str
    leaf: LeafSight
    mac: str
    addresses: tuple[Address, ...]
    virtual: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """All that the judgements look at."""

    pair: Pair
    seen: Observations

    def facts(self, guest: Guest) -> Facts | None:
        """Return what the guest told, or None if it could not be asked."""
        return self.seen.guest(guest.name).facts

    def instance(self, family: Family) -> VrrpInstance:
        """Return the first guest's instance of this family."""
        every = instances(self.pair, self.pair.guests[0])
        (found,) = (instance for instance in every if instance.family is family)
        return found

    def families(self) -> tuple[Family, ...]:
        """Return the families that have a vIP."""
        return tuple(one.family for one in instances(self.pair, self.pair.guests[0]))

    def claims(self, family: Family) -> tuple[Claim, ...]:
        """Return what each guest that could be asked says of its part."""
        return tuple(
            _claim(guest, instance, facts)
            for guest in self.pair.guests
            if (facts := self.facts(guest)) is not None
            for instance in instances(self.pair, guest)
            if instance.family is family
        )

    def owners(self, family: Family) -> tuple[Claim, ...]:
        """Return the claims of those that own the addresses of this family."""
        return tuple(claim for claim in self.claims(family) if claim.owns)

    def homes(self) -> tuple[Home, ...]:
        """Return where on the fabric each family lives that has one owner, and a rightful one."""
        return tuple(
            Home(
                guest=owner.guest.name,
                leaf=leaf,
                mac=owner.instance.mac if self.pair.vip.vmac else owner.guest.mac,
                addresses=tuple(one.ip for one in owner.instance.addresses),
                virtual=self.pair.vip.vmac,
            )
            for family in self.families()
            if len(owners := self.owners(family)) == 1 and not self.silent()
            for owner in owners
            if owner.rightful
            and self.seen.fabric is not None
            and (leaf := self.seen.fabric.leaf(owner.guest.port_group)) is not None
            and not leaf.error
        )

    def silent(self) -> tuple[str, ...]:
        """Return the guests that could not be asked."""
        return tuple(guest.name for guest in self.pair.guests if self.facts(guest) is None)

    def isolated(self) -> tuple[str, ...]:
        """Return the guests whose ports reach no other isolated port."""
        return tuple(
            port.guest
            for port in self.seen.ports
            if (port.in_force or port.configured).isolated is True
        )


def own_address(guest: Guest, family: Family) -> Address:
    """Return the NIC's own address of this family."""
    return next(one.ip for one in guest.addresses if one.version == family.value)


def _claim(guest: Guest, instance: VrrpInstance, facts: Facts) -> Claim:
    return Claim(
        guest=guest,
        instance=instance,
        role=facts.role(instance.name),
        holds=tuple(one.ip for one in instance.addresses if facts.holders(one.ip)),
        daemon=facts.daemon,
    )
