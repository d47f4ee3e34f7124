from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address

import pytest

from factories import dual_stack_pair, make_pair, make_vip
from injuries import overhearing
from observations import (
    OTHER_MAC,
    healthy,
    healthy_facts,
    reach,
    with_facts,
    with_port,
    with_vip,
)
from vipprov.guest.check import Check, Verdict, passed
from vipprov.guest.facts import Assigned, Daemon, Facts, Role, RoleFile, Udev
from vipprov.guest.judge import judge
from vipprov.guest.observation import GuestObservation, Observations, PortPolicy, Reach
from vipprov.guest.pair import Pair, PolicyMode, Promisc

PAIR = make_pair()
VIP = PAIR.vip.addresses[0].ip
VMAC = "00:00:5e:00:01:32"


def failing(seen: Observations, pair: Pair = PAIR) -> dict[str, Check]:
    """Return the last check of each id that did not pass."""
    return {check.id: check for check in judge(pair, seen) if check.verdict is not Verdict.PASS}


def unanswered(seen: Reach) -> Reach:
    return reach(seen.resolution.address)


def unpinged(seen: Reach) -> Reach:
    assert seen.ping is not None
    return replace(seen, ping=replace(seen.ping, received=0, source_macs=()))


def without_daemon(facts: Facts) -> Facts:
    return replace(facts, daemon=Daemon.ABSENT)


def owning(facts: Facts) -> Facts:
    """Return facts of a guest that is MASTER and has the vIP."""
    return replace(
        facts,
        addresses=(Assigned(link="vrrp.50", address=PAIR.vip.addresses[0]),),
        roles=(RoleFile(instance="web", role=Role.MASTER, since=""),),
    )


def both_own() -> Observations:
    return with_vip(
        with_facts(healthy(PAIR), "web-2", owning),
        lambda one: reach(one.resolution.address, VMAC, VMAC),
    )


@pytest.mark.parametrize("pair", [make_pair(), dual_stack_pair()], ids=["ipv4", "dual-stack"])
def test_a_healthy_pair_is_proven(pair: Pair) -> None:
    assert passed(judge(pair, healthy(pair)))


def test_every_check_that_fails_says_why_and_what_next() -> None:
    seen = with_facts(both_own(), "web-1", without_daemon)
    assert all(check.cause and check.next_move for check in failing(seen).values())


# One owner


def test_two_owners_are_found_even_when_the_mac_is_the_same() -> None:
    found = failing(both_own())["one-owner"]
    assert found.verdict is Verdict.FAIL
    assert found.seen == "6 answers from 1 MAC"


def test_a_killed_keepalived_whose_kernel_still_answers_is_named() -> None:
    found = failing(with_facts(both_own(), "web-1", without_daemon))
    assert "keepalived in web-1 is not running" in found["one-owner"].cause
    assert "keepalived in web-1 is not running" in found["one-master"].cause
    assert "10.50.50.50 on vrrp.50" in found["leftovers"].cause


def test_a_frozen_keepalived_is_told_from_a_killed_one() -> None:
    frozen = with_facts(both_own(), "web-1", lambda facts: replace(facts, daemon=Daemon.FROZEN))
    assert "keepalived in web-1 is frozen" in failing(frozen)["one-owner"].cause


def test_a_second_owner_outside_the_pair_is_found() -> None:
    seen = with_vip(healthy(PAIR), lambda one: reach(one.resolution.address, VMAC, VMAC))
    assert "Somebody besides web-1" in failing(seen)["one-owner"].cause


def test_another_machine_with_the_same_address_is_found() -> None:
    seen = with_vip(healthy(PAIR), lambda one: reach(one.resolution.address, VMAC, OTHER_MAC))
    found = failing(seen)
    assert OTHER_MAC in found["arp"].cause
    assert "one-owner" in found


def test_two_masters_without_another_reason_point_at_their_adverts() -> None:
    assert "adverts" in failing(both_own())["one-master"].cause
    assert "112" in failing(both_own())["one-master"].next_move


def test_two_masters_on_isolated_ports_are_told_so() -> None:
    isolated = PortPolicy(learning=True, flood=True, isolated=True)
    seen = with_port(with_port(both_own(), "web-1", isolated), "web-2", isolated)
    found = failing(seen)
    assert "isolated" in found["one-master"].cause
    assert "isolated" in found["port"].cause


