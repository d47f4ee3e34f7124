"""Real keepalived reads what we render, and a track script gets the arguments that were meant."""

from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_interface
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from factories import dual_stack_pair, make_guest, make_pair, make_track, make_vip
from golden_files import FOLDER
from keepalived_members import Member, until
from vipprov.guest import notify, render
from vipprov.guest.errors import SpecError
from vipprov.guest.pair import Pair, TrackScript, Vip

pytestmark = pytest.mark.real

RECORDER = '#!/bin/sh\nprintf "%s\\0" "$@" >/run/new && mv /run/new /run/arguments\n'


@pytest.fixture(scope="module")
def member(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Member]:
    made = Member("judge", tmp_path_factory.mktemp("judge"))
    try:
        for number, link in enumerate(("eth0", "ens192", "bond0.100")):
            made.do("ip", "link", "add", link, "type", "veth", "peer", "name", f"far{number}")
            made.do("ip", "link", "set", link, "up")
        pair = make_pair()
        made.write(render.configuration(pair, pair.guests[0]))
        yield made
    finally:
        made.close()


def judge(member: Member, text: str) -> None:
    """Fail unless keepalived takes the configuration without a word."""
    conf = member.path(render.KEEPALIVED_CONF)
    conf.write_text(text)
    done = member.run("keepalived", "--config-test")
    assert (done.returncode, done.stdout + done.stderr) == (0, ""), text


@pytest.mark.parametrize(
    "golden", sorted((FOLDER / "keepalived").glob("*.conf")), ids=lambda path: path.stem
)
def test_keepalived_takes_every_golden_file(member: Member, golden: Path) -> None:
    judge(member, golden.read_text())


@pytest.mark.parametrize(("mode", "complaints"), [(0o755, 0), (0o777, 1)])
def test_script_security_takes_our_notify_script_and_none_that_others_may_write(
    member: Member, mode: int, complaints: int
) -> None:
    pair = make_pair()
    member.write(render.configuration(pair, pair.guests[0]))
    member.path(notify.SCRIPT).chmod(mode)
    seen = len(member.log()) if (member.folder / "keepalived").exists() else 0
    member.start()
    try:
        until().poll(lambda: "Startup complete" in member.log()[seen:] or None, what="its start")
    finally:
        member.stop_keepalived()
    unsafe = "Unsafe permissions found for script '/usr/libexec/keepalived/vipprov-notify'"
    assert member.log()[seen:].count(unsafe) == complaints


ARGUMENTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
SECONDS = st.integers(1, 4000).map(lambda count: timedelta(seconds=count))
TRACKS = st.builds(
    TrackScript,
    name=st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}", fullmatch=True),
    command=st.lists(ARGUMENTS, max_size=4).map(lambda rest: ("/bin/true", *rest)),
    interval=SECONDS,
    fall=st.integers(1, 1000),
    rise=st.integers(1, 1000),
)
VERSION_2 = st.tuples(st.just(2), st.integers(1, 40).map(lambda count: timedelta(seconds=count)))
VERSION_3 = st.tuples(
    st.just(3), st.integers(1, 4095).map(lambda count: timedelta(milliseconds=10 * count))
)


@st.composite
def vips(draw: st.DrawFn) -> Vip:
    version, interval = draw(VERSION_2 | VERSION_3)
    hosts = st.sets(st.integers(100, 250), min_size=1, max_size=25)
    fours = [ip_interface(f"10.50.50.{host}/24") for host in sorted(draw(hosts))]
    sixes = [ip_interface(f"2001:db8:50::{host:x}/64") for host in sorted(draw(hosts))]
    return make_vip(
        vrrp_version=version,
        advert_interval=interval,
        addresses=tuple(draw(st.sampled_from([fours, sixes, fours + sixes]))),
        virtual_router_id=draw(st.integers(1, 255)),
        vmac=draw(st.booleans()),
        preempt=draw(st.booleans()),
        garp_refresh=draw(st.just(timedelta(0)) | SECONDS),
        track=tuple(draw(st.lists(TRACKS, max_size=2, unique_by=lambda script: script.name))),
    )


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    priorities = draw(st.lists(st.integers(1, 254), min_size=2, max_size=4))
    guests = tuple(
        make_guest(
            number,
            priority=priority,
            addresses=(
                ip_interface(f"10.50.50.{50 + number}/24"),
                ip_interface(f"2001:db8:50::{50 + number}/64"),
            ),
        )
        for number, priority in enumerate(priorities, start=1)
    )
    interface = draw(st.sampled_from(["eth0", "ens192", "bond0.100"]))
    return dual_stack_pair(vip=draw(vips()), guests=guests, interface=interface)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(pair=pairs())
def test_keepalived_takes_every_pair(member: Member, pair: Pair) -> None:
    for guest in pair.guests[:1]:
        configuration = render.configuration(pair, guest)
        judge(member, configuration.file(render.KEEPALIVED_CONF).content)


HOSTILE = (
    ("",),
    ("", "x", ""),
    ("it's", '"quoted"', "back\\slash", "\\'", "\\\\"),
    ("#comment", "!comment", "a#b", "a!b"),
    ("$HOME", "${PATH}", "$(id)", "`id`", "~SEQ(a,1,3)", "~"),
    ("{", "}", "a{b}c", "@host", "include /etc/passwd"),
    ("two words", " edges ", "tab\there", "line\nbreak", "\r", "\x01\x7f"),
    ("é", "日本", "🦆", "~1", "\\x20b", "0401"),
    ("*", "?", "[x]", ";", "&", "|", "<", ">", "(", ")", "^"),
)


@pytest.mark.parametrize("arguments", HOSTILE, ids=repr)
def test_arguments_of_a_track_script_arrive_unchanged(
    member: Member, arguments: tuple[str, ...]
) -> None:
    assert handed_over(member, arguments) == list(arguments)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(arguments=st.lists(ARGUMENTS, min_size=1, max_size=6))
def test_any_arguments_arrive_unchanged(member: Member, arguments: list[str]) -> None:
    assert handed_over(member, tuple(arguments)) == arguments


def handed_over(member: Member, arguments: tuple[str, ...]) -> list[str]:
    """Return the arguments that a script got from a running keepalived."""
    recorder, record = member.path("/usr/libexec/recorder"), member.path("/run/arguments")
    recorder.write_text(RECORDER)
    recorder.chmod(0o755)
    record.unlink(missing_ok=True)
    pair = make_pair(
        vip=make_vip(vmac=False, track=(make_track(command=("/usr/libexec/recorder", *arguments)),))
    )
    try:
        configuration = render.configuration(pair, pair.guests[0])
    except SpecError:
        assume(condition=False)
    member.write(configuration)
    member.start()
    try:
        until(10).poll(lambda: record.exists() or None, what="the track script", every=0.02)
    finally:
        member.stop_keepalived()
    return record.read_bytes().decode().split("\0")[:-1]
