"""Filters are judged as frames would find them. libvirt's own ones are judged in tests/lab."""

import pytest

from vipprov.guest.pair import Setting
from vipprov.hv.libvirtd import nwfilter_judge, nwfilter_rules, nwfilter_xml
from vipprov.hv.portgroup import Filter, Filtering, Protocol

NIC, VMAC, VMAC6 = "52:54:00:50:00:01", "00:00:5e:00:01:32", "00:00:5e:00:02:32"
ACCEPT, REJECT = Setting.ACCEPT, Setting.REJECT


def out(action: str, match: str = "", *, priority: int = 500, direction: str = "out") -> str:
    head = f"action='{action}' direction='{direction}' priority='{priority}'"
    return f"<rule {head}>{match}</rule>"


def judge(
    *rules: str,
    chain: str = "root",
    parameters: tuple[tuple[str, str], ...] = (),
    macs: tuple[str, ...] = (VMAC,),
    **others: str,
) -> Filtering:
    """Judge a filter of these rules; it may refer to the other ones by their names."""
    texts = {"f": f"<filter name='f' chain='{chain}'>{''.join(rules)}</filter>"} | others
    flat = nwfilter_rules.flatten("f", texts.__getitem__)
    used = Filter(name="f", parameters=parameters)
    return nwfilter_judge.filtering(flat, used, nic_mac=NIC, macs=macs)


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        (nwfilter_xml.least("f", nic_mac=NIC, vmacs=(VMAC,)), True),
        (nwfilter_xml.everything("f"), False),
        (f"<filter name='f'>{out('drop', '<tcp/>')}</filter>", False),
        (f"<filter name='f'>{out('drop', '<arp/>', direction='in')}</filter>", False),
        (f"<filter name='f'>{out('drop', '<arp/>', direction='inout')}</filter>", True),
        (f"<filter name='f' chain='mac'>{out('drop', '<mac/>')}</filter>", True),
    ],
)
def test_only_rules_about_frames_from_the_guest_need_a_chain_there(text: str, needs: bool) -> None:  # noqa: FBT001  the truth itself
    assert nwfilter_rules.flatten("f", {"f": text}.__getitem__).need_ebtables is needs


def test_no_rules_let_everything_out() -> None:
    assert judge() == Filtering(forged=ACCEPT, passes=frozenset({VMAC}))


def test_generated_filter_lets_out_what_it_was_made_for() -> None:
    text = nwfilter_xml.least("f", nic_mac=NIC, vmacs=(VMAC, VMAC6))
    assert judge(f=text, macs=()) == Filtering(forged=REJECT, passes=frozenset({VMAC, VMAC6}))


def test_generated_filter_without_the_vmac_blocks_it() -> None:
    assert judge(f=nwfilter_xml.least("f", nic_mac=NIC, vmacs=())).passes == frozenset()


def test_source_mac_that_is_pinned_by_a_variable_is_a_reject() -> None:
    rules = (out("return", "<mac srcmacaddr='$MAC'/>"), out("drop", "<mac/>"))
    assert judge(*rules, chain="mac").forged is REJECT


def test_return_in_a_chain_goes_on_after_it() -> None:
    inner = f"<filter name='g' chain='mac'>{out('return')}</filter>"
    assert judge("<filterref filter='g'/>", out("drop"), g=inner).forged is REJECT


def test_chains_are_entered_in_the_order_of_their_priority() -> None:
    accepting = f"<filter name='g' chain='arp' priority='-500'>{out('accept')}</filter>"
    dropping = f"<filter name='h' chain='arp-mac' priority='-520'>{out('drop')}</filter>"
    references = "<filterref filter='g'/><filterref filter='h'/>"
    assert judge(references, g=accepting, h=dropping).forged is REJECT
    later = dropping.replace("-520", "-480")
    assert judge(references, g=accepting, h=later).forged is ACCEPT


def test_arp_that_must_name_the_nic_is_a_reject_though_other_frames_get_out() -> None:
    rules = (out("return", "<arp arpsrcmacaddr='$MAC'/>"), out("drop"))
    assert judge(*rules, chain="arp-mac").forged is REJECT


def test_addresses_that_are_pinned_keep_the_virtual_ip_from_getting_out() -> None:
    rules = (out("return", "<ip srcipaddr='$IP'/>"), out("drop"))
    assert judge(*rules, chain="ipv4-ip") == Filtering(
        forged=ACCEPT, passes=frozenset({VMAC}), drops=frozenset({Protocol.IPV4})
    )


def test_virtual_ip_may_be_among_several_allowed_addresses() -> None:
    rules = (out("return", "<ip srcipaddr='$IP'/>"), out("drop"))
    allowed = (("IP", "10.50.50.51"), ("IP", "10.50.50.50"))
    assert judge(*rules, chain="ipv4-ip", parameters=allowed).drops == frozenset()


def test_mask_lets_out_a_range_of_macs() -> None:
    vrrp = "<mac srcmacaddr='00:00:5e:00:01:00' srcmacmask='ff:ff:ff:ff:ff:00'/>"
    found = judge(out("accept", vrrp), out("drop"))
    assert (found.forged, VMAC in found.passes) == (REJECT, True)


def test_values_of_a_variable_are_named_macs() -> None:
    rules = (out("accept", "<mac srcmacaddr='$ALLOWED'/>"), out("drop"))
    parameters = (("ALLOWED", VMAC.upper()), ("ALLOWED", VMAC6))
    assert judge(*rules, parameters=parameters, macs=()).passes == {VMAC, VMAC6}


def test_inverted_rule_drops_all_but_what_it_names() -> None:
    found = judge(out("drop", f"<mac match='no' srcmacaddr='{VMAC}'/>"))
    assert found.forged is REJECT
    assert found.passes == {VMAC}


@pytest.mark.parametrize(
    "match",
    [
        "<mac srcmacaddr='$UNSET'/>",
        "<mac dstmacaddr='52:54:00:00:00:01'/>",
        "<arp opcode='Reply'/>",
        "<ip srcipaddr='10.0.0.0' srcipmask='8'/>",
    ],
)
def test_what_cannot_be_judged_is_unknown(match: str) -> None:
    assert judge(out("drop", match)).forged is None


@pytest.mark.parametrize(
    "rule",
    [
        out("drop", direction="in"),
        out("drop", "<tcp dstportstart='22'/>"),
        out("drop", "<vlan srcmacaddr='$UNSET'/>"),
        out("drop", "<mac protocolid='0x88cc'/>"),
        out("drop", "<ip protocol='udp'/>"),
        out("drop", "<ip dstipaddr='224.0.0.0' dstipmask='4'/>"),
        out("continue"),
    ],
)
def test_rules_about_other_traffic_do_not_count(rule: str) -> None:
    assert judge(rule) == Filtering(forged=ACCEPT, passes=frozenset({VMAC}))


def test_filters_that_refer_to_each_other_are_read_once() -> None:
    other = f"<filter name='g'><filterref filter='f'/>{out('reject')}</filter>"
    assert judge("<filterref filter='g'/>", g=other).forged is REJECT


@pytest.mark.parametrize("match", ["<arp arpsrcipaddr='$IP'/>", "<ip srcipaddr='$IP'/>"])
def test_filter_that_names_the_guests_address_is_known_to_want_it(match: str) -> None:
    text = f"<filter name='f' chain='root'>{out('accept', match)}</filter>"
    assert nwfilter_rules.flatten("f", {"f": text}.__getitem__).want_address
    least = nwfilter_xml.least("f", nic_mac=NIC, vmacs=(VMAC,))
    assert not nwfilter_rules.flatten("f", {"f": least}.__getitem__).want_address
