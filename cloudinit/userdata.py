"""user-data: our cloud-config, with the user's own merged in."""

import base64

from vipprov.cloudinit import merge, own, yamltext
from vipprov.cloudinit.credentials import Credentials
from vipprov.cloudinit.own import CloudConfig
from vipprov.guest import render
from vipprov.guest.configuration import Configuration, GuestFile
from vipprov.guest.pair import Guest, Pair


def document(
    pair: Pair,
    guest: Guest,
    configuration: Configuration,
    credentials: Credentials,
    config: CloudConfig | None,
) -> str:
    """Return user-data as text."""
    ours = {
        **_names(guest),
        **_packages(pair, configuration),
        **_logins(credentials),
        **_files(configuration),
        **_commands(configuration),
    }
    if config is not None:
        paths = set(render.owned(configuration))
        ours = merge.merge(ours, config, paths=paths, firm=pair.packages_update)
    return f"{own.HEADER}\n{yamltext.dump(ours)}"


def root_login(password_hash: str) -> str:
    """Return cloud-config that gives root this password; no sshd of today lets root in with it."""
    root = {"name": "root", "password": password_hash, "type": "hash"}
    return f"{own.HEADER}\n{yamltext.dump({'chpasswd': {'expire': False, 'users': [root]}})}"


def hostname(guest: Guest) -> str:
    """Return the guest's name up to its first dot."""
    return guest.name.partition(".")[0]


def _names(guest: Guest) -> dict[str, object]:
    full = {"fqdn": guest.name} if "." in guest.name else {}
    return {
        "hostname": hostname(guest),
        **full,
        "preserve_hostname": False,
        # Adds one line; `true` would write the file anew from a template on every boot.
        "manage_etc_hosts": "localhost",
        # Small images have no locales to set, and the module then fails. The word, since the
        # schema of cloud-init 22.4 wants a text, and every version takes it for a no.
        "locale": "false",
    }


def _packages(pair: Pair, configuration: Configuration) -> dict[str, object]:
    """Name packages only where they are updated: images have them, and asking costs seconds."""
    keys: dict[str, object] = {
        "package_update": pair.packages_update,
        "package_upgrade": pair.packages_update,
    }
    if pair.packages_update and configuration.packages:
        keys["packages"] = list(configuration.packages)
    return keys


def _logins(credentials: Credentials) -> dict[str, object]:
    # An RSA key takes a slow guest seconds to find. ECDSA serves where FIPS forbids Ed25519.
    keys: dict[str, object] = {"ssh_genkeytypes": ["ed25519", "ecdsa"]}
    if credentials.ssh_keys or credentials.password_hash:
        keys["users"] = ["default"]
    if credentials.ssh_keys:
        keys["ssh_authorized_keys"] = list(credentials.ssh_keys)
    if credentials.password_hash:
        keys |= {"password": credentials.password_hash, "chpasswd": {"expire": False}}
    return keys


def _files(configuration: Configuration) -> dict[str, object]:
    if not configuration.files:
        return {}
    return {"write_files": [_file(file) for file in configuration.files]}


def _file(file: GuestFile) -> dict[str, object]:
    return {
        "path": str(file.path),
        "owner": "root:root",
        "permissions": f"{file.mode:04o}",
        **_content(file.content),
    }


def _content(text: str) -> dict[str, object]:
    if all(letter.isprintable() or letter in "\n\t" for letter in text):
        return {"content": text}
    raw = text.encode(errors="surrogateescape")
    return {"encoding": "b64", "content": base64.b64encode(raw).decode()}


def _commands(configuration: Configuration) -> dict[str, object]:
    commands = (
        ("bootcmd", configuration.at_every_boot),
        ("runcmd", configuration.at_first_boot),
    )
    return {key: [list(argv) for argv in argvs] for key, argvs in commands if argvs}
