"""Text that ends up in keepalived.conf: track commands, and the user's own lines."""

import re
from collections.abc import Iterator

from vipprov.guest import quoting
from vipprov.guest.keepalived import LONGEST_LINE
from vipprov.guest.pairfile.mistake import Mistaken, kind, shown

INDENT = 4

# Keyword, and why it may not be given here.
_OURS = {
    "virtual_router_id": "Write vip.virtual_router_id",
    "interface": "Write interface at the top of the file",
    "state": "It is always BACKUP: the election decides, and nopreempt needs it",
    "priority": "Write priority under the guest",
    "use_vmac": "Write vip.vmac",
    "vmac_xmit_base": "It follows vip.vmac",
    "use_vmac_addr": "Write vip.vmac",
    "advert_int": "Write vip.advert_interval",
    "virtual_ipaddress": "Write vip.addresses",
    "unicast_src_ip": "It is the first address of the guest",
    "mcast_src_ip": "It would replace unicast_src_ip, the first address of the guest",
    "unicast_peer": "It lists the addresses of the other guests",
    "nopreempt": "Write vip.preempt: false",
    "preempt": "Write vip.preempt: true",
    "version": "Write vip.version",
    "notify": "vipprov has one of its own: write notify_master, notify_backup or notify_fault",
    "garp_master_refresh": "Write vip.garp_refresh",
    "track_script": "Write vip.track",
    "strict_mode": "Strict mode forbids unicast and vmac_xmit_base",
    "authentication": "RFC 9568 has none, and its password would stand in the file",
    "auth_type": "RFC 9568 has none",
    "auth_pass": "RFC 9568 has none, and the password would stand in the file",
}


def argument(value: object) -> str:
    """Return one word of a track command."""
    if not isinstance(value, str):
        what = f"must be text, not {kind(value)}"
        raise Mistaken(what, f'Write it in quotes: "{value if isinstance(value, int) else ""}"')
    if not value.isprintable():
        what = f"{shown(value)} holds line breaks or invisible characters"
        raise Mistaken(what, "Put a longer script into a file of the guest, and name the file")
    return value


def command(words: list[str]) -> list[str]:
    """Return the track command, whose program is an absolute path."""
    if not words:
        raise Mistaken("the command is empty", "Write [/usr/bin/pidof, haproxy]")
    if not re.fullmatch(r"/.*[^/]", words[0]):
        what = f"{shown(words[0])} is not the absolute path of a program"
        raise Mistaken(what, "keepalived searches no PATH: write [/usr/bin/pidof, haproxy]")
    if len(quoting.command(words)) > LONGEST_LINE - len("script ") - INDENT:
        what = "the command is longer than a line that keepalived can read"
        raise Mistaken(what, "Put it into a file of the guest, and name the file")
    return words


def line_mistakes(lines: list[str], *, preempt: bool) -> Iterator[tuple[int, Mistaken]]:
    """Find what may not stand among the extra lines: the number of the line, and why."""
    open_since: list[int] = []
    yield from _scripts_told_twice(lines)
    for number, line in enumerate(lines):
        code = re.split("[#!]", line, maxsplit=1)[0]
        if mistaken := _unreadable(line) or _forbidden(code, preempt=preempt):
            yield number, mistaken
        # Braces beside quotes are refused above, so they are nobody's.
        for brace in re.findall(r"[{}]", "" if re.search("[\"']", line) else code):
            if brace == "{":
                open_since.append(number)
            elif open_since:
                open_since.pop()
            else:
                what = "this brace closes what is not open here"
                yield number, Mistaken(what, "Close only what these lines opened")
    for number in open_since:
        yield number, Mistaken("a brace is left open", "Write the missing }")


def _scripts_told_twice(lines: list[str]) -> Iterator[tuple[int, Mistaken]]:
    """Find a second script for the same event: keepalived ignores it, and then fails its test."""
    seen: dict[str, int] = {}
    for number, line in enumerate(lines):
        word = re.sub("[\"']", " ", line).strip().partition(" ")[0]
        if word.startswith("notify_") and seen.setdefault(word, number) != number:
            what = f"{word} is given twice"
            yield number, Mistaken(what, "Let one script do both")


def _unreadable(line: str) -> Mistaken | None:
    if not line.isprintable():
        what = f"{shown(line)} holds a tab or invisible characters"
        return Mistaken(what, "Write visible text, indented with spaces")
    if "\\" in line:
        return Mistaken("keepalived takes a backslash for an escape", "Write the line without it")
    if len(line.encode()) > LONGEST_LINE - INDENT:
        return Mistaken("the line is longer than keepalived can read", "Write shorter lines")
    return _unquotable(line)


def _unquotable(line: str) -> Mistaken | None:
    """Quotes hide comments and braces from keepalived, comments hide quotes: not both at once."""
    quotes = re.search("[\"']", line)
    if quotes is None:
        return None
    if re.search("[{}]", line):
        what = "quotes and braces stand in one line"
        return Mistaken(what, "Write them in lines of their own")
    unquoted = re.sub(r"\"[^\"]*\"|'[^']*'", "", line)
    if re.search("[\"']", re.split("[#!]", unquoted, maxsplit=1)[0]):
        return Mistaken("a quote is opened and not closed", "Close the quote in the same line")
    return None


def _forbidden(code: str, *, preempt: bool) -> Mistaken | None:
    # keepalived takes a keyword in quotes for the keyword (measured).
    words = re.sub(r"[\"'{]", " ", code).split()
    word = words[0] if words else ""
    if word.startswith("include"):
        return Mistaken("include would bring in what nobody checked", "Write the lines themselves")
    if word.startswith(("@", "$", "~")) or re.search(r"\$\{?_|~SEQ|~LST", code):
        what = f"{shown(word)} depends on keepalived's own conditions and variables"
        return Mistaken(what, "Write the plain line")
    if word == "preempt_delay" and not preempt:
        return Mistaken("preempt_delay needs preemption", "Write vip.preempt: true as well")
    if word in _OURS:
        return Mistaken(f"{word} is what vipprov writes itself", _OURS[word])
    return None
