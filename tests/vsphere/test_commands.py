"""The port-group commands against a simulated vCenter, run as a user would."""

import csv
import io
import json
import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from pyVmomi import vim

from lab.command import Ended
from lab.command import vipprov as command
from vipprov.hv.vsphere import collect, records
from vsphere.reach import Reached, reached
from vsphere.simulator import Simulator

pytestmark = pytest.mark.vsphere


def vipprov(simulator: Simulator, *arguments: str | Path) -> Ended:
    return command(*arguments, environment={**os.environ, **simulator.environment})


def shown(simulator: Simulator, name: str) -> list[dict[str, object]]:
    done = vipprov(simulator, "portgroup", "show", name, "--on", simulator.url, "--json")
    assert done.code == 0, done.err
    found: list[dict[str, object]] = done.document
    return found


def test_list_tells_standard_distributed_uplink_and_nsx_port_groups_apart(
    simulator: Simulator,
) -> None:
    done = vipprov(simulator, "portgroup", "list", simulator.url, "--json")
    assert done.code == 0, done.err
    kinds = {group["name"]: group["kind"] for group in done.document}
    assert kinds["DC0_DVPG0"] == "distributed"
    assert kinds["DC0_NSXPG0"] == "nsx"
    assert kinds["app"] == "standard"
    assert {kind for name, kind in kinds.items() if "DVUplinks" in name} == {"uplink"}


def test_one_name_on_many_hosts_is_shown_with_the_policy_of_each(simulator: Simulator) -> None:
    effective = {group["host"]: group["effective"] for group in shown(simulator, "app")}
    assert len(effective) == 4
    assert effective["DC0_C0_H0"] != effective["DC0_C0_H1"]


def test_audit_ends_with_1_and_is_the_same_in_every_format(simulator: Simulator) -> None:
    audit = ("portgroup", "audit", simulator.url)
    as_json = vipprov(simulator, *audit, "--json")
    as_text = vipprov(simulator, *audit)
    as_csv = vipprov(simulator, *audit, "--csv")
    as_junit = vipprov(simulator, *audit, "--junit")
    assert {one.code for one in (as_json, as_text, as_csv, as_junit)} == {1}
    findings = as_json.document["findings"]
    assert "VCSA-80-000270" in as_text.out
    assert len(list(csv.DictReader(io.StringIO(as_csv.out)))) == len(findings)
    assert ET.fromstring(as_junit.out).tag == "testsuite"  # noqa: S314  our own output


def test_audit_against_its_own_baseline_ends_with_0(simulator: Simulator, tmp_path: Path) -> None:
    audit = ("portgroup", "audit", simulator.url, "--json")
    baseline = tmp_path / "baseline.json"
    baseline.write_text(vipprov(simulator, *audit).out)
    done = vipprov(simulator, *audit, "--baseline", baseline)
    assert (done.code, done.document["drift"]) == (0, {"new": [], "gone": []})


def test_exception_keeps_findings_from_counting_until_its_pair_is_gone(
    simulator: Simulator, tmp_path: Path
) -> None:
    file = tmp_path / "exceptions.yaml"
    entry = "{port_group: app, pair: %s, owner: net, reason: x, expires: 2999-12-31}"
    machine = "DC0_H0_VM0"
    with reached(simulator) as found:
        at = next(one for one in found.groups.all() if machine in {m.name for m in one.machines})
    file.write_text("exceptions: [" + (entry % machine).replace("app", at.name) + "]")
    audit = ("portgroup", "audit", simulator.url, "--json", "--exceptions", file)
    good = vipprov(simulator, *audit)
    excepted = {one["where"] for one in good.document["findings"] if one["exception"]}
    assert excepted == {at.name}
    guests = {one["check"] for one in good.document["findings"] if one["where"] == at.name}
    assert {"guest-promiscuous", "guest-rp-filter"} <= guests
    file.write_text("exceptions: [" + entry % "web-9" + "]")
    stale = vipprov(simulator, *audit)
    (told,) = [one for one in stale.document["findings"] if one["check"] == "exception-stale"]
    assert told["value"] == "web-9 is not on it"
    assert not [one for one in stale.document["findings"] if one["exception"]]
    file.write_text("exceptions: [{port_group: app}]")
    wrong = vipprov(simulator, *audit)
    assert (wrong.code, "exceptions.yaml:1:14" in wrong.err) == (2, True)


def test_permit_says_who_else_is_on_it_opens_and_restore_gives_back(simulator: Simulator) -> None:
    on = ("--on", simulator.url)
    before = shown(simulator, "DC0_DVPG0")
    tried = vipprov(simulator, "portgroup", "permit", "DC0_H0_VM0", "--dry-run", *on)
    assert "DC0_C0_RP0_VM1" in tried.out
    assert shown(simulator, "DC0_DVPG0") == before
    assert vipprov(simulator, "portgroup", "permit", "DC0_H0_VM0", *on).code == 0
    (opened,) = shown(simulator, "DC0_DVPG0")
    assert opened["effective"] == {
        "promiscuous": "reject",
        "mac_changes": "reject",
        "forged_transmits": "accept",
        "learning": True,
    }
    assert vipprov(simulator, "portgroup", "restore", "DC0_H0_VM0", *on).code == 0
    assert shown(simulator, "DC0_DVPG0") == before


