"""The page of one thing: what it is, what is said of it, by whom, on what evidence, and who disputes it.

Properties are shown with the labels that the ontology gives them, whatever they are, so that the page grows with it; only
the argument about a thing has sections of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from kb import rdf
from kb.browse.neighbours import MM, RDF_TYPE, Neighbours, Saying
from kb.messages import printable
from kb.namespaces import PREFIXES, curie
from kb.results.answers import Term, sort_key
from kb.results.columns import wrap
from kb.sources import Source

_SKOS, _OA = PREFIXES["skos"], PREFIXES["oa"]
_LABELS = (_SKOS + "prefLabel", PREFIXES["rdfs"] + "label", PREFIXES["dcterms"] + "title", MM + "gloss")
_NOTES = (_SKOS + "definition", _SKOS + "scopeNote", PREFIXES["dcterms"] + "description")
_SAID_ELSEWHERE = (*_LABELS, *_NOTES, RDF_TYPE, _SKOS + "altLabel", PREFIXES["rdfs"] + "isDefinedBy")
_CLAIM_OWN = tuple(MM + name for name in ("expresses", "claimant", "stance", "statedIn", "viaMarker"))
_WORDS = {
    "en": {
        "also": "also called", "says": "What it says", "how": "How it is said", "evidence": "Cited works", "where": "Where",
        "others": "On the same proposition", "answers": "Answers", "links": "Links to other claims", "of it": "Said of it",
        "by it": "Said by it", "reported": "Reported by it", "citing": "Claims that cite it", "stated": "Claims stated in it",
        "refers": "Referred to by", "claims": "claims", "works": "works cited", "characters": "characters", "of": "of",
        "more": "more", "disputed": "disputed: {} {}", "reported by": "reported by", "nobody": "somebody", "none": "none",
        "expressing": "Claims that express it", "status": "Status",
    },
    "es": {
        "also": "también llamado", "says": "Lo que dice", "how": "Cómo se dice", "evidence": "Obras citadas", "where": "Dónde",
        "others": "Sobre la misma proposición", "answers": "Respuestas", "links": "Enlaces con otras afirmaciones",
        "of it": "Lo que se dice de esto", "by it": "Lo que dice", "reported": "Lo que relata",
        "citing": "Afirmaciones que lo citan", "stated": "Afirmaciones que contiene", "refers": "Se refieren a esto",
        "claims": "afirmaciones", "works": "obras citadas", "characters": "caracteres", "of": "de", "more": "más",
        "disputed": "en disputa: {} {}", "reported by": "relatado por", "nobody": "alguien", "none": "ninguna",
        "expressing": "Afirmaciones que la expresan", "status": "Situación",
    },
}  # fmt: skip


class Page:
    """Writes the page of a thing in one language; lists are cut after ``limit`` items."""

    def __init__(self, source: Source, lang: str = "en", limit: int = 20, width: int = 100) -> None:
        self._near = Neighbours(source, lang)
        self._lang = lang
        self._words = _WORDS[lang]
        self._limit = limit
        self._width = max(width, 40)
        self._lines: list[str] = []

    def write(self, iri: str) -> str:
        """The page's text. ``iri`` is of something that the source describes."""
        self._lines = []
        self._head(iri)
        if self._near.properties(iri).get(MM + "expresses"):
            self._claim(iri)
        else:
            self._thing(iri)
        return printable("\n".join(self._lines) + "\n")

    def _head(self, iri: str) -> None:
        near = self._near
        types = [near.name(kind) for kind in near.types(iri)]
        if near.name(iri) != curie(iri):
            self._put(near.name(iri))
        self._put(f"{curie(iri)}: {', '.join(types)}" if types else curie(iri))
        properties = near.properties(iri)
        shown = near.name(iri)
        own = [text for p in _LABELS for text in _texts(properties.get(p, ())) if text != shown]
        other = [*own, *_texts(properties.get(_SKOS + "altLabel", ()))]
        if other:
            self._put(f"{self._words['also']}: {'; '.join(dict.fromkeys(other))}")
        for property in _NOTES:
            for text in _texts(properties.get(property, ()), self._lang):
                self._put(text)

    def _claim(self, iri: str) -> None:
        near, words = self._near, self._words
        properties = near.properties(iri)
        for proposition in near.nodes(iri, "mm:expresses"):
            self._title(words["says"])
            who = " / ".join(near.name(actor) for actor in near.nodes(iri, "mm:claimant")) or words["nobody"]
            stance = " ".join(near.name(concept) for concept in near.nodes(iri, "mm:stance"))
            self._put(f"{who} {stance}: {near.name(proposition)}", "  ")
            self._properties(proposition)
        own = {p: v for p, v in properties.items() if p not in (*_CLAIM_OWN, *_SAID_ELSEWHERE)}
        if own:
            self._title(words["how"])
            self._rows(own)
        self._title(words["where"])
        for passage in near.nodes(iri, "mm:statedIn"):
            self._put(self._place(passage), "  ")
        self._evidence(iri)
        for proposition in near.nodes(iri, "mm:expresses"):
            node = rdf.NamedNode(proposition)
            same = near.sayings(f"VALUES ?proposition {{ {node} }}")
            self._sayings(words["others"], [saying for saying in same if saying.claim != iri], gloss=False)
        self._sayings(words["answers"], near.sayings(f"?claim mm:respondsTo {rdf.NamedNode(iri)} ."))
        self._links(iri)
        for record in near.incoming(iri).get(MM + "ofClaim", ()):
            self._title(words["status"])
            self._rows({p: v for p, v in near.properties(record).items() if p not in (*_SAID_ELSEWHERE, MM + "ofClaim")})
        self._others(iri, skip=("respondsTo", "fromClaim", "toClaim", "ofClaim"))

    def _thing(self, iri: str) -> None:
        near, words = self._near, self._words
        if any(property not in _SAID_ELSEWHERE for property in near.properties(iri)):
            self._lines.append("")
            self._properties(iri)
        if near.is_a(iri, "Passage"):
            self._put(self._place(iri), "  ")
        node = rdf.NamedNode(iri)
        self._sayings(words["expressing"], near.sayings(f"?claim mm:expresses {node} ."), gloss=False)
        self._sayings(words["of it"], near.sayings(_mentioning(node)))
        self._sayings(words["by it"], near.sayings(f"?claim mm:claimant {node} ."), who=False)
        self._sayings(words["reported"], near.sayings(f"?claim mm:reportedBy {node} ."))
        self._sayings(words["citing"], near.sayings(f"?claim mm:viaMarker/c4o:denotes/biro:references {node} ."))
        self._sayings(words["stated"], near.sayings(f"?claim mm:statedIn {node} ."))
        in_document = f"?claim mm:statedIn/oa:hasSource/mm:versionOf {node} ."
        self._sayings(words["stated"], near.sayings(in_document))
        self._others(iri, skip=("expresses", "claimant", "reportedBy", "statedIn"))

    def _properties(self, iri: str) -> None:
        self._rows({p: values for p, values in self._near.properties(iri).items() if p not in _SAID_ELSEWHERE})

    def _rows(self, properties: dict[str, list[Term]]) -> None:
        """``label: value`` lines; text in several languages only in the reader's."""
        near = self._near
        near.learn([*properties, *(v.value for vs in properties.values() for v in vs if isinstance(v, rdf.NamedNode))])
        for property in sorted(properties, key=lambda p: near.name(p).casefold()):
            for value in _in_language(properties[property], self._lang):
                self._put(f"{near.name(property)}: {near.shown(value)}", "  ")

    def _place(self, passage: str) -> str:
        """The passage, its characters, and its document."""
        near, words = self._near, self._words
        start = near.value(passage, "oa:hasSelector", "oa:start")
        end = near.value(passage, "oa:hasSelector", "oa:end")
        where = curie(passage)
        if start is not None and end is not None:
            where += f", {words['characters']} {start.value}–{end.value}"
        documents = near.nodes(passage, "oa:hasSource", "mm:versionOf")
        return f"{where} {words['of']} {near.shown(rdf.NamedNode(documents[0]))}" if documents else where

    def _evidence(self, iri: str) -> None:
        near = self._near
        self._title(self._words["evidence"])
        cited = []
        for marker in near.nodes(iri, "mm:viaMarker"):
            number = near.value(marker, "c4o:denotes", "mm:referenceNumber")
            works = [near.shown(rdf.NamedNode(work)) for work in near.nodes(marker, "c4o:denotes", "biro:references")]
            cited.append((sort_key(number), number.value if number is not None else curie(marker), "; ".join(works)))
        for _, cited_as, titles in sorted(cited):
            self._put(f"[{cited_as}] {titles}", "  ")
        if not cited:
            self._put(self._words["none"], "  ")

    def _sayings(self, title: str, sayings: list[Saying], who: bool = True, gloss: bool = True) -> None:
        """A list of claims under their claimants and stances, with who disputes each."""
        if not sayings:
            return
        near, words = self._near, self._words
        near.learn(iri for s in sayings for iri in (s.claimant, s.stance, s.proposition, s.reported_by, *s.hedges) if iri)
        self._title(f"{title} ({len(sayings)})")
        groups: dict[str, list[Saying]] = {}
        for saying in sayings[: self._limit]:
            speaker = near.name(saying.claimant) if saying.claimant else words["nobody"]
            stance = near.name(saying.stance) if saying.stance else ""
            groups.setdefault(f"{speaker} {stance}".strip() if who else stance, []).append(saying)
        for heading, members in groups.items():
            self._put(f"{heading}:", "  ")
            for saying in members:
                self._put(self._line(saying, gloss), "    ", "      ")
        if len(sayings) > self._limit:
            self._put(f"… {len(sayings) - self._limit} {words['more']} (--limit)", "  ")

    def _line(self, saying: Saying, gloss: bool) -> str:
        near, words = self._near, self._words
        marks = [near.name(hedge) for hedge in saying.hedges]
        if saying.reported_by:
            marks.append(f"{words['reported by']} {near.name(saying.reported_by)}")
        if saying.works:
            marks.append(f"{words['works']}: {saying.works}")
        others = near.sayings(f"VALUES ?proposition {{ {rdf.NamedNode(saying.proposition)} }}")
        for other in others:
            if gloss and other.stance and saying.stance and other.stance != saying.stance:
                speaker = near.name(other.claimant) if other.claimant else words["nobody"]
                marks.append(words["disputed"].format(speaker, near.name(other.stance)))
        if gloss:
            marks += [near.shown(rdf.NamedNode(figure)) for figure in near.nodes(saying.proposition, "mm:figure")]
        said = f"{near.name(saying.proposition)} " if gloss else ""
        return f"{said}[{'; '.join([curie(saying.claim), *dict.fromkeys(marks)])}]"

    def _links(self, iri: str) -> None:
        """Argument links from and to a claim, with their basis."""
        near = self._near
        node = rdf.NamedNode(iri)
        # It begins at the claim: a filter on both ends would look at every link there is.
        rows = near.source.query(
            f"SELECT DISTINCT ?from ?kind ?to ?basis WHERE {{ ?link mm:fromClaim|mm:toClaim {node} . "
            "?link mm:fromClaim ?from ; mm:toClaim ?to ; mm:linkKind ?kind . OPTIONAL { ?link mm:basis ?basis } } ORDER BY ?from ?to ?kind"
        )
        lines = []
        for row in rows:
            basis = f" ({near.name(row['basis'].value)})" if row["basis"] is not None else ""
            ends = [curie(row[end].value) for end in ("from", "to")]
            lines.append(f"{ends[0]} {near.name(row['kind'].value)} {ends[1]}{basis}")
        if lines:
            self._title(self._words["links"])
            for line in lines:
                self._put(line, "  ")

    def _others(self, iri: str, skip: Iterable[str]) -> None:
        """Whatever else points here, by property; propositions and figures are told by their claims."""
        near = self._near
        skipped = {MM + name for name in skip}
        lines = []
        for property, subjects in near.incoming(iri).items():
            rest = [s for s in subjects if not near.is_a(s, "Proposition") and not near.is_a(s, "Figure")]
            if property in skipped or not rest:
                continue
            near.learn(rest[: self._limit])
            shown = [near.shown(rdf.NamedNode(subject)) for subject in rest[: self._limit]]
            if len(rest) > self._limit:
                shown.append(f"… {len(rest) - self._limit} {self._words['more']}")
            lines.append(f"{near.name(property)} ({len(rest)}): {'; '.join(shown)}")
        if lines:
            self._title(self._words["refers"])
            for line in lines:
                self._put(line, "  ", "      ")

    def _title(self, text: str) -> None:
        self._lines += ["", text]

    def _put(self, text: str, indent: str = "", hanging: str | None = None) -> None:
        """A paragraph, wrapped; further lines are set in further."""
        hanging = indent + "  " if hanging is None and indent else hanging or ""
        first, *rest = wrap(" ".join(text.split()), self._width - len(hanging))
        self._lines += [indent + first, *(hanging + line for line in rest)]


