"""What a port group was before we opened it: how it is kept, and when it may be put back. Pure.

The text is short, for it is kept in a custom attribute: one letter for each setting, `a` accept,
`r` reject, `i` inherited; `+` in front says that the whole policy is inherited. Then, where the
switch learns MACs, `i` or on/off, flooding, the limit and what happens beyond it. The record of a
port group that vipprov made begins with 2, and names the one it was cloned from.
"""

import re
from dataclasses import replace
from typing import Final
from urllib.parse import quote, unquote

from vipprov.guest.errors import CheckFailedError, HypervisorError, SpecError
from vipprov.guest.pair import Setting
from vipprov.hv.switchgroup import Learning, LimitPolicy, OwnPolicy, Record, SwitchGroup

LONGEST: Final = 255
_LETTERS: Final = {Setting.ACCEPT: "a", Setting.REJECT: "r", None: "i"}
_SETTINGS: Final = {letter: setting for setting, letter in _LETTERS.items()}
_FLAGS: Final = {True: "y", False: "n", None: "?"}
_BOOLS: Final = {letter: flag for flag, letter in _FLAGS.items()}
_SEPARATORS = re.compile(r"[%\s]")
_POLICY = r"\+?[ari]{3}(?:/(?:i|[yn?]{2}\d*[ad?]))?"
_RECORD = re.compile(
    rf"(?:1|2 (?P<source>\S+)) (?P<before>{_POLICY}) (?P<opened>{_POLICY})(?: (?P<reason>.*))?",
    re.DOTALL,
)
_LEARNING = re.compile(r"([yn?])([yn?])(\d*)([ad?])")
_WORDS: Final = {Setting.ACCEPT: "accept", Setting.REJECT: "reject", None: "inherited"}


def dump(record: Record) -> str:
    """Return the record as the text that is kept."""
    form = f"2 {_SEPARATORS.sub(_quoted, record.source)}" if record.source else "1"
    facts = f"{form} {_dumped(record.before)} {_dumped(record.opened)}"
    if len(facts) > LONGEST:
        raise SpecError(f"The name is too long to be kept on record: {record.source}.")
    return f"{facts} {record.reason}"[:LONGEST].rstrip()


def load(text: str) -> Record:
    """Return the record, or say that it is not one of ours."""
    if (found := _RECORD.fullmatch(text)) is None:
        raise HypervisorError(
            "What a port group was before vipprov opened it cannot be read.",
            details=repr(text),
            hint="Was it written by a newer vipprov, or edited by hand?",
        )
    return Record(
        before=_loaded(found["before"]),
        opened=_loaded(found["opened"]),
        reason=found["reason"] or "",
        source=unquote(found["source"] or ""),
    )


def begun(group: SwitchGroup, opened: OwnPolicy, *, reason: str) -> Record:
    """Return the record of a change that is about to be made; what was before stays as it is."""
    if group.record is None:
        return Record(before=group.own, opened=opened, reason=reason)
    return replace(group.record, opened=opened, reason=reason)


def require_unchanged(group: SwitchGroup, record: Record) -> None:
    """Raise CheckFailedError if somebody else changed the policy since we did."""
    if group.own in (record.before, record.opened):
        return
    versions = {"before": record.before, "as we left it": record.opened, "now": group.own}
    raise CheckFailedError(
        f"{group.title}: somebody else changed the policy.",
        details="\n".join(f"{label}: {told(own)}" for label, own in versions.items()),
        hint="Bring it by hand to one of the first two versions, then run this again.",
    )


def told(own: OwnPolicy) -> str:
    """Return the policy in a line for people."""
    words = [
        f"promiscuous {_WORDS[own.promiscuous]}",
        f"MAC changes {_WORDS[own.mac_changes]}",
        f"forged transmits {_WORDS[own.forged_transmits]}",
    ]
    if own.learning is not None:
        words.append(f"MAC learning {_learning_told(own.learning)}")
    return ", ".join(words)


def _learning_told(learning: Learning) -> str:
    if learning.inherited:
        return "inherited"
    if not learning.enabled:
        return "off"
    beyond = "" if learning.limit_policy is None else f", then {learning.limit_policy.value}"
    flooding = "with" if learning.unicast_flooding else "without"
    return f"on ({learning.limit} MACs{beyond}; {flooding} unicast flooding)"


def _quoted(found: re.Match[str]) -> str:
    return quote(found[0])


def _dumped(own: OwnPolicy) -> str:
    letters = "".join(
        _LETTERS[word] for word in (own.promiscuous, own.mac_changes, own.forged_transmits)
    )
    whole = "+" if own.inherited else ""
    match own.learning:
        case None:
            return f"{whole}{letters}"
        case Learning(inherited=True):
            return f"{whole}{letters}/i"
        case Learning() as learning:
            limit = "" if learning.limit is None else learning.limit
            beyond = "?" if learning.limit_policy is None else learning.limit_policy.value[0]
            flags = _FLAGS[learning.enabled] + _FLAGS[learning.unicast_flooding]
            return f"{whole}{letters}/{flags}{limit}{beyond}"


def _loaded(text: str) -> OwnPolicy:
    letters, _, learning = text.removeprefix("+").partition("/")
    promiscuous, mac_changes, forged_transmits = (_SETTINGS[letter] for letter in letters)
    return OwnPolicy(
        promiscuous=promiscuous,
        mac_changes=mac_changes,
        forged_transmits=forged_transmits,
        inherited=text.startswith("+"),
        learning=_learning_loaded(learning) if learning else None,
    )


def _learning_loaded(text: str) -> Learning:
    if (found := _LEARNING.fullmatch(text)) is None:
        return Learning(inherited=True)
    enabled, flooding, limit, beyond = found.groups()
    policy = next((policy for policy in LimitPolicy if policy.value[0] == beyond), None)
    return Learning(
        inherited=False,
        enabled=_BOOLS[enabled],
        unicast_flooding=_BOOLS[flooding],
        limit=int(limit) if limit else None,
        limit_policy=policy,
    )