def test_one_isolated_port_cuts_nobody_off() -> None:
    isolated = PortPolicy(learning=True, flood=True, isolated=True)
    assert not failing(with_port(healthy(PAIR), "web-1", isolated))


# Who answers, and with what


def test_without_a_virtual_mac_the_pair_fails_as_the_article_describes() -> None:
    pair = make_pair(vip=make_vip(vmac=False))
    found = failing(healthy(pair), pair)
    assert found.keys() == {"arp"}
    assert found["arp"].next_move == "Set `vmac: true`."


def test_a_nic_that_answers_beside_the_virtual_mac_is_named() -> None:
    seen = with_vip(
        healthy(PAIR), lambda one: reach(one.resolution.address, VMAC, PAIR.guests[0].mac)
    )
    assert "web-1 answers for the vIP with its NIC's MAC" in failing(seen)["arp"].cause


def test_forged_transmits_are_blamed_when_only_the_own_address_answers() -> None:
    found = failing(with_vip(healthy(PAIR), unanswered))
    assert "forged transmits" in found["arp"].cause
    assert found["ping"].verdict is Verdict.UNKNOWN


def test_a_segment_that_is_cut_off_is_told_from_a_closed_port() -> None:
    seen = with_vip(healthy(PAIR), unanswered)
    segments = (replace(one, guests=tuple(map(unanswered, one.guests))) for one in seen.segments)
    found = failing(replace(seen, segments=tuple(segments)))
    assert "not even its own address" in found["arp"].cause


def test_no_owner_is_the_cause_of_silence() -> None:
    seen = with_facts(
        healthy(PAIR),
        "web-1",
        lambda facts: replace(
            facts, addresses=(), roles=(RoleFile(instance="web", role=Role.BACKUP, since=""),)
        ),
    )
    found = failing(with_vip(seen, unanswered))
    assert "No guest owns it" in found["arp"].cause
    assert "No guest" in found["one-master"].cause


@pytest.mark.parametrize(
    "name",
    [
        "clean-traffic",
        "no-mac-spoofing",
        "no-arp-mac-spoofing",
        "no-arp-spoofing",
        "no-ip-spoofing",
    ],
)
def test_a_filter_that_drops_the_vip_is_named(name: str) -> None:
    seen = with_port(with_vip(healthy(PAIR), unanswered), "web-1", PortPolicy(filter=name))
    found = failing(seen)
    assert f"'{name}' on the port of web-1" in found["arp"].cause
    assert found["port"].subject == "web-1"


def test_a_filter_on_the_backup_is_named_before_it_fails_over() -> None:
    seen = with_port(healthy(PAIR), "web-2", PortPolicy(filter="clean-traffic"))
    found = failing(seen)
    assert found.keys() == {"port"}
    assert "web-2" in found["port"].cause


def test_a_mac_filter_is_no_fault_where_there_is_no_virtual_mac() -> None:
    pair = make_pair(vip=make_vip(vmac=False))
    seen = with_port(healthy(pair), "web-1", PortPolicy(filter="no-mac-spoofing"))
    assert "port" not in failing(seen, pair)


# Pings


def strict(facts: Facts) -> Facts:
    kept = tuple(one for one in facts.sysctls if one[0] != "net/ipv4/conf/vrrp.50/rp_filter")
    return replace(facts, sysctls=(*kept, ("net/ipv4/conf/vrrp.50/rp_filter", "1")))


def test_rp_filter_of_the_guest_is_blamed_when_arp_resolves_and_pings_do_not_return() -> None:
    found = failing(with_vip(with_facts(healthy(PAIR), "web-1", strict), unpinged))
    assert "net.ipv4.conf.vrrp/50.rp_filter = 1" in found["ping"].cause
    assert {"sysctl", "rp-filter", "ping"} == found.keys()


def test_rp_filter_of_all_is_as_fatal() -> None:
    def change(facts: Facts) -> Facts:
        kept = tuple(one for one in facts.sysctls if one[0] != "net/ipv4/conf/all/rp_filter")
        return replace(facts, sysctls=(*kept, ("net/ipv4/conf/all/rp_filter", "1")))

    assert "rp-filter" in failing(with_facts(healthy(PAIR), "web-1", change))


