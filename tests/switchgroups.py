"""Port groups of virtual switches for tests: values, and how they are generated."""

from hypothesis import strategies as st

from vipprov.guest.pair import Setting
from vipprov.hv.switchgroup import (
    Effective,
    GroupKind,
    Learning,
    LimitPolicy,
    OwnPolicy,
    Plugged,
    Record,
    SwitchGroup,
)

ACCEPT, REJECT = Setting.ACCEPT, Setting.REJECT
LEARNS = Learning(
    inherited=False,
    enabled=True,
    unicast_flooding=True,
    limit=4096,
    limit_policy=LimitPolicy.DROP,
)
INHERITED = OwnPolicy(inherited=True, learning=Learning(inherited=True))
CLOSED = Effective(promiscuous=REJECT, mac_changes=REJECT, forged_transmits=REJECT, learning=False)
OPEN = Effective(promiscuous=ACCEPT, mac_changes=ACCEPT, forged_transmits=ACCEPT, learning=False)

settings_ = st.sampled_from([ACCEPT, REJECT])
words = st.none() | settings_
learning_policies = st.just(Learning(inherited=True)) | st.builds(
    Learning,
    inherited=st.just(value=False),
    enabled=st.booleans(),
    unicast_flooding=st.booleans(),
    limit=st.integers(0, 4096),
    limit_policy=st.sampled_from(LimitPolicy),
)
standard_policies = st.builds(
    OwnPolicy, promiscuous=words, mac_changes=words, forged_transmits=words
)
# Inherited as a whole, or every word said: macManagementPolicy knows nothing in between.
managed_policies = st.just(INHERITED) | st.builds(
    OwnPolicy,
    promiscuous=settings_,
    mac_changes=settings_,
    forged_transmits=settings_,
    learning=learning_policies,
)
policies = standard_policies | managed_policies
sources = st.just("") | st.text(min_size=1, max_size=60)
records = st.builds(
    Record, before=policies, opened=policies, reason=st.just("for web-1"), source=sources
)


def distributed(
    name: str = "leaf1",
    *,
    own: OwnPolicy = INHERITED,
    effective: Effective = CLOSED,
    machines: tuple[Plugged, ...] = (),
    record: Record | None = None,
    kind: GroupKind = GroupKind.DISTRIBUTED,
) -> SwitchGroup:
    """Return a port group of a switch that learns MACs."""
    return SwitchGroup(
        key=f"dvportgroup-{name}",
        name=name,
        kind=kind,
        switch="DVS0",
        host=None,
        own=own,
        effective=effective,
        older=CLOSED,
        version="1",
        can_learn=True,
        overridable=False,
        resets=True,
        machines=machines,
        record=record,
    )


def standard(
    name: str = "app",
    *,
    host: str = "esx1",
    own: OwnPolicy | None = None,
    effective: Effective = CLOSED,
    machines: tuple[Plugged, ...] = (),
    record: Record | None = None,
) -> SwitchGroup:
    """Return a port group of a host's standard switch."""
    return SwitchGroup(
        key=f"{host}/{name}",
        name=name,
        kind=GroupKind.STANDARD,
        switch="vSwitch0",
        host=host,
        own=OwnPolicy() if own is None else own,
        effective=effective,
        machines=machines,
        record=record,
    )
