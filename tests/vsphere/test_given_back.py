"""permit and restore leave the configuration equal, field by field, whatever it was."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyVmomi import vim

from switchgroups import INHERITED, managed_policies, standard_policies, words
from vipprov.hv.switchgroup import OwnPolicy, SwitchGroup
from vipprov.hv.vsphere import collect
from vipprov.pipelines import switchchange, switchgroup
from vsphere.reach import Reached, reached
from vsphere.simulator import Simulator

pytestmark = pytest.mark.vsphere

EXAMPLES = settings(max_examples=70, suppress_health_check=[HealthCheck.function_scoped_fixture])
# securityPolicy: inherited as a whole, or word by word.
security_policies = st.just(OwnPolicy(inherited=True)) | st.builds(
    OwnPolicy, promiscuous=words, mac_changes=words, forged_transmits=words
)


@pytest.fixture(scope="module")
def found(vcenter: Simulator) -> Iterator[Reached]:
    vcenter.order(reset=True)
    with reached(vcenter, seconds=280) as open_:
        yield open_


def configuration(found: Reached, group: SwitchGroup) -> str:
    """Return all that vSphere tells of a port group's configuration, but for its version."""
    reference = found.reference(group)
    if group.host is not None:
        (read,) = collect.these(
            found.session, vim.HostSystem, [reference], ["config.network.portgroup"]
        )
        return str([one for one in read["config.network.portgroup"] if one.spec.name == group.name])
    kind = vim.dvs.DistributedVirtualPortgroup
    (read,) = collect.these(found.session, kind, [reference], ["config"])
    config = read["config"]
    config.configVersion = ""
    return str(config)


def cycle(found: Reached, group: SwitchGroup, own: OwnPolicy, *, mac_changes: bool) -> None:
    """Set a policy, open the port group, give it back, and compare."""
    found.set(group, own)
    group = found.groups.read(group)
    before = configuration(found, group)
    (change,) = switchgroup.to_permit(
        switchgroup.named([group], group.key), mac_changes=mac_changes
    )
    opened = switchchange.permit(found.groups, change, mac_changes=mac_changes, reason="for a test")
    assert opened.own == change.wanted
    for given_back in switchgroup.to_restore(switchgroup.named([opened], group.key)):
        switchchange.restore(found.groups, given_back)
    after = found.groups.read(group)
    assert (after.own, after.record) == (own, None)
    assert configuration(found, group) == before


@EXAMPLES
@given(own=managed_policies, mac_changes=st.booleans())
def test_distributed_port_group_that_learns(
    found: Reached, own: OwnPolicy, *, mac_changes: bool
) -> None:
    cycle(found, found.group("forged-only"), own, mac_changes=mac_changes)


@EXAMPLES
@given(own=security_policies, mac_changes=st.booleans())
def test_distributed_port_group_of_an_old_switch(
    found: Reached, own: OwnPolicy, *, mac_changes: bool
) -> None:
    cycle(found, found.group("old-closed"), own, mac_changes=mac_changes)


@EXAMPLES
@given(own=standard_policies, mac_changes=st.booleans())
def test_standard_port_group(found: Reached, own: OwnPolicy, *, mac_changes: bool) -> None:
    cycle(found, found.group("VM Network", "DC0_C0_H2"), own, mac_changes=mac_changes)


def test_what_somebody_else_changes_beside_the_policy_is_not_lost(found: Reached) -> None:
    group = found.group("forged-only")
    found.set(group, INHERITED)
    group = found.groups.read(group)
    (change,) = switchgroup.to_permit(switchgroup.named([group], group.key), mac_changes=False)
    opened = switchchange.permit(found.groups, change, mac_changes=False, reason="for a test")
    spec = vim.dvs.DistributedVirtualPortgroup.ConfigSpec(description="theirs", numPorts=16)
    found.session.call("be somebody else", lambda: change_it(found, group, spec))
    found.session.by.poll(lambda: described(found, group) or None, what="their change")
    (given_back,) = switchgroup.to_restore(switchgroup.named([opened], group.key))
    assert switchchange.restore(found.groups, given_back).own == INHERITED
    assert described(found, group) == "theirs"


def change_it(found: Reached, group: SwitchGroup, spec: object) -> None:
    found.reference(group).ReconfigureDVPortgroup_Task(spec)


def described(found: Reached, group: SwitchGroup) -> str:
    kind = vim.dvs.DistributedVirtualPortgroup
    paths = ["config.description"]
    (read,) = collect.these(found.session, kind, [found.reference(group)], paths)
    return str(read["config.description"] or "")
