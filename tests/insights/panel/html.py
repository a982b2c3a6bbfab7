"""What any page of the panel must hold to, read from its HTML alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
HEADS = {"h1", "h2", "h3", "h4"}


@dataclass
class Node:
    """An element with what is in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)
    own: str = ""

    @property
    def text(self) -> str:
        """All words inside."""
        return " ".join([self.own, *(child.text for child in self.children)]).strip()

    def every(self, *tags: str) -> list[Node]:
        """All elements of these kinds inside, in their order."""
        found = [self] if self.tag in tags or not tags else []
        for child in self.children:
            found += child.every(*tags)
        return found

    def inside(self, *tags: str) -> bool:
        """Whether it stands within an element of these kinds."""
        above = self.parent
        while above is not None:
            if above.tag in tags:
                return True
            above = above.parent
        return False

    def classes(self) -> set[str]:
        """Its classes."""
        return set(self.attributes.get("class", "").split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.at = Node("document")
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Node(tag, {key: value or "" for key, value in attrs}, self.at)
        self.at.children.append(made)
        if tag not in VOID:
            self.at = made

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.at.children.append(Node(tag, {key: value or "" for key, value in attrs}, self.at))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if self.at.tag != tag:
            self.faults.append(f"</{tag}> closes <{self.at.tag}>")
        if self.at.parent is not None:
            self.at = self.at.parent

    def handle_data(self, data: str) -> None:
        self.at.own += data


def read(page: str) -> Node:
    """The tree of a page."""
    reader = _Reader()
    reader.feed(page)
    return reader.root


def faults(page: str) -> list[str]:
    """What is wrong with a page: empty when nothing is."""
    reader = _Reader()
    reader.feed(page)
    root = reader.root
    found = list(reader.faults)
    found += [f"<{node.tag}> is left open" for node in _open(reader.at)]
    ids = Counter(node.attributes["id"] for node in root.every() if "id" in node.attributes)
    found += [f"the id {key} is there {count} times" for key, count in ids.items() if count > 1]
    found += [f"style on <{node.tag}>" for node in root.every() if "style" in node.attributes]
    found += [f"{key} on <{node.tag}>" for node in root.every() for key in node.attributes if key.startswith("on")]
    found += ["a script in the page" for node in root.every("script") if not node.attributes.get("src")]
    panel = next((node for node in root.every("div") if "ins" in node.classes()), root)
    return found + _heads(root, panel) + _names(root, panel, set(ids)) + _tables(panel)


def _open(node: Node) -> list[Node]:
    found = []
    above: Node | None = node
    while above is not None and above.parent is not None:
        found.append(above)
        above = above.parent
    return found


def _heads(root: Node, panel: Node) -> list[str]:
    ranks = [int(node.tag[1]) for node in panel.every(*HEADS)]
    jumps = [f"h{after} under h{before}" for before, after in pairwise(ranks) if after > before + 1]
    firsts = len(root.every("h1")) - sum(node.attributes.get("id") == "site-name" for node in root.every("h1"))
    return jumps + ([] if firsts == 1 else [f"{firsts} headings of the first rank"])


def _name(node: Node, labels: set[str]) -> str:
    if node.attributes.get("aria-label"):
        return node.attributes["aria-label"]
    if node.inside("label") or node.attributes.get("id") in labels:
        return "labelled"
    pictures = " ".join(picture.attributes.get("alt", "") for picture in node.every("img"))
    return (node.text or pictures or node.attributes.get("title", "")).strip()


def _names(root: Node, panel: Node, ids: set[str]) -> list[str]:
    labels = {node.attributes["for"] for node in root.every("label") if "for" in node.attributes}
    controls = [node for node in panel.every("input", "select", "textarea") if node.attributes.get("type") != "hidden"]
    found = [
        f"<{node.tag} name={node.attributes.get('name')}> has no label" for node in controls if not _name(node, labels)
    ]
    found += [f"<{node.tag}> says nothing" for node in panel.every("a", "button", "summary") if not _name(node, labels)]
    found += [
        f"a picture without alt: {node.attributes}" for node in panel.every("img") if "alt" not in node.attributes
    ]
    drawings = [node for node in panel.every("svg") if not {"aria-label", "aria-hidden"} & set(node.attributes)]
    found += [f"a drawing without a label: {node.attributes}" for node in drawings]
    found += [f"a <nav> without a name: {node.attributes}" for node in panel.every("nav") if not _name(node, labels)]
    for node in panel.every():
        for key in ("aria-describedby", "aria-labelledby", "aria-controls", "form"):
            found += [
                f"{key} leads to no {place}" for place in node.attributes.get(key, "").split() if place not in ids
            ]
    for form in panel.every("form"):
        sent = {node.attributes.get("name") for node in form.every("input")}
        if form.attributes.get("method", "get").lower() == "post" and "csrfmiddlewaretoken" not in sent:
            found.append(f"a form without its token: {form.attributes}")
    return found


def _tables(panel: Node) -> list[str]:
    found = [
        f"a head without scope: {node.text[:30]}"
        for node in panel.every("th")
        if node.attributes.get("scope") not in ("col", "row")
    ]
    for table in panel.every("table"):
        widths = {
            sum(int(cell.attributes.get("colspan", 1)) for cell in row.children if cell.tag in ("td", "th"))
            for row in table.every("tr")
        }
        if len(widths) > 1:
            found.append(f"rows of {sorted(widths)} cells in one table")
    return found
