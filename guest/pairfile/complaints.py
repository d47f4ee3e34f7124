"""What pydantic found, in our words, with the key that was probably meant."""

import re
from difflib import get_close_matches

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from vipprov.guest.pairfile.mistake import Complaint, Mistaken, Trail, escaped, kind, shown
from vipprov.guest.pairfile.model import PLACES
from vipprov.guest.pairfile.node import Node, entry

# Words that people use for keys, where spelling alone leads nowhere.
_SYNONYMS = {
    "address": "addresses",
    "advert_int": "advert_interval",
    "bridge": "port_group",
    "cpu": "cpus",
    "host_system": "host",
    "pool": "resource_pool",
    "ip": "addresses",
    "ips": "addresses",
    "members": "guests",
    "network": "port_group",
    "nodes": "guests",
    "ram": "memory",
    "uri": "hypervisor",
    "url": "hypervisor",
    "user_data": "cloud_config",
    "vcpus": "cpus",
    "vrid": "virtual_router_id",
}


def of(error: ValidationError, root: Node) -> list[Complaint]:
    """Return one complaint for each thing that pydantic found."""
    found = [_complaint(details, root) for details in error.errors(include_url=False)]
    misspelt = {(*one.trail[:-1], _likely_key(one.trail)) for one in found if one.on_key}
    return [one for one in found if not (is_absence(one) and one.trail in misspelt)]


def is_absence(complaint: Complaint) -> bool:
    """Say whether the complaint is about something that is not there."""
    return complaint.what.startswith(("is missing", "there are too few"))


def _complaint(details: ErrorDetails, root: Node) -> Complaint:
    trail, on_key = _trail(details, root)
    what, instead = _words(details, trail)
    return Complaint(trail=trail, what=what, instead=instead, on_key=on_key)


def _trail(details: ErrorDetails, root: Node) -> tuple[Trail, bool]:
    """Return the way in the file; pydantic puts names of alternatives between the keys."""
    here, trail = root, list[str | int]()
    for step in details["loc"]:
        if step == "[key]":
            return tuple(trail), True
        further = entry(here, step)
        if further is not None:
            here = further.value
            trail.append(step)
    if details["type"] == "missing":
        trail.append(details["loc"][-1])
    return tuple(trail), details["type"] == "extra_forbidden"


def _words(details: ErrorDetails, trail: Trail) -> tuple[str, str]:
    value = details["input"]
    context = details.get("ctx", {})
    match details["type"]:
        case "value_error":
            return _mistaken(context["error"])
        case "extra_forbidden":
            return "is no key of a pair file", _likely(trail)
        case "missing":
            return "is missing", _example(trail)
        case "literal_error":
            return _choice(value, str(context["expected"]), _example(trail))
        case other if "_type" in other or other == "int_from_float":
            return _other_type(other, value, trail)
        case _:
            return _out_of_bounds(value, context)


def _out_of_bounds(value: object, context: dict[str, object]) -> tuple[str, str]:
    match context:
        case {"min_length": least, "actual_length": count}:
            return f"there are too few: {count}", f"Write at least {least}"
        case {"ge": least}:
            return f"{value} is too small", f"Write at least {least}"
        case {"le": most}:
            return f"{value} is too large", f"Write at most {most}"
        case _:
            return "cannot stand here", "Compare with examples/pair.yaml"


def _mistaken(error: object) -> tuple[str, str]:
    match error:
        case Mistaken(what=what, instead=instead):
            return what, instead
        case _:
            return escaped(str(error), longest=200), "Compare with examples/pair.yaml"


def _other_type(kind_of_error: str, value: object, trail: Trail) -> tuple[str, str]:
    wanted = {
        "int_type": "a whole number",
        "int_from_float": "a whole number",
        "bool_type": "true or false",
        "string_type": "text",
        "list_type": "a list",
        "dict_type": "a mapping (key: value)",
        "model_type": "a mapping (key: value)",
    }.get(kind_of_error, "something else")
    if kind_of_error == "bool_type" and isinstance(value, str):
        yes = value.lower() in {"yes", "on", "y", "1"}
        return f"{shown(value)} is text here", f"Write {'true' if yes else 'false'}"
    return f"must be {wanted}, not {kind(value)}", _example(trail)


def _choice(value: object, expected: str, otherwise: str) -> tuple[str, str]:
    choices = re.findall(r"[A-Za-z0-9]+", expected.replace(" or ", " "))
    close = get_close_matches(str(value).lower(), choices, n=1)
    what = f"{shown(value)} is none of {', '.join(choices)}"
    return what, f"Write {close[0]}" if close else otherwise


def _likely(trail: Trail) -> str:
    if close := _likely_key(trail):
        return f"Write {close}"
    key = str(trail[-1])
    meant = {key, _SYNONYMS.get(key.lower(), key)}
    for place, table in PLACES.items():
        for known in meant & table.model_fields.keys():
            where = f"under {'.'.join(place)}" if place else "at the top of the file"
            return f"Write {known} {where}"
    here = _known(trail[:-1])
    return f"Known here: {', '.join(here)}" if here else "Take it out"


def _likely_key(trail: Trail) -> str:
    """Return the key that was probably meant in this place; an empty string if none."""
    key, known = str(trail[-1])[:40].lower(), _known(trail[:-1])
    if _SYNONYMS.get(key) in known:
        return _SYNONYMS[key]
    close = get_close_matches(key, known, n=1, cutoff=0.7)
    return close[0] if close else ""


def _known(trail: Trail) -> list[str]:
    table = PLACES.get(_place(trail))
    return [] if table is None else list(table.model_fields)


def _example(trail: Trail) -> str:
    if not (words := [step for step in trail if isinstance(step, str)]):
        return "Compare with examples/pair.yaml"
    *above, key = words
    table = PLACES.get(_place(tuple(above)))
    if table is None or key not in table.model_fields:
        return "Compare with examples/pair.yaml"
    (example, *_) = table.model_fields[key].examples or [""]
    return f"Write {key}: {_flow(example)}"


def _flow(value: object) -> str:
    """Return a value as YAML would have it in one line."""
    match value:
        case bool():
            return str(value).lower()
        case list():
            return f"[{', '.join(_flow(item) for item in value)}]"
        case dict():
            return f"{{{', '.join(f'{key}: {_flow(item)}' for key, item in value.items())}}}"
        case _:
            return str(value).strip()


def _place(trail: Trail) -> tuple[str, ...]:
    words = tuple(step for step in trail if isinstance(step, str))
    return words[:2] if words[:2] == ("vip", "track") else words
