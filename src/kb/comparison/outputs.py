"""A comparison for programs: JSON, CSV, and the plain statements as an RDF Patch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kb import rdf
from kb.comparison.changes import REMOVED, Change, Difference, Thing
from kb.comparison.reader import Reader
from kb.comparison.report import Report
from kb.messages import printable
from kb.namespaces import curie
from kb.results import tables
from kb.results.answers import Term

COLUMNS = ("change", "kind", "id", "label", "property", "old", "new", "via")


def as_json(difference: Difference, old: Reader, new: Reader, names: tuple[str, str], summary: bool = False) -> str:
    """Everything with full IRIs, and labels beside them; with ``summary`` only the counts."""
    import json

    removed, added = difference.others
    document: dict[str, Any] = {
        "old": names[0],
        "new": names[1],
        "different": bool(difference),
        "counts": {kind: dict(counter) for kind, counter in difference.counts().items()},
        "statements": {"removed": len(difference.patch[0]), "added": len(difference.patch[1])},
    }
    if not summary:
        document["things"] = [_thing(thing, old, new) for thing in difference.things]
        document["other statements"] = {
            "removed": [_triple(t, old) for t in removed],
            "added": [_triple(t, new) for t in added],
        }
    return printable(json.dumps(document, ensure_ascii=False, indent=2)) + "\n"


def _thing(thing: Thing, old: Reader, new: Reader) -> dict[str, Any]:
    reader = old if thing.change == REMOVED else new
    found: dict[str, Any] = {"id": thing.node.value, "kind": thing.kind, "change": thing.change}
    found["label"] = reader.headline(thing.node)
    if thing.renamed_from is not None:
        found["renamed from"] = thing.renamed_from.value
        found["references that follow"] = thing.following
    if thing.moved:
        found["moved"] = {"from": list(thing.moved[0]), "to": list(thing.moved[1])}
    if thing.changes:
        found["properties"] = [_change(change, old, new) for change in thing.changes]
    if thing.content:
        found["content"] = [
            {
                "id": content.thing.value,
                "via": [step.value for step in content.path],
                "properties": [_change(change, old, new) for change in content.changes],
            }
            for content in thing.content
        ]
    return found


def _change(change: Change, old: Reader, new: Reader) -> dict[str, Any]:
    return {
        "property": change.property.value,
        "label": new.name(change.property.value),
        "removed": [_value(term, old) for term in change.old],
        "added": [_value(term, new) for term in change.new],
    }


def _value(term: Term, reader: Reader) -> dict[str, str]:
    if isinstance(term, rdf.NamedNode):
        name = reader.name(term.value)
        return {"iri": term.value} | ({"label": name} if name != curie(term.value) else {})
    if isinstance(term, rdf.Literal):
        kind = {"language": term.language} if term.language else {"datatype": term.datatype.value}
        return {"value": term.value, **kind}
    return {"blank": reader.shown(term)}


def _triple(triple: rdf.Triple, reader: Reader) -> dict[str, Any]:
    subject, predicate, value = triple
    told = {"iri": subject.value} if isinstance(subject, rdf.NamedNode) else {"blank": reader.shown(subject)}
    return {"subject": told, "property": predicate.value, "value": _value(value, reader)}


def as_csv(difference: Difference, report: Report, old: Reader, new: Reader, summary: bool = False) -> str:
    """A row for each changed property, and for each thing that was added, removed, renamed or moved; or the counts."""
    if summary:
        header, rows = report.counts()
        return printable(tables.csv(["kind", *header[1:]], rows))
    return printable(tables.csv(COLUMNS, list(_rows(difference, report, old, new))))


def _rows(difference: Difference, report: Report, old: Reader, new: Reader) -> Iterator[Sequence[str]]:
    for thing in difference.things:
        reader = old if thing.change == REMOVED else new
        same = (thing.kind, curie(thing.node.value), reader.headline(thing.node))
        if thing.renamed_from is not None:
            yield (thing.change, *same, "", curie(thing.renamed_from.value), same[1], "")
        elif thing.change in ("added", "removed"):
            yield (thing.change, *same, "", "", "", "")
        if thing.change == "changed":
            for change in thing.changes:
                before, after = ("; ".join(texts) for texts in report.values(change))
                yield (thing.change, *same, _property(change), before, after, "")
        for content in thing.content:
            via = " ".join([*(curie(step.value) for step in content.path), curie(content.thing.value)])
            for change in content.changes:
                before, after = ("; ".join(texts) for texts in report.values(change))
                yield ("content", *same, _property(change), before, after, via)
        if thing.moved:
            yield ("moved", *same, "", *(", ".join(places) for places in thing.moved), "")
    for change, triples, reader in zip(("removed", "added"), difference.others, (old, new), strict=True):
        for subject, predicate, value in triples:
            told = curie(subject.value) if isinstance(subject, rdf.NamedNode) else "[]"
            texts = ("", reader.shown(value)) if change == "added" else (reader.shown(value), "")
            yield (change, "other", told, "", curie(predicate.value), *texts, "")


def _property(change: Change) -> str:
    return curie(change.property.value) + (f"@{change.language}" if change.language else "")


def as_patch(difference: Difference) -> str:
    """The statements that are gone (D) and have come (A) as an RDF Patch (https://afs.github.io/rdf-patch/).

    A blank node's label is a digest of its content: such a row can be read, and not be applied to a store.
    """
    rows = [
        f"{code} {triple} .\n"
        for code, triples in zip("DA", difference.patch, strict=True)
        for triple in dict.fromkeys(triples)
    ]
    return printable("".join(["TX .\n", *rows, "TC .\n"])) if rows else ""
