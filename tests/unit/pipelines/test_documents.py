"""Each command's JSON document has a schema, and is what that says."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator
from yaml import safe_load

import schemas
from commands import commands
from factories import make_pair
from fakes.switchgroups import FakeSwitchGroups
from plans import desired
from switchgroups import ACCEPT, CLOSED, OPEN, distributed, policies, records, standard
from vipprov.guest.check import Check, Verdict
from vipprov.guest.errors import MissingError
from vipprov.guest.explanation import Explanation, Standing
from vipprov.guest.policyexception import PolicyException
from vipprov.hv.images.image import Image
from vipprov.hv.machine import Machine, Nic, Power, Sort
from vipprov.hv.switchgroup import OwnPolicy, Plugged, Record
from vipprov.hv.switchplan import Least
from vipprov.pipelines import (
    audit,
    auditexceptions,
    auditwords,
    dedicate,
    dedicatewords,
    documents,
    explanationwords,
    fleet,
    harden,
    images,
    plan,
    report,
    switchchangewords,
    switchdedicate,
    switchgroup,
    switchwords,
    words,
)
from vipprov.pipelines.state import Observed, ObservedGuest
from vipprov.pipelines.verify import Report

WEB = Plugged(name="web-1", is_on=True, foreign_macs=("00:00:5e:00:01:32",))
CHECK = Check(id="ping", subject="leaf1", expected="x", seen="y", verdict=Verdict.FAIL)
PROOF = Report(pair="web", checks=(CHECK,), seconds=1.5)
FILES = {"pair", "exceptions"}


def require(name: str, document: object) -> None:
    schemas.require(name, document, closed=True)


def test_every_command_with_a_json_document_has_a_schema_and_no_other() -> None:
    printing = {
        "-".join(words)
        for words, command in commands().items()
        if any("--json" in parameter.opts for parameter in command.params)
    }
    assert set(documents.names()) == printing | FILES


@pytest.mark.parametrize("name", documents.names())
def test_schema_is_one_and_says_of_what(name: str) -> None:
    schema = documents.schema(name)
    Draft202012Validator.check_schema(schema)
    assert schema["title"]


def test_document_that_there_is_none_of_is_missing() -> None:
    with pytest.raises(MissingError, match=r"no document \.\./pair"):
        documents.schema("../pair")


def test_document_without_a_key_or_with_another_type_is_not_what_the_schema_says() -> None:
    good = {"name": "lab", "removed": ["leaf1"]}
    assert schemas.complaints("lab-down", good, closed=True) == []
    assert schemas.complaints("lab-down", {"name": "lab"})
    assert schemas.complaints("lab-down", {**good, "removed": [1]})
    assert schemas.complaints("lab-down", {**good, "more": 1}, closed=True)
    assert schemas.complaints("lab-down", {**good, "more": 1}) == []


@given(policies, records)
def test_port_groups_of_vsphere(own: OwnPolicy, record: Record) -> None:
    group = replace(distributed(own=own, record=record, machines=(WEB,)), older=OPEN)
    require("portgroup-list", switchwords.list_document([group, standard()]))
    require("portgroup-show", switchwords.list_document([group]))


def test_changes_and_hardening() -> None:
    record = Record(before=OwnPolicy(), opened=OwnPolicy(), reason="for web-1")
    groups = [standard(effective=OPEN, record=record), distributed(effective=OPEN, machines=(WEB,))]
    meant = switchgroup.named([standard()], "app")
    changes = switchgroup.to_permit(meant, Least(mac_changes=True))
    require("portgroup-permit", switchchangewords.changes_document(changes))
    require("portgroup-restore", switchchangewords.changes_document(changes))
    plan = harden.plan(groups, named=frozenset({"app"}), force=True)
    document = switchchangewords.hardening_document(plan)
    assert (document["changes"], document["cut_off"], document["skipped"]) != ([], [], [])
    require("portgroup-harden", document)


def test_dedicated_port_groups() -> None:
    groups = FakeSwitchGroups([distributed(machines=(WEB,))])
    wanted = dedicate.plan(groups.all(), "web-1")
    require("portgroup-permit", dedicatewords.plan_document(wanted))
    switchdedicate.permit(groups, wanted, mac_changes=False)
    meant = switchgroup.named(groups.all(), "web-1")
    clones = dedicate.to_remove(groups.all(), meant)
    returned = switchdedicate.restore(groups, clones, machine="web-1")
    require("portgroup-restore", dedicatewords.returned_document(returned))


def test_audit() -> None:
    group = distributed(effective=replace(CLOSED, forged_transmits=ACCEPT), machines=(WEB,))
    held = PolicyException(
        port_group="leaf1", pair="web-1", owner="net", reason="x", expires=date(2027, 1, 31)
    )
    exceptions = (held, replace(held, port_group="gone"))
    standing = auditexceptions.standings(exceptions, [group], today=date(2027, 1, 1))
    found = auditexceptions.with_exceptions(audit.findings([group], []), standing)
    assert len(audit.counting(found)) not in {0, len(found)}
    drift = audit.drift(found, frozenset({("leaf9", "promiscuous")}))
    require("portgroup-audit", auditwords.document(found, [group], drift))


def test_exceptions_of_the_documentation() -> None:
    page = Path(__file__).parents[3] / "docs" / "vsphere.md"
    (text,) = [part for part in page.read_text().split("```") if "exceptions:\n" in part]
    found = safe_load(text.removeprefix("yaml\n"))
    for one in found["exceptions"]:
        one["expires"] = str(one["expires"])
    require("exceptions", found)


def test_pairs() -> None:
    nic = Nic(mac="52:54:00:00:00:01", port_group="leaf1", guest_name="eth0", filter=None)
    machine = Machine(name="web-1", uuid="x", sort=Sort.VM, power=Power.ON, nics=(nic,), mark=None)
    pair = fleet.Fleet(name="web", machines=(machine,))
    require("vm-list", [words.fleet_document(pair)])
    require("vm-show", words.fleet_document(pair, make_pair()))


def test_plans_and_proofs() -> None:
    wanted = desired(make_pair())
    absent = ObservedGuest(machine=None, files=None, passes={})
    nobody = Observed(guests={one.guest.name: absent for one in wanted.guests}, surplus=())
    made = words.plan_document("web", plan.plan(wanted, nobody))
    require("vm-plan", made)
    require("vm-create", {**made, "result": "changed", "proof": report.document(PROOF)})
    healthy = Explanation(
        standing=Standing.HEALTHY,
        cause=None,
        guests=("web-1",),
        says="All is well.",
        evidence=("ping",),
        next_move="",
    )
    told = explanationwords.document(healthy)
    require("verify", {**report.document(PROOF), "explanation": told})


def test_images() -> None:
    made = datetime(2027, 1, 1, tzinfo=UTC)
    image = Image(name="debian-12", digest="x", path=Path("/nowhere/tree"), made=made)
    require("image-build", images.document(image))
    listed = {"built": [images.document(image)], "buildable": [], "pullable": [], "unfinished": []}
    require("image-list", listed)
