"""Who may log in: public keys and the hash of a password."""

from collections.abc import Mapping
from dataclasses import dataclass

from vipprov.cloudinit import publickey, secret
from vipprov.guest.errors import SpecError
from vipprov.guest.pair import Pair, SecretRef

LONGEST_PASSWORD = 72  # octets: bcrypt reads no further
COST = 10  # 76 ms on a slow machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What the default user of the guest logs in with. The password is a hash, never plain."""

    password_hash: str | None = None
    ssh_keys: tuple[str, ...] = ()

    def __repr__(self) -> str:
        password = "no" if self.password_hash is None else "a"
        return f"Credentials({password} password, {len(self.ssh_keys)} ssh keys)"


def resolve(pair: Pair, environment: Mapping[str, str]) -> Credentials:
    """Return the credentials that the pair file refers to, or say which reference leads nowhere."""
    keys = ssh_keys(pair, environment)
    if pair.password is None:
        return Credentials(ssh_keys=keys)
    plain = secret.read(pair.password, environment, secret.Kind.PASSWORD)
    return Credentials(password_hash=_hashed(plain, pair.password), ssh_keys=keys)


def ssh_keys(pair: Pair, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the public keys, each once; the password's reference is not followed."""
    keys: list[str] = []
    for key in pair.ssh_keys:
        if isinstance(key, SecretRef):
            keys += publickey.parse(secret.read(key, environment, secret.Kind.KEYS), str(key))
        else:
            keys += publickey.parse(key, "An entry of ssh_keys")
    return tuple(dict.fromkeys(keys))


def complaint(pair: Pair, environment: Mapping[str, str]) -> str:
    """Return why the password cannot be had; nothing where it can, or where there is none."""
    if pair.password is None:
        return ""
    try:
        secret.read(pair.password, environment, secret.Kind.PASSWORD)
    except SpecError as error:
        return str(error)
    return ""


def _hashed(plain: str, reference: SecretRef) -> str:
    octets = plain.encode()
    if len(octets) > LONGEST_PASSWORD:
        raise SpecError(
            f"The password of {reference} is longer than {LONGEST_PASSWORD} bytes.",
            hint="Its hash would stop reading there: choose a shorter one.",
        )
    if any(letter < " " or letter == "\x7f" for letter in plain):
        raise SpecError(
            f"The password of {reference} has a control character or a line feed in it.",
            hint="No terminal could type it: keep the password alone, on one line.",
        )
    import bcrypt  # noqa: PLC0415  only those who set a password pay for it

    digest = bcrypt.hashpw(octets, bcrypt.gensalt(COST)).decode()
    # The same hash under its other name: cloud-init takes a `$2b$` for a password in plain text.
    return "$2y$" + digest.removeprefix("$2b$")