def test_a_loose_rp_filter_is_no_fault_of_its_own() -> None:
    def change(facts: Facts) -> Facts:
        loose = (("net/ipv4/conf/all/rp_filter", "1"), ("net/ipv4/conf/vrrp.50/rp_filter", "2"))
        kept = tuple(one for one in facts.sysctls if one[0] not in dict(loose))
        return replace(facts, sysctls=(*kept, *loose))

    assert "rp-filter" not in failing(with_facts(healthy(PAIR), "web-1", change))


def test_a_port_that_neither_learns_nor_floods_is_blamed() -> None:
    seen = with_port(healthy(PAIR), "web-1", PortPolicy(learning=False, flood=False))
    assert "neither learns" in failing(with_vip(seen, unpinged))["ping"].cause


def test_closed_promiscuous_mode_is_blamed_when_the_own_address_replies() -> None:
    assert "promiscuous" in failing(with_vip(healthy(PAIR), unpinged))["ping"].cause


def test_a_firewall_is_suspected_when_not_even_the_own_address_replies() -> None:
    seen = with_facts(
        with_vip(healthy(PAIR), unpinged),
        "web-1",
        lambda facts: replace(facts, nft_tables=("ip keepalived", "inet filter")),
    )
    segments = (replace(one, guests=tuple(map(unpinged, one.guests))) for one in seen.segments)
    found = failing(replace(seen, segments=tuple(segments)))
    assert "nft table inet filter in web-1" in found["ping"].next_move


def test_lost_pings_are_not_a_pass() -> None:
    def lossy(one: Reach) -> Reach:
        assert one.ping is not None
        return replace(one, ping=replace(one.ping, received=4))

    assert "lost" in failing(with_vip(healthy(PAIR), lossy))["ping"].cause


def test_duplicate_replies_are_found() -> None:
    def doubled(one: Reach) -> Reach:
        assert one.ping is not None
        return replace(one, ping=replace(one.ping, duplicates=5))

    assert failing(with_vip(healthy(PAIR), doubled))["no-duplicates"].seen == "5 duplicates"


def test_a_master_that_gets_no_replies_from_outside_fails() -> None:
    seen = healthy(PAIR)
    mute = replace(seen.guests[0], echoes=(replace(seen.guests[0].echoes[0], received=0),))
    found = failing(replace(seen, guests=(mute, *seen.guests[1:])))
    assert found["ping-out"].seen == "0 of 3"


def test_a_segment_that_nobody_could_look_at_is_unknown() -> None:
    seen = healthy(PAIR)
    blind = tuple(replace(one, vips=(), guests=(), error="No bridge.") for one in seen.segments)
    found = failing(replace(seen, segments=blind))["arp"]
    assert (found.verdict, found.cause) == (Verdict.UNKNOWN, "No bridge.")


# Inside the guests


def test_a_guest_that_cannot_be_asked_fails_and_leaves_the_master_unknown() -> None:
    seen = healthy(PAIR)
    off = GuestObservation(guest="web-2", error="web-2 is not running.")
    found = failing(replace(seen, guests=(seen.guests[0], off)))
    assert "web-2 is not running." in found["guest"].cause
    assert found["one-master"].verdict is Verdict.UNKNOWN


def test_a_kernel_or_keepalived_too_old_fails() -> None:
    seen = with_facts(
        healthy(PAIR), "web-2", lambda facts: replace(facts, kernel="3.1.0", keepalived="2.0.10")
    )
    assert {"kernel-version", "keepalived-version"} == failing(seen).keys()


def test_red_hat_7_may_have_an_older_keepalived() -> None:
    seen = with_facts(
        healthy(PAIR),
        "web-2",
        lambda facts: replace(
            facts, keepalived="1.3.5", os_id="centos", os_like=("rhel", "fedora"), os_version="7"
        ),
    )
    assert not failing(seen)


