"""A knowledge base of one invented dispute, small enough to know by heart, for the tests that ask it."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

PREFIXES = """
@prefix mm: <https://w3id.org/medical-missions/ontology/> .
@prefix actor: <https://w3id.org/medical-missions/id/actor/> .
@prefix place: <https://w3id.org/medical-missions/id/place/> .
@prefix mission: <https://w3id.org/medical-missions/id/mission/> .
@prefix work: <https://w3id.org/medical-missions/id/work/> .
@prefix concept: <https://w3id.org/medical-missions/id/concept/> .
@prefix stance: <https://w3id.org/medical-missions/id/stance/> .
@prefix hedge: <https://w3id.org/medical-missions/id/hedge/> .
@prefix linkkind: <https://w3id.org/medical-missions/id/linkkind/> .
@prefix basis: <https://w3id.org/medical-missions/id/basis/> .
@prefix document: <https://w3id.org/medical-missions/id/document/> .
@prefix text: <https://w3id.org/medical-missions/id/text/> .
@prefix passage: <https://w3id.org/medical-missions/id/passage/> .
@prefix selector: <https://w3id.org/medical-missions/id/selector/> .
@prefix marker: <https://w3id.org/medical-missions/id/marker/> .
@prefix reference: <https://w3id.org/medical-missions/id/reference/> .
@prefix proposition: <https://w3id.org/medical-missions/id/proposition/> .
@prefix figure: <https://w3id.org/medical-missions/id/figure/> .
@prefix claim: <https://w3id.org/medical-missions/id/claim/> .
@prefix link: <https://w3id.org/medical-missions/id/link/> .
@prefix status: <https://w3id.org/medical-missions/id/status/> .
@prefix standing: <https://w3id.org/medical-missions/id/standing/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix biro: <http://purl.org/spar/biro/> .
@prefix c4o: <http://purl.org/spar/c4o/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix unit: <http://qudt.org/vocab/unit/> .
"""

ONTOLOGY = """
<https://w3id.org/medical-missions/ontology/> a owl:Ontology ; dcterms:title "Small ontology"@en ;
    owl:versionIRI <https://w3id.org/medical-missions/ontology/9.9.9> ; dcterms:license <http://example.org/licence> .
mm:Claim a owl:Class ; rdfs:label "claim"@en , "afirmación"@es ; skos:definition "Somebody's saying of something."@en .
mm:Allegation a owl:Class ; rdfs:subClassOf mm:Claim ; rdfs:label "allegation"@en , "acusación"@es .
mm:Denial a owl:Class ; rdfs:subClassOf mm:Claim ; rdfs:label "denial"@en , "desmentido"@es .
mm:hedge a owl:ObjectProperty ; rdfs:label "hedge"@en , "atenuación"@es .
mm:payer a owl:ObjectProperty ; rdfs:label "payer"@en , "pagador"@es .
mm:figure a owl:ObjectProperty ; rdfs:label "figure"@en , "cifra"@es .
mm:inPlace a owl:ObjectProperty ; rdfs:label "in place"@en , "en lugar"@es .
mm:tone a owl:DatatypeProperty ; rdfs:label "tone"@en , "tono"@es .
mm:effect a owl:ObjectProperty ; rdfs:label "effect"@en , "efecto"@es .
stance:affirms a mm:Concept ; skos:prefLabel "affirms"@en , "afirma"@es .
stance:rejects a mm:Concept ; skos:prefLabel "rejects"@en , "rechaza"@es .
hedge:possible a mm:Concept ; skos:prefLabel "possibly"@en , "posiblemente"@es .
linkkind:rebuts a mm:Concept ; skos:prefLabel "rebuts"@en , "rebate"@es .
basis:stated a mm:Concept ; skos:prefLabel "stated in the text"@en , "dicho en el texto"@es .
standing:open a mm:Concept ; skos:prefLabel "unadjudicated"@en , "sin resolver"@es .
unit:MO skos:prefLabel "month"@en , "mes"@es .
"""

REGISTERS = """
place:norland a mm:Entity , mm:Place ; skos:prefLabel "Norland"@en , "Nórdica"@es ; skos:altLabel "NL-1" .
place:cote a mm:Entity , mm:Place ; skos:prefLabel "Côte d'Azul"@en , "Costa Azul"@es .
place:twin-a a mm:Entity , mm:Place ; skos:prefLabel "Twin"@en .
place:twin-b a mm:Entity , mm:Place ; skos:prefLabel "Twin"@en .
actor:harbour-union a mm:Entity , mm:Actor ; skos:prefLabel "Harbour Union"@en , "Unión del Puerto"@es .
actor:ministry a mm:Entity , mm:Actor ; skos:prefLabel "Ministry of Ferries"@en , "Ministerio de Transbordadores"@es .
actor:gazette a mm:Entity , mm:Actor ; skos:prefLabel "Gazette"@en .
actor:formula a mm:Entity , mm:Actor ; skos:prefLabel "=HYPERLINK(1), \\"x\\""@en .
actor:escape a mm:Entity , mm:Actor ; skos:prefLabel "red \\u001B[31m alert\\u009B\\u202E"@en .
mission:night-ferries a mm:Entity , mm:Mission ; skos:prefLabel "Night ferries"@en ; mm:inPlace place:norland .
mission:day-ferries a mm:Entity , mm:Mission ; skos:prefLabel "Day ferries"@en ; mm:inPlace place:cote .
concept:pilots a mm:Concept ; skos:prefLabel "ferry pilots"@en , "pilotos"@es .
work:tide-survey a mm:Entity , mm:Work ; skos:prefLabel "Harbour Union: Tide survey"@en ; dcterms:title "Tide survey"@en .
"""

DOCUMENT = """
document:letter a mm:Document ; skos:prefLabel "Letter on ferries"@en , "Carta sobre transbordadores"@es .
text:letter-v1 a mm:TextVersion ; mm:versionOf document:letter .
passage:letter-001 a mm:Passage ; oa:hasSource text:letter-v1 ; oa:hasSelector selector:letter-001 ; mm:order 1 .
selector:letter-001 a oa:TextPositionSelector ; oa:start 0 ; oa:end 55 .
passage:letter-002 a mm:Passage ; oa:hasSource text:letter-v1 ; mm:order 2 .
marker:letter-001-7 a mm:CitationMarker ; mm:markerIn passage:letter-001 ; c4o:denotes reference:letter-7 .
reference:letter-7 a biro:BibliographicReference ; mm:referenceNumber 7 ; biro:references work:tide-survey .

