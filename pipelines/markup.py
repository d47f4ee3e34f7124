"""Markup: documents of HTML and SVG as trees, written out by one serialiser. Pure."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable

STYLE = """
:root { color-scheme: light; }
body { font: 15px/1.45 system-ui, sans-serif; color: #1b1f24; margin: 2rem auto; max-width: 100rem;
  padding: 0 1.5rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin: 0; } p { margin: .4rem 0; }
.columns { display: grid; gap: 1.5rem;
  grid-template-columns: repeat(auto-fit, minmax(30rem, 1fr)); }
section { overflow-x: auto; border: 1px solid #d0d7de; border-radius: 8px; padding: 1rem;
  margin: 1rem 0; }
.columns section { margin: 0; }
.good, .bad { font-weight: 600; } .good { color: #116329; } .bad { color: #a40e26; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums;
  font-size: .75rem; }
th, td { border-bottom: 1px solid #d0d7de; padding: .25rem .3rem; text-align: left; }
td:nth-child(-n+6) { white-space: nowrap; }
svg { width: 100%; height: auto; font: 11px system-ui, sans-serif; }
svg .answered, svg .key-answered { fill: #2da44e; } svg .lost { fill: #cf222e; }
svg .advert { stroke: #8250df; } svg .claim { fill: #0969da; } svg .move { fill: #bc4c00; }
svg .reached { fill: #fff; stroke: #1b1f24; stroke-width: 1.5; }
svg .mark { stroke: #57606a; stroke-dasharray: 3 3; } svg .axis { stroke: #d0d7de; }
svg .end { text-anchor: end; } svg .middle { text-anchor: middle; }
"""


def add(parent: ET.Element, tag: str, text: str = "", /, **attributes: object) -> ET.Element:
    """Add an element and return it; `class_` and `text_anchor` mean what they say without Python.

    Numbers are rounded to a tenth, which is finer than anybody sees.
    """
    made = ET.SubElement(parent, tag, {_name(key): _value(one) for key, one in attributes.items()})
    made.text = text or None
    return made


def document(title: str) -> tuple[ET.Element, ET.Element]:
    """Return a page that needs no network, and its body, to be filled."""
    root = ET.Element("html", {"lang": "en"})
    head = add(root, "head")
    add(head, "meta", charset="utf-8")
    add(head, "title", title)
    add(head, "style", STYLE)
    body = add(root, "body")
    add(body, "h1", title)
    return root, body


def table(parent: ET.Element, head: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Add a table."""
    made = add(parent, "table")
    line = add(add(made, "thead"), "tr")
    for name in head:
        add(line, "th", name)
    body = add(made, "tbody")
    for row in rows:
        line = add(body, "tr")
        for cell in row:
            add(line, "td", cell)


def text(root: ET.Element) -> str:
    """Return the page as it is written into a file."""
    ET.indent(root, space=" ")
    return "<!DOCTYPE html>\n" + ET.tostring(root, encoding="unicode", method="html") + "\n"


def _name(key: str) -> str:
    return {"view_box": "viewBox"}.get(key, key.rstrip("_").replace("_", "-"))


def _value(value: object) -> str:
    return f"{round(value, 1):g}" if isinstance(value, float) else str(value)
