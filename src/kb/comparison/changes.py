"""What differs between two sides, thing by thing: added, removed, changed, renamed, moved, or with another content."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from kb import rdf
from kb.comparison import renames
from kb.comparison.sides import Side
from kb.namespaces import CONCEPT_KINDS, ID, ONTOLOGY, PREFIXES, SHAPES, kind_of
from kb.results.answers import Term, sort_key
from kb.turtle.blanks import Node

ADDED, REMOVED, CHANGED, CONTENT, RENAMED, MOVED = "added", "removed", "changed", "content", "renamed", "moved"
CHANGES = (CHANGED, CONTENT, ADDED, REMOVED, RENAMED, MOVED)
"""What may have happened to a thing, in the order in which it is told. ``content``: a claim is as it was, and what it says
is not."""

KINDS = (
    "claim", "link", "status", "proposition", "figure", "actor", "agreement", "event", "instrument", "mission", "place",
    "programme", "venue", "work", "concept", "document", "text", "passage", "selector", "marker", "reference", "curation",
    "term", "shape",
)  # fmt: skip
"""The kinds of thing in the order in which they are told: a reviewer looks first at who says what."""

_MM = PREFIXES["mm"]
CLAIMANT, STANCE, EXPRESSES = (rdf.NamedNode(_MM + name) for name in ("claimant", "stance", "expresses"))
CONTENT_NAMESPACES = (f"{ID}proposition/", f"{ID}figure/")


@dataclass(frozen=True)
class Change:
    """What one property had, of one language where it is text, and has now. Values that stayed are left out."""

    property: rdf.NamedNode
    language: str
    old: tuple[Term, ...]
    new: tuple[Term, ...]


@dataclass(frozen=True)
class Content:
    """A proposition or figure that has changed below a claim: the way to it from the claim's proposition, and what changed."""

    path: tuple[rdf.NamedNode, ...]
    thing: rdf.NamedNode
    changes: tuple[Change, ...]


@dataclass
class Thing:
    """Something that is not as it was; ``node`` is its new identifier, or for what is removed its old one."""

    node: rdf.NamedNode
    kind: str
    change: str
    changes: tuple[Change, ...] = ()
    renamed_from: rdf.NamedNode | None = None
    following: int = 0
    """How many references to a renamed thing follow it."""
    content: list[Content] = field(default_factory=list)
    moved: tuple[tuple[str, ...], tuple[str, ...]] | None = None

    @property
    def who_says_it(self) -> bool:
        """Whether it is a claim whose claimant or stance has changed."""
        if self.kind != "claim" or self.change in (ADDED, REMOVED):
            return False
        return any(change.property in (CLAIMANT, STANCE) for change in self.changes)


@dataclass
class Difference:
    """All that differs. ``others`` are the statements about what is no thing of ours; ``patch`` are all statements."""

    things: list[Thing]
    others: tuple[list[rdf.Triple], list[rdf.Triple]]
    patch: tuple[list[rdf.Triple], list[rdf.Triple]]

    def __bool__(self) -> bool:
        return bool(self.things or any(self.others) or any(self.patch))

    def counts(self) -> dict[str, Counter[str]]:
        """For each kind of thing, how many of them were added, removed and so on, in the order of ``KINDS``.

        A thing that has changed and moved counts for both.
        """
        counted: dict[str, Counter[str]] = {}
        for thing in self.things:
            happened = {thing.change}
            happened |= {CONTENT} if thing.content else set()
            happened |= {MOVED} if thing.moved else set()
            counted.setdefault(thing.kind, Counter()).update(happened)
        return counted


def kind(iri: str) -> str | None:
    """The kind of thing that an IRI of ours names, see ``KINDS``; None for any other IRI."""
    found = kind_of(iri)
    if found:
        return "concept" if found in CONCEPT_KINDS else found
    return "term" if iri.startswith(ONTOLOGY) else "shape" if iri.startswith(SHAPES) else None


Users = Callable[[rdf.NamedNode], Iterable[tuple[rdf.NamedNode, rdf.NamedNode]]]
"""Who refers to a thing, and by which property."""


def compare(old: Side, new: Side, elsewhere: Users | None = None) -> Difference:
    """What differs between two sides. ``elsewhere`` finds who refers to a thing that neither side's claims lead to."""
    removed = [*(old.plain - new.plain), *(old.blank - new.blank).elements()]
    added = [*(new.plain - old.plain), *(new.blank - old.blank).elements()]
    patch = (_sorted(removed), _sorted(added))
    touched = {triple.subject for triple in (*removed, *added) if _is_thing(triple.subject)}
    gone = {node for node in touched if node not in new.about}
    come = {node for node in touched if node not in old.about}
    new_name = renames.find(gone, come, old, new, kind)
    old_name = {name: node for node, name in new_name.items()}
    removed, added, following = _followed(removed, added, new_name)

    by_subject: dict[Node, tuple[list[rdf.Triple], list[rdf.Triple]]] = defaultdict(lambda: ([], []))
    for index, triples in enumerate((removed, added)):
        for triple in triples:
            by_subject[triple.subject][index].append(triple)
    things: dict[rdf.NamedNode, Thing] = {}
    for node in [*by_subject, *old_name]:
        if node in things or not _is_thing(node):
            continue
        what = ADDED if node in come else REMOVED if node in gone else CHANGED
        thing = things[node] = Thing(node, str(kind(node.value)), what, _changes(*by_subject[node]))
        if node in old_name:
            thing.change, thing.renamed_from, thing.following = RENAMED, old_name[node], following[node]
    for node, where in _moves(old, new, new_name).items():
        things.setdefault(node, Thing(node, str(kind(node.value)), MOVED)).moved = where
    _tell_claims(things, old, new, elsewhere)
    rank = {name: number for number, name in enumerate((*KINDS, *CHANGES))}
    ordered = sorted(things.values(), key=lambda t: (rank[t.kind], rank[t.change], t.node.value))
    others = []
    for triples, side in ((removed, old), (added, new)):
        told = _inside(triples, side)
        others.append(_sorted(t for t in triples if not _is_thing(t.subject) and t.subject not in told))
    return Difference(ordered, (others[0], others[1]), patch)