claim:letter-001-1 a mm:Claim , mm:Allegation ; mm:expresses proposition:low-pay ; mm:stance stance:affirms ;
    mm:claimant actor:harbour-union ; mm:reportedBy actor:gazette ; mm:hedge hedge:possible ;
    mm:statedIn passage:letter-001 ; mm:viaMarker marker:letter-001-7 ; mm:tone "sharp" .
claim:letter-002-1 a mm:Claim , mm:Denial ; mm:expresses proposition:low-pay ; mm:stance stance:rejects ;
    mm:claimant actor:ministry ; mm:statedIn passage:letter-002 ; mm:respondsTo claim:letter-001-1 .
claim:letter-002-2 a mm:Claim ; mm:expresses proposition:strike ; mm:stance stance:affirms ;
    mm:claimant actor:ministry ; mm:statedIn passage:letter-002 .
link:one a mm:ArgumentLink ; mm:fromClaim claim:letter-002-1 ; mm:toClaim claim:letter-001-1 ;
    mm:linkKind linkkind:rebuts ; mm:basis basis:stated .
status:one a mm:StatusRecord ; mm:ofClaim claim:letter-001-1 ; mm:standing standing:open ; mm:authority actor:gazette .
proposition:low-pay a mm:Proposition , mm:PaymentProposition ; mm:payer actor:ministry ; mm:inPlace place:norland ;
    mm:figure figure:pay ; mm:gloss "That pilots are paid little."@en , "Que los pilotos cobran poco."@es .
proposition:strike a mm:Proposition ; mm:effect proposition:low-pay ; mm:gloss "That low pay led to a strike."@en .
figure:pay a mm:Figure ; mm:printed "under 900" ; mm:maximum 900 ; mm:countOf concept:pilots ; mm:perUnit unit:MO .
"""

QUERIES = {
    "competency/missions-in": """\
# question@en: Which missions are there in a country?
# question@es: ¿Qué misiones hay en un país?
# subject: missions
# param: country type=iri kind=place | the host country | el país anfitrión
# example: kb query missions-in -p country=place:norland
SELECT ?mission ?country WHERE { ?mission a mm:Mission ; mm:inPlace ?country } ORDER BY ?mission
""",
    "competency/said-by": """\
# question@en: What does each actor say, or one of them, in
#   the language of the reader?
# question@es: ¿Qué dice cada actor, o uno de ellos?
# subject: claims
# param: actor type=iri kind=actor optional | whose claims | de quién
# param: lang type=string | the language of the glosses | la lengua de las glosas
# param: most type=integer default=10 | how many | cuántas
# note: Claims without a gloss are left out.
# example: kb query said-by -p actor=ministry
SELECT ?actor ?gloss ?claim WHERE {
  ?claim mm:claimant ?actor ; mm:expresses/mm:gloss ?gloss .
  FILTER(LANG(?gloss) = ?lang && ?most > 0)
} ORDER BY ?claim
""",
    "checks/nothing": """\
# question@en: Is there anything that is not there?
# question@es: ¿Hay algo que no hay?
# subject: checks
# example: kb query nothing
SELECT ?x WHERE { ?x a mm:Nothing } ORDER BY ?x
""",
}


def build(root: Path) -> Path:
    """Write the project below ``root`` and return it."""
    files = {
        "ontology/kb.ttl": PREFIXES + ONTOLOGY,
        "data/registers/all.ttl": PREFIXES + REGISTERS,
        "data/documents/letter/claims.ttl": PREFIXES + DOCUMENT,
        **{f"queries/{name}.rq": text for name, text in QUERIES.items()},
    }
    (root / "shapes").mkdir(parents=True)
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


class Done(NamedTuple):
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def process(*args: str, project: Path | None = None, stdin: str | bytes = "") -> Done:
    """Run the real command in a process of its own."""
    command = [sys.executable, "-m", "kb", *_where(project), *args]
    done = subprocess.run(command, input=_bytes(stdin), capture_output=True, check=False, timeout=60)
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def kb(*args: str, project: Path | None = None, stdin: str | bytes = "") -> Done:
    """Run the command in this process, which saves its start; the same streams and exit code."""
    from kb.cli import main

    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(_bytes(stdin)), encoding="utf-8")
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main([*_where(project), *args])
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    finally:
        sys.stdin = before
    out.flush()
    err.flush()
    return Done(code, out.buffer.getvalue().decode(), err.buffer.getvalue().decode())


def _where(project: Path | None) -> list[str]:
    return ["--project", str(project)] if project else []


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()
