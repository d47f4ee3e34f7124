"""The kinds of values in a pair file: how each is read, and how an editor is told about it."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from vipprov.guest.pair import Address, Interface, SecretRef
from vipprov.guest.pairfile import (
    addresses,
    hypervisors,
    keepalived_words,
    names,
    references,
    units,
)


def _text(pattern: str, *examples: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$", "examples": list(examples)})


_ADDRESS = r"[0-9A-Fa-f:.]+(/[0-9]{1,3})?"
_ADDRESS_ALONE = r"[0-9A-Fa-f:.]+"
_MAC = r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}"
_DURATION = _text(units.DURATION, "100ms", "1s", "3m")
_GIBI = units.MEBI * 1024

PairName = Annotated[str, BeforeValidator(names.pair), _text(names.LABEL, "web")]
GuestName = Annotated[str, BeforeValidator(names.guest), _text(names.LABEL, "web-1")]
PortGroup = Annotated[str, BeforeValidator(names.port_group), _text(r"[^/\\]{1,80}", "leaf1")]
InventoryName = Annotated[str, BeforeValidator(names.inventory), _text(r".{1,256}", "Production")]
InterfaceName = Annotated[
    str, BeforeValidator(names.interface), _text(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}", "eth0")
]
ImageName = Annotated[str, BeforeValidator(names.image), _text(r".{1,256}", "debian-12")]
FilePath = Annotated[str, BeforeValidator(names.path), _text(r".{1,256}", "user.yaml")]
TrackName = Annotated[
    str, BeforeValidator(names.track), _text(r"[A-Za-z][A-Za-z0-9_-]{0,31}", "haproxy")
]
SysctlKey = Annotated[
    str, BeforeValidator(names.sysctl_key), _text(names.SYSCTL, "net.ipv4.ip_forward")
]
SysctlValue = Annotated[
    str,
    BeforeValidator(names.sysctl_value),
    WithJsonSchema({"type": ["string", "integer"]}),
]
HypervisorUrl = Annotated[
    str, BeforeValidator(hypervisors.address), _text(hypervisors.URL, "lxc:///system")
]

VirtualAddress = Annotated[
    Interface, BeforeValidator(addresses.virtual), _text(_ADDRESS, "10.50.50.50/24")
]
GuestAddress = Annotated[
    Interface, BeforeValidator(addresses.on_guest), _text(_ADDRESS, "10.50.50.51/24")
]
HostAddress = Annotated[
    Address, BeforeValidator(addresses.host), _text(_ADDRESS_ALONE, "10.50.50.250")
]
ServerAddress = Annotated[
    Address, BeforeValidator(addresses.server), _text(_ADDRESS_ALONE, "10.50.50.1")
]
MacAddress = Annotated[str, BeforeValidator(addresses.mac), _text(_MAC, "52:54:00:aa:bb:cc")]


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


Gateways = Annotated[
    list[HostAddress],
    BeforeValidator(_listed),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": f"^{_ADDRESS_ALONE}$"},
                {"type": "array", "items": {"type": "string", "pattern": f"^{_ADDRESS_ALONE}$"}},
            ]
        }
    ),
]

Duration = Annotated[timedelta, BeforeValidator(units.duration), _DURATION]
GarpRefresh = Annotated[timedelta, BeforeValidator(units.whole_seconds(0, 86_400)), _DURATION]
TrackInterval = Annotated[timedelta, BeforeValidator(units.whole_seconds(1, 3600)), _DURATION]
Window = Annotated[timedelta, BeforeValidator(units.whole_seconds(1, 86_400)), _DURATION]
Timeout = Annotated[timedelta, BeforeValidator(units.whole_seconds(1, 86_400)), _DURATION]
MemorySize = Annotated[
    int,
    BeforeValidator(units.size(64 * units.MEBI, 16 * 1024 * _GIBI)),
    _text(units.SIZE, "512MiB"),
]
DiskSize = Annotated[
    int,
    BeforeValidator(units.size(512 * units.MEBI, 64 * 1024 * _GIBI)),
    _text(units.SIZE, "4GiB"),
]

Command = Annotated[
    list[
        Annotated[
            str, BeforeValidator(keepalived_words.argument), WithJsonSchema({"type": "string"})
        ]
    ],
    AfterValidator(keepalived_words.command),
    WithJsonSchema({"type": "array", "items": {"type": "string"}, "minItems": 1}),
]
Secret = Annotated[
    SecretRef, BeforeValidator(references.secret), _text(references.REFERENCE, "env:GUEST_PASSWORD")
]
SshKey = Annotated[
    str | SecretRef,
    BeforeValidator(references.ssh_key),
    _text(r"(env:|file:|ssh-|ecdsa-|sk-).+", "file:~/.ssh/id_ed25519.pub"),
]
