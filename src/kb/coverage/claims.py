"""Completeness of the claims: that every passage carries some, or says why not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from kb.coverage.knowledge import Document
from kb.errors import UsageError
from kb.messages import did_you_mean
from kb.namespaces import ID, curie, expand


@dataclass(frozen=True)
class Gap:
    """Something that is not accounted for. ``kind`` is ``claim``, ``text``, ``anchor``, ``marker``, ``number`` or ``name``."""

    document: str
    passage: str | None
    kind: str
    detail: str


def choose(documents: list[Document], slug: str | None, section: str | None) -> tuple[list[Document], set[str] | None]:
    """The documents asked for, and the passages in view (None for all).

    ``section`` is a passage by CURIE, IRI or local name. Raises UsageError for a document or passage that is not known.
    """
    if slug is not None:
        known = [document.slug for document in documents]
        if slug not in known:
            raise UsageError(f"no document {slug!r} with a text tier{did_you_mean(slug, known)}")
        documents = [document for document in documents if document.slug == slug]
    if section is None:
        return documents, None
    iri = expand(section) or (section if section.startswith(ID) else f"{ID}passage/{section}")
    for document in documents:
        if any(passage.iri == iri for passage in document.passages):
            return [document], document.below(iri)
    known = [curie(passage.iri) for document in documents for passage in document.passages]
    raise UsageError(f"no passage {curie(iri)!r}{did_you_mean(curie(iri), known)}")


def counts(document: Document, view: set[str] | None) -> list[tuple[str, int, int, int, int, int]]:
    """Rows of kind, passages, passages with claims, claims, passages with a reason, gaps; the last row is for all kinds."""
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for passage in document.leaves():
        if view is not None and passage.iri not in view:
            continue
        for kind in (passage.kind, "all"):
            rows[kind]["passages"] += 1
            rows[kind]["with claims"] += bool(passage.claims)
            rows[kind]["claims"] += len(passage.claims)
            rows[kind]["reason"] += passage.reason is not None
            rows[kind]["gaps"] += passage.gap
    total = rows.pop("all", Counter())
    columns = ("passages", "with claims", "claims", "reason", "gaps")
    return [(kind, *(row[name] for name in columns)) for kind, row in [*sorted(rows.items()), ("all", total)]]


def claim_gaps(document: Document, view: set[str] | None) -> Iterator[Gap]:
    """The passages that have neither claims nor a reason for having none, and those that have both."""
    for passage in document.leaves():
        if view is not None and passage.iri not in view:
            continue
        if passage.gap:
            yield Gap(document.slug, passage.iri, "claim", f"this {passage.kind} has neither claims nor a reason for having none")
        elif passage.claims and passage.reason is not None:
            yield Gap(document.slug, passage.iri, "claim", f"this {passage.kind} has claims and also a reason for having none")
