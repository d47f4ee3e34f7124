"""Policy objects of vSphere become values and come back, also where they are half there."""

from hypothesis import given
from pyVmomi import vim

from switchgroups import ACCEPT, REJECT, managed_policies, standard_policies
from vipprov.hv.switchgroup import Effective, Learning, LimitPolicy, OwnPolicy
from vipprov.hv.vsphere import policy

VMWARE = vim.dvs.VmwareDistributedVirtualSwitch


@given(standard_policies)
def test_policy_of_a_standard_port_group_comes_back(own: OwnPolicy) -> None:
    assert policy.from_standard(policy.to_standard(own), None)[0] == own


@given(standard_policies)
def test_security_policy_comes_back(own: OwnPolicy) -> None:
    assert policy.from_security(policy.to_security(own))[0] == own


@given(managed_policies)
def test_mac_management_policy_comes_back(own: OwnPolicy) -> None:
    assert policy.from_management(policy.to_management(own))[0] == own


def test_policies_that_are_not_there_are_inherited_and_unknown() -> None:
    unknown = Effective(learning=False)
    assert policy.from_standard(None, None) == (OwnPolicy(), unknown)
    assert policy.from_security(None) == (OwnPolicy(inherited=True), unknown)
    inherited = OwnPolicy(inherited=True, learning=Learning(inherited=True))
    assert policy.from_management(None) == (inherited, Effective())


def test_policies_that_are_half_there_leave_the_rest_unknown() -> None:
    own, effective = policy.from_security(
        VMWARE.SecurityPolicy(inherited=False, forgedTransmits=vim.BoolPolicy(inherited=False))
    )
    assert (own, effective) == (OwnPolicy(), Effective(learning=False))
    own, effective = policy.from_management(
        VMWARE.MacManagementPolicy(inherited=False, forgedTransmits=True)
    )
    assert own == OwnPolicy(forged_transmits=ACCEPT, learning=Learning(inherited=True))
    assert (effective.forged_transmits, effective.learning) == (ACCEPT, None)


def test_what_a_standard_port_group_inherits_is_in_effect_and_not_its_own() -> None:
    computed = policy.to_standard(
        OwnPolicy(promiscuous=REJECT, mac_changes=ACCEPT, forged_transmits=ACCEPT)
    )
    own, effective = policy.from_standard(policy.to_standard(OwnPolicy()), computed)
    assert own == OwnPolicy()
    assert effective.mac_changes is ACCEPT


def test_limit_policy_is_read_small_as_in_the_reference_and_in_capitals_as_in_scripts() -> None:
    def read(word: str) -> LimitPolicy | None:
        learning = VMWARE.MacLearningPolicy(inherited=False, enabled=True, limitPolicy=word)
        own, _ = policy.from_management(VMWARE.MacManagementPolicy(macLearningPolicy=learning))
        assert own.learning is not None
        return own.learning.limit_policy

    assert [read("allow"), read("ALLOW")] == [LimitPolicy.ALLOW] * 2
    assert [read("drop"), read("DROP")] == [LimitPolicy.DROP] * 2
    assert read("of another version") is None