def test_a_missing_macvlan_is_found_in_the_backup_too() -> None:
    seen = with_facts(healthy(PAIR), "web-2", lambda facts: replace(facts, links=facts.links[:1]))
    found = failing(seen)
    assert found.keys() == {"macvlan", "vmac-interface"}
    assert "modprobe macvlan" in found["macvlan"].next_move


@pytest.mark.parametrize("change", [{"mode": "bridge"}, {"kind": "dummy"}, {"parent": "eth1"}])
def test_a_link_of_the_right_name_that_is_no_private_macvlan_is_found(
    change: dict[str, str],
) -> None:
    def swapped(facts: Facts) -> Facts:
        nic, virtual = facts.links
        changed = replace(
            virtual,
            mode=change.get("mode", virtual.mode),
            kind=change.get("kind", virtual.kind),
            parent=change.get("parent", virtual.parent),
        )
        return replace(facts, links=(nic, changed))

    assert failing(with_facts(healthy(PAIR), "web-2", swapped)).keys() == {"macvlan"}


def test_a_virtual_link_with_another_mac_or_down_is_found() -> None:
    def wrong(facts: Facts) -> Facts:
        nic, virtual = facts.links
        return replace(facts, links=(nic, replace(virtual, mac=OTHER_MAC)))

    def down(facts: Facts) -> Facts:
        nic, virtual = facts.links
        return replace(facts, links=(nic, replace(virtual, up=False)))

    assert (
        "MAC of its own"
        in failing(with_facts(healthy(PAIR), "web-2", wrong))["vmac-interface"].cause
    )
    assert "is down" in failing(with_facts(healthy(PAIR), "web-2", down))["vmac-interface"].cause


def test_a_role_file_that_disagrees_with_the_address_is_said() -> None:
    seen = with_facts(healthy(PAIR), "web-1", lambda facts: replace(facts, addresses=()))
    assert "says MASTER and has not 10.50.50.50" in failing(seen)["role"].cause


def test_a_role_that_was_never_told_is_said() -> None:
    seen = with_facts(healthy(PAIR), "web-2", lambda facts: replace(facts, roles=()))
    assert "told no role" in failing(seen)["role"].cause


def test_fault_is_no_backup() -> None:
    fault = (RoleFile(instance="web", role=Role.FAULT, since=""),)
    seen = with_facts(healthy(PAIR), "web-2", lambda facts: replace(facts, roles=fault))
    assert "FAULT" in failing(seen)["role"].cause


def test_the_vip_left_on_a_backup_is_found() -> None:
    stale = (Assigned(link="vrrp.50", address=PAIR.vip.addresses[0]),)
    seen = with_facts(healthy(PAIR), "web-2", lambda facts: replace(facts, addresses=stale))
    found = failing(seen)
    assert "10.50.50.50 on vrrp.50" in found["leftovers"].cause
    assert "one-master" in found


def test_the_vip_on_the_nic_itself_is_a_leftover() -> None:
    both = (
        *healthy_facts(PAIR, PAIR.guests[0]).addresses,
        Assigned(link="eth0", address=PAIR.vip.addresses[0]),
    )
    seen = with_facts(healthy(PAIR), "web-1", lambda facts: replace(facts, addresses=both))
    assert "10.50.50.50 on eth0" in failing(seen)["leftovers"].cause


def test_a_macvlan_of_another_router_is_a_leftover() -> None:
    def stray(facts: Facts) -> Facts:
        other = replace(facts.links[1], name="vrrp.51", mac="00:00:5e:00:01:33")
        return replace(facts, links=(*facts.links, other))

    assert "vrrp.51" in failing(with_facts(healthy(PAIR), "web-2", stray))["leftovers"].cause


def test_tables_that_a_dead_keepalived_left_are_leftovers() -> None:
    seen = with_facts(healthy(PAIR), "web-2", without_daemon)
    assert "nft table ip keepalived" in failing(seen)["leftovers"].cause


def test_a_firewall_of_the_users_own_is_named_but_no_fault() -> None:
    seen = with_facts(
        healthy(PAIR), "web-2", lambda facts: replace(facts, nft_tables=("inet filter",))
    )
    assert not failing(seen)
    said = [check.seen for check in judge(PAIR, seen) if check.id == "leftovers"]
    assert said == ["none", "none; other nft tables: inet filter"]