def test_old_switch_gets_promiscuous_mode(simulator: Simulator) -> None:
    on = ("--on", simulator.url)
    before = shown(simulator, "old-closed")
    assert vipprov(simulator, "portgroup", "permit", "old-closed", *on).code == 0
    (opened,) = shown(simulator, "old-closed")
    assert opened["own"] == {
        "promiscuous": "accept",
        "mac_changes": "inherited",
        "forged_transmits": "accept",
        "mac_learning": None,
    }
    assert vipprov(simulator, "portgroup", "restore", "old-closed", *on).code == 0
    assert shown(simulator, "old-closed") == before


def test_restore_of_what_somebody_else_changed_ends_with_1_and_shows_three_versions(
    simulator: Simulator,
) -> None:
    on = ("--on", simulator.url)
    assert vipprov(simulator, "portgroup", "permit", "old-closed", *on).code == 0
    with reached(simulator) as found:
        group = found.group("old-closed")
        assert group.record is not None
        found.set(group, group.record.before)
        found.set(found.group("old-closed"), found.group("open").own)
    refused = vipprov(simulator, "portgroup", "restore", "old-closed", *on)
    assert refused.code == 1
    assert "as we left it:" in refused.err
    with reached(simulator) as found:
        found.set(group, group.record.before)
    assert vipprov(simulator, "portgroup", "restore", "old-closed", *on).code == 0


def test_esxi_without_vcenter_needs_a_file_for_records(esxi: Simulator, tmp_path: Path) -> None:
    name, on, record = "esxi-app", ("--on", esxi.url), ("--record", tmp_path / "records.json")
    before = shown(esxi, name)
    refused = vipprov(esxi, "portgroup", "permit", name, *on)
    assert refused.code == 2
    assert "--record" in refused.err
    assert shown(esxi, name) == before
    assert vipprov(esxi, "portgroup", "permit", name, *on, *record).code == 0
    assert shown(esxi, name) != before
    assert vipprov(esxi, "portgroup", "restore", name, *on, *record).code == 0
    assert shown(esxi, name) == before


def test_harden_asks_and_where_nobody_can_be_asked_wants_yes(simulator: Simulator) -> None:
    done = vipprov(simulator, "portgroup", "harden", simulator.url)
    assert done.code == 2
    assert "--yes" in done.err


def test_secrets_are_in_no_output(simulator: Simulator) -> None:
    environment = {**simulator.environment, "VCSIM_PASSWORD": "wr0ng-s3cret"}
    done = command("portgroup", "list", simulator.url, environment={**os.environ, **environment})
    assert done.code == 4
    assert "wr0ng-s3cret" not in done.out + done.err
    assert json.dumps(done.err)


def test_option_of_the_other_kind_of_hypervisor_is_refused(simulator: Simulator) -> None:
    permit = ("portgroup", "permit", "x")
    there = vipprov(simulator, *permit, "--on", simulator.url, "--nic", "52:54:00:00:00:01")
    here = vipprov(simulator, *permit, "--vrid", "50", "--mac-changes")
    alone = vipprov(simulator, *permit, "--on", simulator.url, "--name", "y")
    assert (there.code, here.code, alone.code) == (2, 2, 2)
    assert "mean nothing without --dedicated" in alone.err
    assert "--nic means nothing for port groups of vSphere" in there.err
    assert "--mac-changes means nothing for ports of libvirt" in here.err


@pytest.mark.parametrize("place", ["attribute", "note"])
def test_port_group_of_a_pair_is_known_by_what_its_members_say(
    simulator: Simulator, place: str
) -> None:
    with reached(simulator) as found:
        session, kind = found.session, vim.VirtualMachine
        (member, *_) = collect.everything(session, kind, ["name", "network"])
        group = next(one for one in found.groups.all() if one.key == member["network"][0]._moId)  # noqa: SLF001
        before = group.own
        found.set(group, found.group("open").own)
        say(found, member.reference, place, pair="web")
        try:
            plan = ("portgroup", "harden", simulator.url, group.name, "--dry-run", "--json")
            done = vipprov(simulator, *plan)
            audited = vipprov(simulator, "portgroup", "audit", simulator.url, "--json")
        finally:
            say(found, member.reference, place, pair="")
            found.set(found.groups.read(group), before)
    reasons = {one["port_group"]: one["reason"] for one in done.document["skipped"]}
    assert reasons[group.name] == "it serves the pair web"
    there = [one for one in audited.document["findings"] if one["where"] == group.name]
    assert {tuple(one["pairs"]) for one in there} == {("web",)}
    assert "guest-rp-filter" in {one["check"] for one in there}


def say(found: Reached, machine: Any, place: str, *, pair: str) -> None:  # noqa: ANN401
    """Let a machine say of which pair it is, as `vm create` does."""
    if place == "attribute":
        records.keep(found.session, machine, records.PAIR, f"{pair}/web-1" if pair else "")
        return
    text = f"vipprov: guest web-1 of the pair {pair}" if pair else "-"
    task = machine.ReconfigVM_Task(vim.vm.ConfigSpec(annotation=text))
    found.session.by.poll(lambda: task.info.state == "success" or None, what="the note")
