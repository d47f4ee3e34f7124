"""Read the properties of very many objects page by page, past pyVmomi's parser.

pyVmomi makes an object of each element, and checks it: with 10,000 port groups that is most of what
an audit costs. Here the answer to the same call, over the same session, becomes values of three
sorts: what is plain, a `Part` with fields, and a `Pointer` to another object. Of thousands of port
groups most have one of a few policies: what is written alike on a page is read once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any, Final
from xml.etree import ElementTree as ET

from pyVmomi.SoapAdapter import SoapResponseDeserializer

_VIM: Final = "{urn:vim25}"
_TYPE: Final = "{http://www.w3.org/2001/XMLSchema-instance}type"
_OBJECTS, _TOKEN, _PROPERTY, _SAME = (
    f"{_VIM}{tag}" for tag in ("objects", "token", "propSet", "again")
)
_OPEN, _CLOSE = b"<propSet>", b"</propSet>"
_OK, _FAULT = 200, 500
_FLAGS: Final = {"true": True, "false": False}

_Property = tuple[str, Any]


class Part:
    """A data object as it was read; a field that is not there is None."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  the fields are those of the SDK
        return self._fields.get(name)


@dataclass(frozen=True, slots=True)
class Pointer:
    """What names another object, under the name that it has in pyVmomi."""

    _moId: str  # noqa: N815


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of the objects, and the token that leads to more of them."""

    objects: tuple[tuple[Pointer, dict[str, Any]], ...]
    token: str | None


def page(collector: Any, method: str, *arguments: object) -> Page:  # noqa: ANN401
    """Return what this method of a property collector answers; raise its fault."""
    return parsed(_answer(collector, method, arguments))


def parsed(answer: bytes) -> Page:
    """Return what is in an answer."""
    document = ET.fromstring(_abridged(answer))  # noqa: S314  from the server that was verified
    known: list[_Property] = []
    objects = tuple(_object(one, known) for one in document.iter(_OBJECTS))
    return Page(objects=objects, token=next((one.text for one in document.iter(_TOKEN)), None))


def _answer(collector: Any, method: str, arguments: tuple[object, ...]) -> bytes:  # noqa: ANN401
    """Return the body of a good answer; a connection that fails is not used again."""
    stub, info = collector._stub, getattr(type(collector), method).info  # noqa: SLF001
    headers = {
        "Cookie": stub.cookie,
        "SOAPAction": stub.versionId,
        "Content-Type": "text/xml; charset=UTF-8",
    }
    connection = stub.GetConnection()
    try:
        request = stub.SerializeRequest(collector, info, arguments)
        connection.request("POST", stub.path, request, headers)
        answer = connection.getresponse()
        _require_good(answer, stub, info)
        body: bytes = answer.read()
    except BaseException:
        connection.close()
        raise
    stub.ReturnConnection(connection)
    return body


def _require_good(answer: HTTPResponse, stub: Any, info: Any) -> None:  # noqa: ANN401
    """Raise the fault that the answer is, or say that it is none of vSphere's."""
    if answer.status == _FAULT:
        raise SoapResponseDeserializer(stub).Deserialize(answer, info.result)
    if answer.status != _OK:
        raise HTTPException(f"{answer.status} {answer.reason}")


def _abridged(answer: bytes) -> bytes:
    """Return the answer with the number of the first in place of a property that comes again.

    One that writes the tag in another way stays as it is.
    """
    head, *rest = answer.split(_OPEN)
    numbers: dict[bytes, bytes] = {}
    pieces = [head]
    for piece in rest:
        written, _, further = piece.partition(_CLOSE)
        known = numbers.get(written)
        pieces += (known, further) if known else (_OPEN, written, _CLOSE, further)
        numbers.setdefault(written, b"<again>%d</again>" % len(numbers))
    return b"".join(pieces)


def _object(element: ET.Element, known: list[_Property]) -> tuple[Pointer, dict[str, Any]]:
    """Return an object; `known` are the properties of those before it, in their order."""
    properties: list[_Property] = []
    for child in element:
        if child.tag == _SAME:
            properties.append(known[int(child.text or "")])
        elif child.tag == _PROPERTY:
            name, value = child
            known.append((name.text or "", _value(value)))
            properties.append(known[-1])
    return Pointer(element.findtext(f"{_VIM}obj", "")), dict(properties)


def _value(element: ET.Element) -> Any:  # noqa: ANN401
    match element.get(_TYPE, "").rpartition(":")[2]:
        case "string":
            return element.text or ""
        case "ManagedObjectReference":
            return Pointer(element.text or "")
        case kind if kind.startswith("ArrayOf"):
            return tuple(map(_part, element))
        case _:
            return _part(element)


def _part(element: ET.Element) -> Any:  # noqa: ANN401
    """Return a data object, or what is plain: its type is not told, and seen by how it is written.

    That is enough for policies. A string within an object may come out as a number.
    """
    if len(element):
        return Part({child.tag.removeprefix(_VIM): _part(child) for child in element})
    text = element.text or ""
    if text in _FLAGS:
        return _FLAGS[text]
    return int(text) if text.isdecimal() else text