def _mentioning(node: rdf.NamedNode) -> str:
    """A pattern for the claims whose proposition names the thing in a slot, in a figure, or in a nested proposition."""
    inner = "{ ?inner a mm:Proposition } UNION { ?inner a mm:Figure }"
    return (
        f"{{ ?proposition ?slot {node} . ?proposition a mm:Proposition }} UNION "
        f"{{ ?proposition a mm:Proposition ; ?slot ?inner . {inner} ?inner ?innerSlot {node} }} UNION "
        f"{{ ?proposition a mm:Proposition ; ?slot ?middle . ?middle a mm:Proposition ; ?middleSlot ?inner . {inner} "
        f"?inner ?innerSlot {node} }} "
    )


def _texts(values: Iterable[Term], lang: str | None = None) -> list[str]:
    literals = [value for value in values if isinstance(value, rdf.Literal)]
    return [literal.value for literal in (_in_language(literals, lang) if lang else literals)]


def _in_language(values: Iterable[Term], lang: str) -> list[Term]:
    """All values that have no language, and those in the wanted one; where none is, those in any."""
    values = list(values)
    tagged = [value for value in values if isinstance(value, rdf.Literal) and value.language]
    wanted = [value for value in tagged if str(value.language).partition("-")[0].lower() == lang] or tagged
    return [value for value in values if value not in tagged or value in wanted]