def test_a_sysctl_that_is_not_as_desired_is_said() -> None:
    def off(facts: Facts) -> Facts:
        return replace(facts, sysctls=(("net/ipv4/conf/all/arp_announce", "0"), *facts.sysctls[2:]))

    found = failing(with_facts(healthy(PAIR), "web-1", off))["sysctl"]
    assert "net.ipv4.conf.all.arp_announce = 0, not 2" in found.cause
    assert "net.ipv4.conf.all.arp_ignore = absent, not 1" in found.cause


def test_sysctls_are_unknown_until_udev_has_settled() -> None:
    seen = with_facts(healthy(PAIR), "web-1", lambda facts: replace(facts, udev=Udev.BUSY))
    assert failing(seen)["sysctl"].verdict is Verdict.UNKNOWN


def test_promiscuous_mode_that_was_asked_for_is_counted() -> None:
    def calm(facts: Facts) -> Facts:
        return replace(facts, links=(replace(facts.links[0], promiscuity=0), *facts.links[1:]))

    seen = with_facts(healthy(PAIR), "web-1", calm)
    assert not failing(seen)
    assert "promiscuity" in failing(seen, make_pair(promisc=Promisc.ON))


UNLEARNING = PortPolicy(learning=False, flood=True, isolated=False)


def test_a_backup_whose_port_does_not_learn_is_blamed_before_it_fails_over() -> None:
    found = failing(with_port(healthy(PAIR), "web-2", UNLEARNING))
    assert found.keys() == {"port"}
    assert "web-2 does not learn MACs" in found["port"].cause
    assert "old place" in found["port"].cause
    assert "learning off" in found["port"].seen
    assert "`vipprov vm create FILE`" in found["port"].next_move


@pytest.mark.parametrize("policy", [PolicyMode.UNCHANGED, PolicyMode.ARTICLE])
def test_a_port_that_the_pair_file_does_not_keep_is_opened_by_hand(policy: PolicyMode) -> None:
    pair = make_pair(policy=policy)
    found = failing(with_port(healthy(pair), "web-2", UNLEARNING), pair)
    assert "`vipprov portgroup permit`" in found["port"].next_move


def test_a_port_need_not_learn_what_the_bridge_was_told() -> None:
    pair = dual_stack_pair()
    seen = with_port(healthy(pair), "web-2", UNLEARNING)

    def told(*macs: str) -> Observations:
        first, second = seen.ports
        return replace(seen, ports=(first, replace(second, pinned_macs=frozenset(macs))))

    assert "port" in failing(told("00:00:5e:00:01:32"), pair)
    assert not failing(told("00:00:5e:00:01:32", "00:00:5e:00:02:32"), pair)


def test_without_a_virtual_mac_nothing_has_to_be_learnt() -> None:
    pair = make_pair(vip=make_vip(vmac=False))
    assert "port" not in failing(with_port(healthy(pair), "web-2", UNLEARNING), pair)


def test_without_a_virtual_mac_nothing_keeps_one_from_working() -> None:
    def seen(pair: Pair) -> Observations:
        found = healthy(pair)
        told = (replace(one, obstacles=("It drops foreign MACs.",)) for one in found.ports)
        return replace(found, ports=tuple(told))

    pair = make_pair(vip=make_vip(vmac=False))
    assert "port" in failing(seen(PAIR))
    assert "port" not in failing(seen(pair), pair)


# Adverts and ports


def deaf(seen: Observations) -> Observations:
    return replace(seen, guests=(seen.guests[0], replace(seen.guests[1], adverts=(("web", ()),))))


def test_a_backup_that_hears_no_advert_fails() -> None:
    found = failing(deaf(healthy(PAIR)))
    assert found.keys() == {"advert"}
    assert "Adverts of web-1 do not arrive in web-2" in found["advert"].cause


def test_adverts_that_nobody_listened_for_are_unknown() -> None:
    seen = healthy(PAIR)
    unheard = replace(seen.guests[1], adverts=(), error="There is no python3.")
    found = failing(replace(seen, guests=(seen.guests[0], unheard)))["advert"]
    assert (found.verdict, found.cause) == (Verdict.UNKNOWN, "There is no python3.")


