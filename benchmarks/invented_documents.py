"""Invented documents: their passages tile a text that nobody has written, their claims are of the forms that the real ones
have, and refer to invented registers, to earlier claims, and to works that they cite.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Container, Iterable
from dataclasses import dataclass, field, replace

from distributions import Claim, Link, Model, Passage, Proposition, Sort
from invented import Registers, Triple, literal, word, words
from invented_figures import make_figure
from invented_lines import Lines

from kb import rdf

INTEGER, OFFSET, EDTF, STRING = "xsd:integer", "xsd:nonNegativeInteger", "edtf:EDTF", "xsd:string"
RESPONSES = {"mm:Response", "mm:Denial", "mm:Justification", "mm:Concession"}
HEDGES = {"qualifier:reported": "hedge:reported", "qualifier:estimated": "hedge:estimated"}
"""What is said of a number with these words is said with this hedge."""
REMEMBERED = 400
"""Claims of earlier documents that a document may refer to."""
WORKS = 4000
"""Citations that a new one may repeat."""
NEAR = 60
"""How many claims back one looks for one that a claim may answer, repeat or be linked to."""


@dataclass(slots=True)
class Said:
    """A claim that is there, as far as later ones need to know it; ``hedges`` are those that its figures ask for."""

    name: str
    claimant: str
    stance: str
    alleges: bool
    recommends: bool
    passage: str
    proposition: str = ""
    hedges: tuple[str, ...] = ()


@dataclass(slots=True)
class Placed:
    """A passage of a document, with its number, its span, and the numbers of the references cited in it."""

    form: Passage
    number: int
    start: int = 0
    end: int = 0
    section: int = 0
    cited: list[int] = field(default_factory=list)


class Library:
    """Documents in a row, each from a seed of its own; what they say is given out document by document.

    Of the earlier ones only a sample of their claims and of the works that they cite is kept, so memory does not grow.
    """

    def __init__(self, model: Model, registers: Registers, seed: int, mark: str = "", past: Iterable[Said] = ()) -> None:
        """``mark`` goes before the number in the documents' names; ``past`` are claims that they may refer to."""
        self.model = model
        self.registers = registers
        self._seed = seed
        self._mark = mark
        self._number = 0
        self.past: deque[Said] = deque(past, maxlen=REMEMBERED)
        self._cited: list[tuple[str, str]] = []

    def next(self, most: int) -> Document:
        """The next document, written, with no more than ``most`` claims."""
        self._number += 1
        document = Document(self, self._number, f"g{self._seed}-{self._mark}{self._number:05d}", f"{self._seed}/{self._mark}{self._number}")
        document.write(most)
        self.past.extend(document.claims[:: max(1, len(document.claims) // 20)])
        return document

    def work(self, new: str, title: str, taken: Container[str], chance: random.Random) -> tuple[str, str]:
        """The work that a reference describes, and its title: ``new`` or, the more often the more documents there are, one
        that was cited before. A work that was cited often is cited again more likely, so works follow a power law."""
        work = new, title
        if self._cited and chance.random() > self._number ** (self.model.growth["entities"] - 1):
            work = chance.choice(self._cited)
        if work[0] in taken:
            work = new, title
        if len(self._cited) < WORKS:
            self._cited.append(work)
        else:
            self._cited[chance.randrange(WORKS)] = work
        return work


class Document:
    """One document; ``write`` fills ``out`` with what is said in it, and ``claims``."""

    def __init__(self, library: Library, number: int, slug: str, seed: str) -> None:
        self.slug = slug
        self._model = library.model
        self._registers = library.registers
        self._chance = random.Random(seed)
        self._library = library
        self._author = self._registers.draw(("actor", self._chance.choice(("mm:Group", "mm:Person", "mm:Organisation"))), self._chance)
        self._year = self._chance.randint(1998, 2026)
        self._propositions: list[str] = []
        self._linked: set[frozenset[str]] = set()
        # Words of the document's own: no two glosses are alike.
        self._own_words = 4000 + 4096 * number + (1 << 40 if "x" in slug else 0)
        self._references = 0
        self._titles: dict[str, str] = {}
        self.out: list[Triple] = []
        self.claims: list[Said] = []

    def write(self, most: int) -> None:
        """All of the document, with no more than ``most`` claims."""
        passages = self._plan(most)
        self._describe(passages[0].form.kind)
        self._write_text(passages)
        for passage in passages:
            self._write_claims(passage)

    # The text.

    def _plan(self, most: int) -> list[Placed]:
        """The forms of the passages: front matter, sections up to a length, the list of works; and what is cited where."""
        chance, model = self._chance, self._model
        low, high = model.lengths
        length = low + int((high - low) * chance.random())
        forms = list(chance.choice(model.front)) if model.front and chance.random() < len(model.front) / model.documents else []
        claims = sum(len(form.claims) for form in forms)
        while len(forms) < length and claims < most:
            for form in chance.choice(model.sections):
                if claims + len(form.claims) > most:
                    form = replace(form, claims=form.claims[: most - claims], markers=0)
                claims += len(form.claims)
                forms.append(form)
                if claims >= most:
                    break
        placed = [Placed(form, number) for number, form in enumerate(forms, 1)]
        for passage in placed:
            self._cite(passage)
        if self._references:
            heading, entries = self._model.bibliography[0], self._model.bibliography[1:]
            entries = [entry for entry in entries if entry.kind == "kind:bibliography-entry"]
            forms = [heading, *(chance.choice(entries) for _ in range(self._references))]
            placed += [Placed(form, number) for number, form in enumerate(forms, len(placed) + 1)]
        self._measure(placed)
        return placed

    def _cite(self, passage: Placed) -> None:
        """Numbers of references, new ones in their order; the markers of a cut passage are left out with its claims."""
        claims = passage.form.claims
        if not claims or not any(claim.cites for claim in claims):
            return
        cited: set[int] = set()
        for _ in range(passage.form.markers):
            if self._chance.random() < self._model.new_references or len(cited) >= self._references:
                self._references += 1
                cited.add(self._references)
            else:
                others = [n for n in range(max(1, self._references - 12), self._references + 1) if n not in cited]
                others = others or [n for n in range(1, self._references + 1) if n not in cited]
                cited.add(self._chance.choice(others))
        passage.cited = sorted(cited)

    def _measure(self, placed: list[Placed]) -> None:
        """Spans, one after the other; a container spans its parts. And the section that each passage is in."""
        at = 0
        open_headings: list[tuple[int, int]] = []
        for place, passage in enumerate(placed):
            form = passage.form
            while form.level and open_headings and open_headings[-1][0] >= form.level:
                open_headings.pop()
            passage.section = open_headings[-1][1] if open_headings else 0
            if form.level:
                open_headings.append((form.level, passage.number))
            marks = sum(len(str(number)) + 1 for number in passage.cited)
            length = form.length and max(form.length + self._chance.randint(-(form.length // 5), form.length // 5), marks + 12)
            passage.start = at + (form.gap if place else 0)
            passage.end = passage.start + length
            if length:
                at = passage.end
        for place in range(len(placed) - 1, -1, -1):
            parent = placed[place].form.parent
            if parent:
                whole = placed[place - parent]
                whole.end = max(whole.end, placed[place].end)
        for place, passage in enumerate(placed):
            if not passage.form.length:
                parts = [p for i, p in enumerate(placed) if p.form.parent and i - p.form.parent == place]
                passage.start = min((p.start for p in parts), default=passage.start)
                passage.end = max((p.end for p in parts), default=passage.start + 1)

    def _describe(self, first: str) -> None:
        """The document and its curation; ``first`` is the kind of its first passage."""
        slug, chance, add = self.slug, self._chance, self._add
        title = words(chance, 4).capitalize()
        document = f"document:{slug}"
        add(document, ("rdf:type", "mm:Document"))
        add(document, ("skos:prefLabel", literal(f"{title} {slug}", "en")), ("skos:prefLabel", literal(f"{title} de {slug}", "es")))
        add(document, ("dcterms:creator", self._author), ("dcterms:language", literal("en", STRING)))
        if chance.random() < 0.5:
            add(document, ("dcterms:title", literal(title, "en")), ("dcterms:issued", literal(self._date(10, self._year), EDTF)))
        curation = f"curation:{slug}-claims"
        add(curation, ("rdf:type", "mm:Curation"), ("mm:confidence", "confidence:medium"), ("mm:curatedDocument", document))
        add(curation, ("mm:curatedOn", literal(self._model.today, EDTF)))
        # A section is named by its heading; a text may begin without one.
        if first in ("kind:title", "kind:heading"):
            add(curation, ("mm:curatedSection", self._passage(1)))
        add(curation, ("mm:ontologyVersion", literal(self._model.version, STRING)))

    def _write_text(self, placed: list[Placed]) -> None:
        slug, chance, add = self.slug, self._chance, self._add
        version = f"text:{slug}-v1"
        last = max(passage.end for passage in placed)
        add(version, ("rdf:type", "mm:TextVersion"), ("mm:characterCount", literal(str(last + 1), INTEGER)))
        add(version, ("mm:lastPassageNumber", literal(str(len(placed)), INTEGER)), ("mm:versionOf", f"document:{slug}"))
        add(version, ("mm:sha256", literal(f"{chance.getrandbits(256):064x}", STRING)))
        reference = 0
        for place, passage in enumerate(placed):
            form, node = passage.form, self._passage(passage.number)
            add(node, ("rdf:type", "mm:Passage"), ("rdf:type", "oa:SpecificResource"), ("mm:passageKind", form.kind))
            add(node, ("mm:order", literal(str(passage.number), INTEGER)), ("oa:hasSource", version))
            add(node, ("mm:spanSha256", literal(f"{chance.getrandbits(256):064x}", STRING)))
            for name, value in (("mm:headingLevel", form.level), ("mm:row", form.row), ("mm:column", form.column)):
                if value:
                    add(node, (name, literal(str(value), INTEGER)))
            for name, back in (("mm:partOfPassage", form.parent), ("mm:rowHeader", form.row_header), ("mm:columnHeader", form.column_header)):
                if back:
                    add(node, (name, self._passage(placed[place - back].number)))
            if passage.section:
                add(node, ("mm:inSection", self._passage(passage.section)))
            if form.reason:
                add(node, ("mm:noClaimReason", form.reason))
            self._select(node, passage.start, passage.end)
            self._write_markers(node, passage)
            if form.kind == "kind:bibliography-entry":
                reference += 1
                self._write_reference(reference, node)
        if self._model.sealed:
            add(version, ("mm:passagesSha256", literal(self._seal(), STRING)))

    def _seal(self) -> str:
        """The digest of what is said of the text."""
        from kb.texts.seal import seal

        kinds = ("text:", "passage:", "selector:", "marker:", "reference:")
        lines = Lines().write([triple for triple in self.out if triple[0].startswith(kinds)])
        return seal(rdf.parse(lines, format=rdf.RdfFormat.N_TRIPLES))

    def _select(self, node: str, start: int, end: int) -> None:
        selector = f"selector:{node.partition(':')[2]}"
        self._add(node, ("oa:hasSelector", selector))
        self._add(selector, ("rdf:type", "oa:TextPositionSelector"), ("oa:start", literal(str(start), OFFSET)), ("oa:end", literal(str(end), OFFSET)))

    def _write_markers(self, node: str, passage: Placed) -> None:
        at = passage.end - sum(len(str(number)) + 1 for number in passage.cited)
        for number in passage.cited:
            marker = self._marker(node, number)
            reference = f"reference:{self.slug}-{number}"
            self._add(marker, ("rdf:type", "mm:CitationMarker"), ("rdf:type", "c4o:InTextReferencePointer"))
            self._add(marker, ("mm:markerIn", node), ("c4o:denotes", reference))
            self._select(marker, at, at + len(str(number)))
            at += len(str(number)) + 1

    def _write_reference(self, number: int, entry: str) -> None:
        reference = f"reference:{self.slug}-{number}"
        new = f"work:{self.slug}-{number}"
        work, self._titles[work] = self._library.work(new, f"{words(self._chance, 3).capitalize()} {new[5:]}", self._titles, self._chance)
        self._add(reference, ("rdf:type", "biro:BibliographicReference"), ("mm:referenceIn", entry), ("biro:references", work))
        self._add(reference, ("mm:referenceNumber", literal(str(number), INTEGER)))
        if work == new:
            self._write_work(work, self._titles[work])

    def _write_work(self, work: str, title: str) -> None:
        chance = self._chance
        types, slots, literals = chance.choice(self._model.works)
        self._add(work, *(("rdf:type", name) for name in types))
        issuers = {"en": word(chance.randrange(4000)).capitalize()}
        for name, sort in reversed(slots):
            value = self._registers.draw(sort, chance)
            self._add(work, (name, value))
            if name in ("dcterms:creator", "dcterms:publisher", "mm:venue"):
                issuers = {lang: self._registers.label(sort, int(value.rpartition("-")[2]), lang) for lang in ("en", "es")}
        for lang in ("en", "es"):
            self._add(work, ("skos:prefLabel", literal(f"{issuers.get(lang, issuers['en'])}: {title}", lang)))
        for name, length in literals:
            name, _, lang = name.partition("@")
            if lang:
                self._add(work, (name, literal(title, lang)))
            elif name == "dcterms:issued":
                self._add(work, (name, literal(self._date(length, self._year), EDTF)))
            else:
                self._add(work, (name, literal(str(chance.randint(1, 99)), STRING)))

    # The claims.

    def _write_claims(self, passage: Placed) -> None:
        node = self._passage(passage.number)
        for number, form in enumerate(passage.form.claims, 1):
            self._write_claim(f"{self.slug}-{passage.number:03d}-{number}", form, node, passage)

    def _write_claim(self, name: str, form: Claim, node: str, passage: Placed) -> None:
        chance, add = self._chance, self._add
        claimant = self._author if form.own else self._other_than(self._author, form.claimant)
        types, stance = form.types, form.stance
        answered = self._answered(form, claimant) if form.answers else []
        if form.answers and not answered:
            types = tuple(t for t in types if t not in RESPONSES)
            if "mm:Denial" in form.types:
                stance = "stance:affirms"
        alleges, recommends = "mm:Allegation" in types, "mm:Recommendation" in types
        self._registers.claims += 1
        said = Said(f"claim:{name}", claimant, stance, alleges, recommends, node)
        if form.answered and answered and answered[0].stance != stance and answered[0].alleges == alleges and self._consistent(said, answered[0]):
            said.proposition, said.hedges = answered[0].proposition, answered[0].hedges
        elif form.again and (other := self._repeated(said)):
            said.proposition, said.hedges = other.proposition, other.hedges
        else:
            said.proposition = self._write_proposition(form.proposition, recommends)
            said.hedges = tuple(HEDGES[q] for figure in form.proposition.figures for q in figure.qualifiers if q in HEDGES)
        add(said.name, *(("rdf:type", name) for name in types))
        add(said.name, ("mm:claimant", claimant), ("mm:expresses", said.proposition), ("mm:stance", stance), ("mm:statedIn", node))
        if not form.own:
            add(said.name, ("mm:reportedBy", self._author))
        hedges = dict.fromkeys((*form.hedges, *(said.hedges if stance == "stance:affirms" else ())))
        add(said.name, *(("mm:hedge", hedge) for hedge in hedges))
        add(said.name, *(("mm:quotedTerm", literal(words(chance, count), STRING)) for count in form.quoted))
        if form.said:
            add(said.name, ("mm:saidOn", literal(self._date(form.said, self._year - 1), EDTF)))
        if form.cites:
            add(said.name, *(("mm:viaMarker", self._marker(node, number)) for number in passage.cited))
        add(said.name, *(("mm:respondsTo", other.name) for other in answered))
        for slot, sort in form.slots:
            add(said.name, (slot, self._registers.draw(sort, chance)))
        if form.rationale:
            reasons = [claim.name for claim in self.claims[-NEAR:] if not claim.recommends]
            add(said.name, *(("mm:rationale", r) for r in chance.sample(reasons, min(form.rationale, len(reasons)))))
        self.claims.append(said)
        for link in form.links:
            self._write_link(link, said, answered)

    def _candidates(self, across: bool = False) -> list[Said]:
        """Claims near by, or some of the earlier documents'."""
        return list(self._library.past) if across and self._library.past else self.claims[-NEAR:]

    def _answered(self, form: Claim, claimant: str) -> list[Said]:
        """Claims of others; a denial answers none that rejects, too."""
        found = [claim for claim in self._candidates() if claim.claimant != claimant and not claim.recommends]
        if "mm:Denial" in form.types:
            found = [claim for claim in found if claim.stance != form.stance]
        return self._chance.sample(found, min(form.answers, len(found)))

    def _consistent(self, said: Said, other: Said) -> bool:
        """Whether nobody says the same twice in a passage, nor the contrary of what they say elsewhere in the document."""
        for claim in self.claims:
            if claim.proposition == other.proposition:
                if claim.claimant == said.claimant and (claim.stance != said.stance or claim.passage == said.passage):
                    return False
                if claim.stance == said.stance and claim.alleges != said.alleges:
                    return False
        return True

    def _repeated(self, said: Said) -> Said | None:
        """An earlier claim whose proposition may be expressed again, by somebody else of the same stance."""
        candidates = self._candidates(across=self._chance.random() < 0.15)
        self._chance.shuffle(candidates)
        for other in candidates:
            alike = (other.stance, other.alleges, other.recommends) == (said.stance, said.alleges, said.recommends)
            if alike and other.claimant != said.claimant and self._consistent(said, other):
                return other
        return None

    def _write_link(self, link: Link, said: Said, answered: list[Said]) -> None:
        # What stances and answers say already needs no link.
        known = {said.name, *(other.name for other in answered)}
        candidates = [c for c in self._candidates(link.across) if c.name not in known and c.proposition != said.proposition]
        candidates = [c for c in candidates if frozenset((c.name, said.name)) not in self._linked]
        if link.kind == "linkkind:same-content":
            candidates = [c for c in candidates if c.stance == said.stance]
        if not candidates:
            return
        other = self._chance.choice(candidates) if link.across else candidates[-min(max(1, link.distance), len(candidates))]
        self._linked.add(frozenset((other.name, said.name)))
        target = other.name.partition(":")[2]
        target = target.removeprefix(f"{self.slug}-") if target.startswith(f"{self.slug}-") else target
        name = f"link:{said.name.partition(':')[2]}-{link.kind.partition(':')[2]}-{target}"
        stated = {"from": said.passage, "to": other.passage}.get(link.stated)
        self._add(name, ("rdf:type", "mm:ArgumentLink"), ("mm:fromClaim", said.name), ("mm:toClaim", other.name))
        self._add(name, ("mm:linkKind", link.kind), ("mm:basis", link.basis))
        if stated:
            self._add(name, ("mm:statedIn", stated))

    # What they say.

    def _write_proposition(self, form: Proposition, recommended: bool, depth: int = 0) -> str:
        chance, registers, add = self._chance, self._registers, self._add
        number = len(self._propositions) + 1
        self._propositions.append(name := f"proposition:{self.slug}-{number}")
        add(name, ("rdf:type", "mm:Proposition"), ("rdf:type", form.frame))
        filled = {name}
        named: list[tuple[str, str]] = []
        for slot, sort in form.slots:
            value = self._fill(slot, sort, recommended, depth)
            tries = 0
            # Nothing stands in two slots.
            while value in filled and sort[0] != "value" and tries < 50:
                tries += 1
                value = self._fill(slot, sort, recommended, depth, another=tries > 4)
            add(name, (slot, value))
            filled.add(value)
            named += self._called(sort, value)
        numbers: list[str] = []
        for place, figure in enumerate(form.figures):
            local = f"{self.slug}-{number}" + (f"-{place + 1}" if place else "")
            printed = make_figure(figure, f"figure:{local}", registers, chance, self.out, self._year)
            numbers += printed.numbers
            add(name, ("mm:figure", printed.name))
        for slot, length in form.literals:
            if slot == "mm:date":
                date = self._date(length, self._year - chance.randint(0, 9))
                numbers.append(date[:4])
                add(name, (slot, literal(date, EDTF)))
            else:
                add(name, (slot, literal(str(chance.randint(1, 199)), STRING)))
        rest = [words(chance, chance.randint(2, 5)), word(self._own_words + number), *numbers]
        english, spanish = (_joined([*(labels[lang] for labels in named), *rest]) for lang in (0, 1))
        add(name, ("mm:gloss", literal(f"That {english}.", "en")), ("mm:gloss", literal(f"Que {spanish}.", "es")))
        return name

    def _fill(self, slot: str, sort: Sort, recommended: bool, depth: int, another: bool = False) -> str:
        """Something of the sort that a slot takes; ``another`` where what is known does not do."""
        kind, group = sort
        if slot == "mm:realisation":
            usual = "realisation:proposed" if group == "realisation:recommended" else group
            return "realisation:recommended" if recommended else usual
        if kind == "value":
            return group
        if kind == "proposition":
            others = self._propositions[:-1]
            if others and not another:
                return others[-1 - min(int(self._chance.expovariate(0.3)), len(others) - 1)]
            return self._write_proposition(self._chance.choice(self._model.simple), False, depth + 1)
        if sort == ("work", "mm:CitedWork"):
            if self._titles and not another:
                return self._chance.choice(list(self._titles))
            sort = ("work", "mm:Work")
        return self._registers.draw(sort, self._chance, another)

    def _called(self, sort: Sort, value: str) -> list[tuple[str, str]]:
        """What a gloss calls the thing in a slot, in English and in Spanish; a proposition has no name."""
        if value in self._titles:
            return [(self._titles[value],) * 2]
        if sort[0] in ("value", "proposition"):
            return []
        if sort == ("work", "mm:CitedWork"):
            sort = ("work", "mm:Work")
        number = int(value.rpartition("-")[2])
        return [(self._registers.label(sort, number, "en"), self._registers.label(sort, number, "es"))]

    def _other_than(self, actor: str, sort: tuple[str, str]) -> str:
        found = self._registers.draw(sort, self._chance)
        for _ in range(50):
            if found != actor:
                break
            found = self._registers.draw(sort, self._chance, another=True)
        return found

    def _date(self, length: int, year: int) -> str:
        """A date of a year, but none after the day of the model: what has not come is not reported as done."""
        date = f"{year}-{self._chance.randint(1, 12):02d}-{self._chance.randint(1, 28):02d}"
        return min(date, self._model.today or date)[:length]

    def _passage(self, number: int) -> str:
        return f"passage:{self.slug}-{number:03d}"

    @staticmethod
    def _marker(passage: str, number: int) -> str:
        return f"marker:{passage.partition(':')[2]}-{number}"

    def _add(self, subject: str, *properties: tuple[str, str]) -> None:
        self.out += [(subject, predicate, value) for predicate, value in dict.fromkeys(properties)]


def _joined(parts: Iterable[str]) -> str:
    """The parts of a gloss, in which no word stands twice in a row."""
    said = " ".join(parts).split()
    return " ".join(one for one, before in zip(said, ["", *said], strict=False) if one.casefold() != before.casefold())
