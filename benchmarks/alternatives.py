"""Which changes of the data are no faults: what a careful curator could have written, had the text said something else.

The oracle of the mutation test. It follows docs/curation.md and the form that the real data has, not the shapes, and is
conservative: where it is in doubt, a change is a fault. No change of the generated text tier, of a name, a language, a
datatype or a digest is ever legitimate, nor one that contradicts what the data says elsewhere.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import pairwise

from mutants import EDTF, LABELS, MM, SKOS, Mutant
from realdata import TYPE, Data, Node, Term

from kb import rdf
from kb.namespaces import CONCEPT_KINDS, ENTITY_KINDS, PREFIXES, iri_of, kind_of

REASONS = {
    "optional": "A property that not every text gives reason for is absent.",
    "another-value": "Another entity, concept, claim or proposition of the sort that this slot takes: only the text can decide.",
    "one-more-value": "One more such value in a slot that has several in the real data: only the text can decide.",
    "another-kind": "Another specific class, which only the text or the world can decide: an allegation or not, a group or a body.",
    "another-date": "Another valid date, which nothing else in the data contradicts.",
    "another-print": "Another number or name as printed, where nothing else in the data repeats it.",
    "another-wording": "Nearly the same words in a free text: only a reader can tell a slip from a choice.",
}
"""Why a change may be legitimate."""

DC = PREFIXES["dcterms"]
NEEDS = {
    "Relation": ("subject", "relation", "object"),
    "Quantity": ("subject", "measure", "figure|comparison"),
    "Payment": ("paymentKind", "realisation", "payer|payee|intermediary|retainedBy"),
    "Party": ("party", "role", "ofAgreement|ofMission|ofProgramme"),
    "Occurrence": ("occurrenceType", "realisation", "agent|affected|recipient|counterpart|event|subject|beneficiary"),
    "Conduct": ("conductType", "agent|affected"),
    "Provision": ("ofInstrument", "deonticForce", "regulatedConduct", "addressee"),
    "Classification": ("subject", "classifiedAs"),
    "Purpose": ("subject", "purpose"),
    "Causation": ("cause", "causalRelation", "effect"),
}
"""The slots that each frame needs (docs/curation.md, Which frame); one of those joined with a bar is enough."""
TOGETHER = (("date", "dateBasis"), ("comparison", "comparedWith"), ("article", "ofInstrument"))
"""The first is not without the second; for all but articles also the other way round."""

OPTIONAL = {
    "claim": ("hedge", "quotedTerm", "saidOn", "rationale", "answersPractice", "viaMarker", "respondsTo", "addressee"),
    "figure": ("asOf",),
    **dict.fromkeys(ENTITY_KINDS, ("altLabel",)),
    **dict.fromkeys(CONCEPT_KINDS, ("altLabel", "broader", "scopeNote", "inScheme")),
    "theme": ("altLabel", "member"),
}
BIBLIOGRAPHIC = ("creator", "publisher", "issued", "venue", "platform", "volume", "issue", "number", "identifier")
"""A work and a document are described as printed; what is not printed is absent."""

ANY_REFERENT = {MM + n for n in ("subject", "object", "cause", "effect", "affected", "about", "comparedWith")}
"""Slots for an entity, a concept of the registers or a proposition; for others the data shows what they take."""

REPLACEABLE = {
    "claim": ("expresses", "stance", "claimant", "hedge", "addressee", "rationale", "respondsTo", "answersPractice", "viaMarker"),
    "link": ("statedIn",),
    "figure": ("countOf", "shareOf"),
    "curation": ("confidence",),
    "document": ("creator",),
    "work": ("creator", "publisher", "venue", "platform"),
    "reference": ("references",),
    **dict.fromkeys(CONCEPT_KINDS, ("broader",)),
    "theme": ("member",),
}
"""What a theme gathers is the curator's choice: no document has themes."""
FREE_TEXT = {*LABELS, *(SKOS + n for n in ("definition", "scopeNote")), MM + "gloss", MM + "quotedTerm"}
AS_PRINTED = {MM + "article", *(PREFIXES["bibo"] + n for n in ("volume", "issue", "number"))}
KINDS_OF = (
    {MM + n for n in ("Person", "Organisation", "Group", "Government")},
    {PREFIXES["fabio"] + n for n in ("Article", "MovingImage", "NewsItem", "Report", "WebPage", "Work")},
)
"""Specific classes among which only knowledge of the thing decides."""


