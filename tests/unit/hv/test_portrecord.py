"""Records come back as they were written, and are put back only onto what we left."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vipprov.guest.check import Verdict
from vipprov.guest.errors import CheckFailedError, HypervisorError
from vipprov.hv import portrecord
from vipprov.hv.portgroup import Filter, Kind, Port, PortSettings, PortState, Record

flags = st.none() | st.booleans()
filters = st.builds(
    Filter,
    name=st.text(min_size=1),
    parameters=st.lists(st.tuples(st.text(), st.text())).map(tuple),
)
states = st.builds(
    PortState,
    filter=st.none() | filters,
    learning=flags,
    flood=flags,
    isolated=flags,
    pinned=flags,
    trust_guest_rx_filters=flags,
)
records = st.builds(
    Record,
    before=states,
    before_in_force=st.none() | states,
    opened=states,
    opened_in_force=st.none() | states,
    macs=st.lists(st.text()).map(tuple),
)

CLEAN, OURS = Filter(name="clean-traffic"), Filter(name="vipprov-x")
BEFORE = PortState(filter=CLEAN, isolated=False)
LIVE = PortState(filter=CLEAN, isolated=False, learning=False, flood=False, pinned=True)
OPENED = replace(BEFORE, filter=OURS)
OPENED_LIVE = replace(LIVE, filter=OURS, learning=True, pinned=None)
RECORD = Record(
    before=BEFORE, before_in_force=LIVE, opened=OPENED, opened_in_force=OPENED_LIVE, macs=("m",)
)


def port(
    configured: PortState = OPENED,
    in_force: PortState | None = OPENED_LIVE,
    record: Record | None = RECORD,
) -> Port:
    return Port(
        machine="web-1",
        mac="52:54:00:50:00:01",
        device="tap0",
        port_group="leaf1",
        kind=Kind.BRIDGE,
        bridge="leaf1",
        configured=configured,
        in_force=in_force,
        settings=PortSettings(promiscuous=None, mac_changes=None, forged_transmits=None),
        passes=frozenset(),
        obstacles=(),
        can_carry=Verdict.PASS,
        record=record,
    )


@given(records)
def test_record_comes_back_as_it_was_written(record: Record) -> None:
    assert portrecord.load(portrecord.dump(record)) == record


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"before": {"filter": 1}}', '{"before": {}}'])
def test_what_is_no_record_is_said_to_be_none(text: str) -> None:
    with pytest.raises(HypervisorError, match="cannot be read"):
        portrecord.load(text)


@pytest.mark.parametrize(
    ("configured", "in_force"),
    [
        (OPENED, OPENED_LIVE),
        (BEFORE, LIVE),
        (OPENED, LIVE),
        (BEFORE, OPENED_LIVE),
        (OPENED, replace(OPENED_LIVE, filter=None)),
        (OPENED, PortState(filter=OURS, learning=True, flood=True, isolated=False)),
        (OPENED, None),
    ],
)
def test_port_that_only_we_touched_may_be_put_back(
    configured: PortState, in_force: PortState | None
) -> None:
    portrecord.require_unchanged(port(configured, in_force), RECORD)


@pytest.mark.parametrize(
    ("configured", "in_force", "named"),
    [
        (replace(OPENED, filter=Filter(name="theirs")), OPENED_LIVE, "filter of the configuration"),
        (replace(OPENED, filter=None), OPENED_LIVE, "filter of the configuration"),
        (replace(OPENED, isolated=True), OPENED_LIVE, "isolated of the configuration"),
        (OPENED, replace(OPENED_LIVE, filter=Filter(name="theirs")), "filter of the state"),
        (OPENED, replace(OPENED_LIVE, isolated=True), "isolated of the state in force"),
    ],
)
def test_port_that_somebody_else_changed_is_refused_by_name(
    configured: PortState, in_force: PortState, named: str
) -> None:
    with pytest.raises(CheckFailedError, match=named) as refused:
        portrecord.require_unchanged(port(configured, in_force), RECORD)
    assert "before: filter clean-traffic" in refused.value.details


def test_second_change_keeps_what_was_before_the_first() -> None:
    again = portrecord.begun(port(), opened=OPENED, opened_in_force=OPENED_LIVE, macs=("n",))
    assert (again.before, again.before_in_force, again.macs) == (BEFORE, LIVE, ("n",))


def test_machine_that_was_off_when_opened_gets_its_old_configuration_in_force() -> None:
    while_off = replace(RECORD, before_in_force=None, opened_in_force=None)
    restored = portrecord.restored_in_force(port(record=while_off), while_off)
    assert restored == replace(OPENED_LIVE, filter=CLEAN)
    later = portrecord.begun(
        port(record=while_off), opened=OPENED, opened_in_force=OPENED_LIVE, macs=()
    )
    assert later.before_in_force == replace(OPENED_LIVE, filter=CLEAN)


def test_filter_that_was_about_to_be_bound_is_resumed() -> None:
    resumed = portrecord.resumed(port(in_force=replace(OPENED_LIVE, filter=None)))
    assert resumed == OPENED_LIVE
    untouched = port(in_force=replace(LIVE, filter=None), record=None)
    assert portrecord.resumed(untouched) == untouched.in_force
