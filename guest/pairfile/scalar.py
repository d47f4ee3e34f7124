"""Plain words as YAML 1.2 reads them (its core schema), in which `no`, `on` and `1:30` are text."""

import re
from typing import TypeAlias

Value: TypeAlias = str | int | float | bool | None

_NULL = re.compile(r"|~|null|Null|NULL")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
# Longer numbers mean nothing in a pair file, and Python refuses to convert the really long ones.
_DECIMAL = re.compile(r"[-+]?[0-9]{1,18}")
_OCTAL = re.compile(r"0o[0-7]{1,18}")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]{1,15}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]{1,30}|[0-9]{1,30}(\.[0-9]{0,30})?)([eE][-+]?[0-9]{1,3})?")
_AMBIGUOUS = re.compile(r"[-+]?0[0-9]+")


def resolve(word: str) -> Value:
    """Return what an unquoted word stands for."""
    if _NULL.fullmatch(word):
        return None
    if _TRUE.fullmatch(word):
        return True
    if _FALSE.fullmatch(word):
        return False
    return _number(word)


def ambiguous(word: str) -> bool:
    """Say whether YAML 1.1 and 1.2 read this word as two different numbers: 010 is 8 or 10."""
    return _AMBIGUOUS.fullmatch(word) is not None


def _number(word: str) -> Value:
    if _DECIMAL.fullmatch(word):
        return int(word)
    if _OCTAL.fullmatch(word) or _HEXADECIMAL.fullmatch(word):
        return int(word, 0)
    if _FLOAT.fullmatch(word):
        return float(word)
    return word