class Alternatives:
    """Judges changes; what it learns of the form of the real data, it learns once."""

    def __init__(self, data: Data) -> None:
        self._data = data
        self._fillers: dict[str, set[tuple]] = defaultdict(set)
        self._several: set[tuple[str, str]] = set()
        self._schemes: dict[str, set[Term]] = {}
        self._authors: dict[Term, set[Term]] = defaultdict(set)
        self._contents: dict[frozenset, set[Node]] = defaultdict(set)
        self._begun = max(v.value for v in data.values(rdf.NamedNode(MM), DC + "created"))
        for node, properties in list(data.out.items()):
            kind = _kind(node)
            for name, values in list(properties.items()):
                if len({v for v in values}) > 1:
                    self._several.add((kind, name))
                for value in values:
                    self._fillers[name].add(self._sort(value))
                    if _kind(value) in CONCEPT_KINDS:
                        schemes = set(data.values(value, SKOS + "inScheme"))
                        self._schemes[name] = self._schemes.get(name, schemes) & schemes
            if kind == "claim" and not properties.get(MM + "reportedBy"):
                self._authors[self._document(node)].update(properties.get(MM + "claimant", ()))
            if kind == "proposition":
                self._contents[self._content(node)].add(node)

    def reason(self, mutant: Mutant) -> str | None:
        """The name in ``REASONS`` of why the mutant is no fault; None where it is one."""
        if mutant.operator.startswith(("retype-d", "retype-l")) or mutant.operator == "duplicate-node":
            return None
        reasons = []
        for removed, added in _parts(mutant):
            reason = self._part(removed, added)
            if reason is None:
                return None
            reasons.append(reason)
        for triple in mutant.removed:
            self._data.remove(triple)
        for triple in mutant.added:
            self._data.add(triple)
        try:
            if not self._still_sound(mutant):
                return None
        finally:
            for triple in mutant.added:
                self._data.remove(triple)
            for triple in mutant.removed:
                self._data.add(triple)
        return "+".join(dict.fromkeys(reasons))

    def _part(self, removed: rdf.Triple | None, added: rdf.Triple | None) -> str | None:
        triple = removed or added
        assert triple is not None
        kind, name = _kind(triple.subject), triple.predicate.value
        if name == TYPE:
            return self._another_kind(triple.subject, removed and removed.object.value, added and added.object.value)
        if added is None:
            return "optional" if self._optional(kind, name, triple) else None
        if isinstance(added.object, rdf.Literal):
            return self._literal(kind, removed, added)
        if not self._fits(kind, name, added.object):
            return None
        if kind == "proposition" and added.object in [v for values in self._data.out[added.subject].values() for v in values]:
            return None
        if removed is None:
            if name == SKOS + "inScheme":
                return "one-more-value" if self._of_two_families(added.subject, added.object) else None
            return "one-more-value" if (kind, name) in self._several and self._replaceable(kind, name) else None
        if kind == "figure" and self._is_printed(added.subject, removed.object):
            return None
        return "another-value" if self._replaceable(kind, name) else None

    def _optional(self, kind: str, name: str, triple: rdf.Triple) -> bool:
        local = _local(name)
        if kind == "proposition":
            return name != MM + "gloss" and name != MM + "figure"
        if kind == "place" and local == "identifier":
            # A country has one, a region has none. A state of the same name tells that it is a country.
            return rdf.NamedNode(triple.subject.value.replace("/place/", "/actor/")) not in self._data.out
        return local in OPTIONAL.get(kind, ()) or (kind in ("work", "document") and local in BIBLIOGRAPHIC)

    def _replaceable(self, kind: str, name: str) -> bool:
        if kind == "proposition":
            return name not in (MM + "figure", MM + "dateBasis")
        return _local(name) in REPLACEABLE.get(kind, ())

    def _fits(self, kind: str, name: str, value: Term) -> bool:
        """Whether the data has values of this sort in this slot, and a concept is of the slot's scheme."""
        if name in ANY_REFERENT and (_kind(value) in ENTITY_KINDS or _kind(value) in ("concept", "proposition")):
            return bool(self._data.classes(value))
        if self._sort(value) not in self._fillers[name]:
            return False
        if _kind(value) not in CONCEPT_KINDS:
            return True
        return self._schemes.get(name, set()) <= set(self._data.values(value, SKOS + "inScheme"))

    def _is_printed(self, figure: Node, concept: Term) -> bool:
        """Whether the printed words name what is counted, so that it cannot change alone."""
        printed = " ".join(v.value.lower() for v in self.values(figure, "printed"))
        names = [name for p in ("prefLabel", "altLabel") for name in self._data.label(concept, SKOS + p, "en")]
        return any(name.lower() in printed for name in names)

    def _of_two_families(self, concept: Node, scheme: Term) -> bool:
        """Whether other concepts are of this scheme and of one that the concept is of."""
        mine = set(self._data.values(concept, SKOS + "inScheme"))
        others = [node for node, predicate in self._data.into[scheme] if predicate == SKOS + "inScheme"]
        return any(mine & set(self._data.values(other, SKOS + "inScheme")) for other in others)

    def _sort(self, value: Term) -> tuple:
        """What the data tells of a value's sort: its general class; of a concept, the kind of identifier, too."""
        if isinstance(value, rdf.Literal):
            return ("literal", value.language or value.datatype.value)
        classes = self._data.classes(value)
        if not classes:
            return ("nothing",)
        kind = _kind(value)
        return ("concept", kind) if kind in CONCEPT_KINDS else ("node", kind)

    def _another_kind(self, node: Node, old: str | None, new: str | None) -> str | None:
        name = node.value.rpartition("/")[2]
        if old and new:
            government = any(c == MM + "Government" for c in (old, new)) and "government" in name
            return "another-kind" if not government and any({old, new} <= kinds for kinds in KINDS_OF) else None
        if (old or new) != MM + "Allegation" or self._data.classes(node) - {MM + "Claim", MM + "Allegation"}:
            return None
        # Whoever affirms the same imputes the same.
        [proposition] = self._data.values(node, MM + "expresses")
        return "another-kind" if len(self._data.into[proposition]) == 1 else None

    def _literal(self, kind: str, removed: rdf.Triple | None, added: rdf.Triple) -> str | None:
        name, new = added.predicate.value, added.object
        if removed is None:
            more = name == MM + "quotedTerm" or (name == DC + "title" and new.language == "es")
            return "one-more-value" if more and (kind, name) in self._several else None
        old = removed.object
        if not isinstance(old, rdf.Literal) or (old.language, old.datatype) != (new.language, new.datatype):
            return None
        if not new.value or new.value != " ".join(new.value.split()):
            return None
        if name in FREE_TEXT:
            return "another-wording" if self._reworded(added.subject, name, old, new) else None
        if old.datatype.value == EDTF:
            return "another-date" if self._redated(added.subject, name, old.value, new.value) else None
        if name in AS_PRINTED:
            return "another-print" if re.sub(r"\d+", "0", old.value) == re.sub(r"\d+", "0", new.value) else None
        return None

    def _reworded(self, node: Node, name: str, old: rdf.Literal, new: rdf.Literal) -> bool:
        """Nearly the same text, with the same numbers, capitals and opening, and not the name of something else."""
        if SequenceMatcher(None, old.value, new.value, autojunk=False).ratio() < 0.8:
            return False
        if re.findall(r"\d+", old.value) != re.findall(r"\d+", new.value):
            return False
        if new.value.swapcase() == old.value or old.value[:5] != new.value[:5] or _doubled(new.value) != _doubled(old.value):
            return False
        if name == MM + "gloss" and old.value[-1] != new.value[-1]:
            return False
        others = {n for n, p in self._data.into[new] if n != node and p in (SKOS + "prefLabel", SKOS + "altLabel", MM + "gloss")}
        return not others and new not in self._data.values(node, SKOS + "altLabel")

    def _redated(self, node: Node, name: str, old: str, new: str) -> bool:
        if not valid_date(new):
            return False
        today = datetime.date.today().isoformat()
        if name == MM + "curatedOn":
            # A file is written with the ontology, and not tomorrow.
            return len(new) == 10 and self._begun <= new <= today
        glosses = [gloss.value for gloss in self._data.values(node, MM + "gloss")]
        # A year that the gloss or the name repeats cannot change alone; nor was anything issued or said tomorrow.
        repeated = new[:4] != old[:4] and any(old[:4] in text for text in (*glosses, node.value))
        return not repeated and "1800" < new and (new <= today or name == MM + "date")

    def _still_sound(self, mutant: Mutant) -> bool:
        """Whether the changed nodes still say what they must, and contradict nothing; asked while the change is in force."""
        for triple in mutant.removed:
            if _kind(triple.object) in ("proposition", "figure", "marker", "work") and not self._used(triple.object):
                return False
        return all(self._sound(node) for node in {t.subject for t in (*mutant.removed, *mutant.added)})

    def _used(self, node: Term) -> bool:
        return any(_local(p) != "about" or _kind(node) != "work" for _, p in self._data.into[node])

    def _sound(self, node: Node) -> bool:
        kind = _kind(node)
        checks = {"claim": self._sound_claim, "proposition": self._sound_proposition, "link": self._sound_link}
        if kind == "theme":
            return len(self._data.values(node, SKOS + "member")) > 1
        if kind in CONCEPT_KINDS:
            return self._sound_concept(node)
        return kind not in checks or checks[kind](node)

    def values(self, node: Term, name: str) -> list[Term]:
        return self._data.values(node, MM + name)

    def _sound_claim(self, claim: Node) -> bool:
        proposition, claimant = self.values(claim, "expresses"), self.values(claim, "claimant")
        stance, passage = self.values(claim, "stance"), self.values(claim, "statedIn")
        if not all(len(values) == 1 for values in (proposition, claimant, stance, passage)):
            return False
        authors = self._authors[self._document(claim)]
        reporters = self.values(claim, "reportedBy")
        if (claimant[0] in authors) == bool(reporters):
            return False
        if any(self.values(marker, "markerIn") != passage for marker in self.values(claim, "viaMarker")):
            return False
        classes = {_local(name) for name in self._data.classes(claim)}
        answered = self.values(claim, "respondsTo")
        if bool(answered) != ("Response" in classes) or claim in answered or claim in self.values(claim, "rationale"):
            return False
        if any(self.values(other, "claimant") == claimant for other in answered):
            return False
        recommended = iri_of("realisation:recommended") in [v.value for v in self.values(proposition[0], "realisation")]
        if recommended != ("Recommendation" in classes) or ("Recommendation" in classes) != bool(self.values(claim, "addressee")):
            return False
        if classes & {"Recommendation", "Concession"} and stance[0].value != iri_of("stance:affirms"):
            return False
        if "Denial" in classes and stance[0].value != iri_of("stance:rejects"):
            return False
        if answered and "Denial" not in classes and stance[0].value == iri_of("stance:rejects"):
            return False
        # Nobody says the same twice in one passage, or the contrary of it anywhere.
        others = [s for s, predicate in self._data.into[proposition[0]] if predicate == MM + "expresses" and s != claim]
        for other in others:
            agrees = self.values(other, "stance") == stance
            if self.values(other, "claimant") == claimant and (not agrees or self.values(other, "statedIn") == passage):
                return False
            if agrees and (MM + "Allegation" in self._data.classes(other)) != ("Allegation" in classes):
                return False
        linked = {p for _, p in self._data.into[claim]} & {MM + "fromClaim", MM + "toClaim"}
        return not linked or not self._same_content_broken(claim)

    def _same_content_broken(self, claim: Node) -> bool:
        """Whether a link says that two claims say the same, while their stances differ."""
        for link, predicate in self._data.into[claim]:
            if predicate not in (MM + "fromClaim", MM + "toClaim"):
                continue
            if [v.value for v in self.values(link, "linkKind")] == [iri_of("linkkind:same-content")]:
                ends = [end for name in ("fromClaim", "toClaim") for end in self.values(link, name)]
                if len({v for end in ends for v in self.values(end, "stance")}) > 1:
                    return True
        return False

    def _sound_proposition(self, proposition: Node) -> bool:
        frames = [_local(c).removesuffix("Proposition") for c in self._data.classes(proposition)]
        frames = [frame for frame in frames if frame]
        if len(frames) != 1 or any(not self._has(proposition, need) for need in NEEDS[frames[0]]):
            return False
        for one, other in TOGETHER:
            if self.values(proposition, one) and not self.values(proposition, other):
                return False
            if one != "article" and self.values(proposition, other) and not self.values(proposition, one):
                return False
        if set(self.values(proposition, "cause")) & set(self.values(proposition, "effect")):
            return False
        if any(proposition in values for values in self._data.out[proposition].values()):
            return False
        recommended = iri_of("realisation:recommended") in [v.value for v in self.values(proposition, "realisation")]
        claims = [s for s, p in self._data.into[proposition] if p == MM + "expresses"]
        if any(recommended != (MM + "Recommendation" in self._data.classes(claim)) for claim in claims):
            return False
        single = ("realisation", "dateBasis", "date", "relation", "measure", "comparison", "paymentKind", "role", "occurrenceType")
        single += ("conductType", "deonticForce", "classifiedAs", "causalRelation")
        if any(len(self.values(proposition, name)) > 1 for name in single):
            return False
        # The same content is the same proposition.
        return self._contents.get(self._content(proposition), set()) <= {proposition}

    def _has(self, node: Node, need: str) -> bool:
        return any(self.values(node, name) for name in need.split("|"))

    def _content(self, proposition: Node) -> frozenset:
        properties = self._data.out[proposition].items()
        return frozenset((name, value) for name, values in properties if name != MM + "gloss" for value in values)

    def _sound_link(self, link: Node) -> bool:
        ends = [end for name in ("fromClaim", "toClaim") for end in self.values(link, name)]
        passages = {passage for end in ends for passage in self.values(end, "statedIn")}
        return all(passage in passages for passage in self.values(link, "statedIn"))

    def _sound_concept(self, concept: Node) -> bool:
        schemes = set(self._data.values(concept, SKOS + "inScheme"))
        if not schemes or any(self._schemes.get(p, set()) - schemes for _, p in self._data.into[concept]):
            return False
        seen: set[Term] = set()
        stack: list[Term] = [concept]
        while stack:
            for broader in self._data.values(stack.pop(), SKOS + "broader"):
                if broader == concept or not schemes & set(self._data.values(broader, SKOS + "inScheme")):
                    return False
                if broader not in seen:
                    seen.add(broader)
                    stack.append(broader)
        return True

    def _document(self, claim: Node) -> Term | None:
        for passage in self.values(claim, "statedIn"):
            for version in self._data.values(passage, PREFIXES["oa"] + "hasSource"):
                return next(iter(self.values(version, "versionOf")), None)
        return None


def valid_date(text: str) -> bool:
    """Whether a text is a year, a month or a day of the calendar: of EDTF what a single date in the data is."""
    if not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", text):
        return False
    try:
        datetime.date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError:
        return False
    return True


def _parts(mutant: Mutant) -> Iterable[tuple[rdf.Triple | None, rdf.Triple | None]]:
    """The change as replacements, removals and additions: what is removed goes with what is added to the same property."""
    added = list(mutant.added)
    for removed in mutant.removed:
        match = next((t for t in added if (t.subject, t.predicate) == (removed.subject, removed.predicate)), None)
        if match:
            added.remove(match)
        yield removed, match
    for triple in added:
        yield None, triple


def _kind(term: Term) -> str:
    return (kind_of(term.value) or "") if isinstance(term, rdf.NamedNode) else ""


def _local(iri: str) -> str:
    return re.split(r"[/#]", iri)[-1]


def _doubled(text: str) -> int:
    """How often a word follows itself."""
    words = text.lower().split()
    return sum(one == other for one, other in pairwise(words))
