"""Render keepalived.conf. Pure: same pair and guest, same bytes."""

import re
from datetime import timedelta

from vipprov.guest import notify, quoting
from vipprov.guest.errors import SpecError
from vipprov.guest.pair import Guest, Interface, Pair, TrackScript, Vip
from vipprov.guest.vrrp import VrrpInstance, instances

# keepalived 2.2.7 reads lines into 1024 bytes and crashes on some that are longer.
LONGEST_LINE = 1000
# What keepalived reads as one bare word: no quote, comment, brace, `$` or `~`.
WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:+-]*")


def render(pair: Pair, guest: Guest) -> str:
    """Return the configuration file of this guest; SpecError for what it cannot carry."""
    blocks = [
        _global_defs(pair.vip, guest),
        *(_script(script) for script in pair.vip.track),
        *(_instance(pair.vip, instance) for instance in instances(pair, guest)),
    ]
    head = f"# Written by vipprov for {_word(guest.name)}; it is replaced when the pair changes.\n"
    return head + "\n" + "\n".join(_readable(block) for block in blocks)


def _global_defs(vip: Vip, guest: Guest) -> str:
    # Scripts run as root; script security refuses those that somebody else could have written.
    lines = [
        f"router_id {_word(guest.name)}",
        "script_user root",
        "enable_script_security",
        f"vrrp_version {vip.vrrp_version}",
    ]
    if vip.garp_refresh:
        # Adverts are unicast and leave with the NIC's MAC: nothing else would remind the fabric
        # of where the virtual MAC is.
        refresh = _seconds(vip.garp_refresh, what="vip.garp_refresh")
        lines.append(f"vrrp_garp_master_refresh {refresh}")
    return _block("global_defs", lines)


def _script(script: TrackScript) -> str:
    # keepalived resolves no relative names, and then goes on as if nothing were tracked.
    if not script.command or not script.command[0].startswith("/"):
        raise SpecError(
            f"The command of track script {script.name} does not begin with an absolute path.",
            hint="Write it as keepalived is to start it: [/usr/bin/pidof, haproxy].",
        )
    return _block(
        f"vrrp_script {_word(script.name)}",
        [
            f"script {quoting.command(script.command)}",
            f"interval {_seconds(script.interval, what=f'the interval of {script.name}')}",
            f"fall {script.fall}",
            f"rise {script.rise}",
        ],
    )


def _instance(vip: Vip, instance: VrrpInstance) -> str:
    lines = [
        "state BACKUP",
        f"interface {_word(instance.interface)}",
        f"virtual_router_id {instance.virtual_router_id}",
        f"priority {instance.priority}",
        *_vmac(instance),
        f"advert_int {_interval(vip.advert_interval)}",
        *(() if vip.preempt else ("nopreempt",)),
        *_nested("virtual_ipaddress", [_address(address) for address in instance.addresses]),
        f"unicast_src_ip {instance.source}",
        *_nested("unicast_peer", [str(peer) for peer in instance.peers]),
        *(_nested("track_script", [script.name for script in vip.track]) if vip.track else ()),
        f"notify {notify.SCRIPT}",
        *_extra(vip.keepalived_extra),
    ]
    return _block(f"vrrp_instance {_word(instance.name)}", lines)


def _vmac(instance: VrrpInstance) -> tuple[str, ...]:
    if instance.vmac_interface is None:
        return ()
    return (f"use_vmac {_word(instance.vmac_interface)}", "vmac_xmit_base")


def _address(address: Interface) -> str:
    """Return the address with its mask; a host's own mask is left out, as keepalived implies it."""
    if address.network.prefixlen == address.max_prefixlen:
        return str(address.ip)
    return address.with_prefixlen


def _interval(interval: timedelta) -> str:
    return f"{interval.total_seconds():.2f}".rstrip("0").rstrip(".")


def _seconds(duration: timedelta, *, what: str) -> int:
    if duration % timedelta(seconds=1):
        raise SpecError(
            f"keepalived counts {what} in whole seconds, not {duration.total_seconds():g} s.",
        )
    return round(duration.total_seconds())


def _extra(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return the user's lines; they may open blocks of their own but not close ours."""
    depth = 0
    for line in lines:
        # Quotes hide comments and braces from keepalived; a line without both needs no parser.
        if not line.isprintable() or (re.search("[{}]", line) and re.search("[\"']", line)):
            raise SpecError(
                f"keepalived_extra has a line that is too clever: {line!r}.",
                hint="Keep quotes and braces on lines of their own.",
            )
        for brace in re.findall("[{}]", re.split("[#!]", line, maxsplit=1)[0]):
            depth += 1 if brace == "{" else -1
            if depth < 0:
                raise SpecError(f"keepalived_extra closes a block that it did not open: {line!r}.")
    if depth:
        raise SpecError("keepalived_extra leaves a block open.", hint="Add the missing '}'.")
    return lines


def _word(text: str) -> str:
    if not WORD.fullmatch(text):
        raise SpecError(f"keepalived cannot read {text!r} as one word.")
    return text


def _nested(title: str, lines: list[str]) -> tuple[str, ...]:
    return (f"{title} {{", *(f"    {line}" for line in lines), "}")


def _block(title: str, lines: list[str]) -> str:
    return "".join((f"{title} {{\n", *(f"    {line}".rstrip() + "\n" for line in lines), "}\n"))


def _readable(block: str) -> str:
    for line in block.splitlines():
        if len(line.encode()) > LONGEST_LINE:
            raise SpecError(
                f"A line of keepalived.conf would be too long: {line[:60]!r}…",
                details=f"keepalived reads {LONGEST_LINE} bytes a line.",
            )
    return block