def test_adverts_of_another_version_are_found() -> None:
    pair = make_pair(vip=make_vip(vrrp_version=3, advert_interval=timedelta(milliseconds=100)))
    assert "VRRPv2" in failing(healthy(PAIR), pair)["advert"].cause


def test_a_policy_in_force_that_is_not_the_configured_one_is_found() -> None:
    seen = healthy(PAIR)
    stale = replace(seen.ports[0], configured=PortPolicy(filter="vipprov-web-1"))
    found = failing(replace(seen, ports=(stale, seen.ports[1])))["port"]
    assert "not what was configured: filter none instead of vipprov-web-1" in found.cause


def test_a_policy_that_somebody_changed_since_we_opened_it_is_found() -> None:
    seen = healthy(PAIR)
    opened = replace(seen.ports[0], recorded=PortPolicy(learning=False))
    found = failing(replace(seen, ports=(opened, seen.ports[1])))["port"]
    assert "not what was recorded: learning on instead of off" in found.cause


@pytest.mark.parametrize(
    ("policy", "move"),
    [(PolicyMode.LEAST, "`vipprov vm create FILE`"), (PolicyMode.UNCHANGED, "Power web-1 off")],
)
def test_a_filter_that_is_bound_and_filters_nothing_is_found(policy: PolicyMode, move: str) -> None:
    pair = make_pair(policy=policy)
    seen = healthy(pair)
    ours = replace(seen.ports[0], configured=PortPolicy(filter="ours"), unhooked="ours")
    found = failing(replace(seen, ports=(ours, seen.ports[1])), pair)["port"]
    assert "bound to the filter ours, which filters nothing" in found.cause
    assert move in found.next_move


def test_an_obstacle_that_the_hypervisor_knows_of_is_said() -> None:
    seen = healthy(PAIR)
    blocked = replace(seen.ports[1], obstacles=("The filter acme drops foreign MACs.",))
    found = failing(replace(seen, ports=(seen.ports[0], blocked)))["port"]
    assert "filter acme drops foreign MACs" in found.cause
    assert "`vipprov vm create FILE`" in found.next_move


def test_isolation_that_the_hypervisor_tells_of_is_not_left_to_a_command_that_cannot_lift_it() -> (
    None
):
    isolated = PortPolicy(learning=True, flood=True, isolated=True)
    seen = with_port(healthy(PAIR), "web-2", isolated)
    told = replace(seen.ports[1], obstacles=("The bridge port is isolated.",))
    found = failing(replace(seen, ports=(seen.ports[0], told)))["port"]
    assert "isolation off" in found.next_move


def test_a_port_that_is_not_shown_is_unknown() -> None:
    found = failing(replace(healthy(PAIR), ports=()))["port"]
    assert found.verdict is Verdict.UNKNOWN


def test_an_ipv6_vip_is_judged_by_its_own_instance() -> None:
    pair = dual_stack_pair()
    six = ip_address("2001:db8:50::50")
    seen = with_vip(
        healthy(pair), lambda one: unanswered(one) if one.resolution.address == six else one
    )
    silent = [
        check for check in judge(pair, seen) if check.id == "arp" and check.verdict is Verdict.FAIL
    ]
    assert {check.expected for check in silent} == {"00:00:5e:00:02:32"}


def test_a_sysctl_that_the_kernel_does_not_know_is_told_from_one_that_is_overwritten() -> None:
    def unknown(facts: Facts) -> Facts:
        return replace(facts, sysctls=facts.sysctls[1:])

    found = failing(with_facts(healthy(PAIR), "web-1", unknown))["sysctl"]
    assert "absent" in found.cause
    assert "knows no such key" in found.next_move


def test_adverts_of_other_routers_and_of_the_guests_themselves_are_nobodys_fault() -> None:
    assert "alone" in failing(overhearing(healthy(PAIR), "10.50.50.90"))
    assert "alone" not in failing(overhearing(healthy(PAIR), "10.50.50.52", "2001:db8::1"))
    other = overhearing(healthy(PAIR), "10.50.50.90")
    others = tuple(
        replace(one, adverts=tuple(replace(told, virtual_router_id=51) for told in one.adverts))
        for one in other.segments
    )
    assert not failing(replace(other, segments=others))