def _is_thing(node: Node) -> bool:
    return isinstance(node, rdf.NamedNode) and kind(node.value) is not None


def _sorted(triples: Iterable[rdf.Triple]) -> list[rdf.Triple]:
    return sorted(triples, key=str)


def _followed(
    removed: list[rdf.Triple], added: list[rdf.Triple], new_name: dict[rdf.NamedNode, rdf.NamedNode]
) -> tuple[list[rdf.Triple], list[rdf.Triple], Counter[Node]]:
    """The differences that are left once old names are read as the new ones, and how many references followed each."""
    following: Counter[Node] = Counter()
    if not new_name:
        return removed, added, following
    left, rest = [], Counter(added)
    for triple in removed:
        renamed = rdf.Triple(*(new_name.get(term, term) for term in triple))
        if not rest[renamed]:
            left.append(renamed)
            continue
        rest[renamed] -= 1
        for before, after in zip(list(triple)[1:], list(renamed)[1:], strict=True):
            following[after] += before != after
    return left, list(rest.elements()), following


def _changes(removed: list[rdf.Triple], added: list[rdf.Triple]) -> tuple[Change, ...]:
    """The changed properties of one thing, who says it first."""
    values: dict[tuple[rdf.NamedNode, str], tuple[list[Term], list[Term]]] = defaultdict(lambda: ([], []))
    for index, triples in enumerate((removed, added)):
        for triple in triples:
            language = triple.object.language or "" if isinstance(triple.object, rdf.Literal) else ""
            values[triple.predicate, language][index].append(triple.object)
    found = [
        Change(property, language, tuple(sorted(old, key=sort_key)), tuple(sorted(new, key=sort_key)))
        for (property, language), (old, new) in values.items()
    ]
    first = (CLAIMANT, STANCE)
    return tuple(sorted(found, key=lambda c: (c.property not in first, c.property.value, c.language)))


def _moves(
    old: Side, new: Side, new_name: dict[rdf.NamedNode, rdf.NamedNode]
) -> dict[rdf.NamedNode, tuple[tuple[str, ...], tuple[str, ...]]]:
    """The things some of whose statements are elsewhere now: another file below the folder, another named graph."""
    if old.is_folder != new.is_folder:
        return {}
    found: dict[rdf.NamedNode, tuple[set[str], set[str]]] = {}
    for triple, before in old.homes.items():
        now = rdf.Triple(*(new_name.get(term, term) for term in triple)) if new_name else triple
        after = new.homes.get(now)
        if after is not None and after != before and set(after) != set(before) and _is_thing(now.subject):
            places = found.setdefault(now.subject, (set(), set()))
            places[0].update(before)
            places[1].update(after)
    return {node: (tuple(sorted(before)), tuple(sorted(after))) for node, (before, after) in found.items()}


def _inside(triples: Iterable[rdf.Triple], side: Side) -> set[Node]:
    """The blank nodes that are told as part of a value, since a statement on something with a name leads to them."""
    found = {t.object for t in triples if isinstance(t.object, rdf.BlankNode) and isinstance(t.subject, rdf.NamedNode)}
    frontier = list(found)
    for node in frontier:
        inner = {t.object for t in side.of(node) if isinstance(t.object, rdf.BlankNode)} - found
        found |= inner
        frontier += inner
    return found


def _tell_claims(things: dict[rdf.NamedNode, Thing], old: Side, new: Side, elsewhere: Users | None) -> None:
    """Tell changed propositions and figures at the claims that say them too, through whatever lies between."""
    changed = [t for t in things.values() if t.change == CHANGED and t.kind in ("proposition", "figure")]
    if not changed:
        return
    users: dict[Node, list[tuple[rdf.NamedNode, rdf.NamedNode]]] = defaultdict(list)
    for triple in new.plain:
        if isinstance(triple.object, rdf.NamedNode) and triple.object.value.startswith(CONTENT_NAMESPACES):
            users[triple.object].append((triple.subject, triple.predicate))
    for thing in changed:
        claims = _claims_saying(thing.node, lambda node: users.get(node, ()))
        if not claims and elsewhere is not None:
            claims = _claims_saying(thing.node, lambda node: users.get(node) or elsewhere(node))
        for claim, path in claims.items():
            about = things.setdefault(claim, Thing(claim, "claim", CONTENT))
            if about.change == MOVED:
                about.change = CONTENT
            if about.change != ADDED:
                about.content.append(Content(path, thing.node, thing.changes))
    for thing in things.values():
        thing.content.sort(key=lambda content: ([step.value for step in content.path], content.thing.value))


def _claims_saying(start: rdf.NamedNode, users: Users) -> dict[rdf.NamedNode, tuple[rdf.NamedNode, ...]]:
    """The claims whose proposition a node is, or leads to, each with the properties on the shortest way there."""
    found: dict[rdf.NamedNode, tuple[rdf.NamedNode, ...]] = {}
    seen = {start}
    frontier: list[tuple[rdf.NamedNode, tuple[rdf.NamedNode, ...]]] = [(start, ())]
    for node, path in frontier:
        for user, property in users(node):
            if property == EXPRESSES:
                found.setdefault(user, path)
            elif user not in seen and isinstance(user, rdf.NamedNode) and user.value.startswith(CONTENT_NAMESPACES):
                seen.add(user)
                frontier.append((user, (property, *path)))
    return found
