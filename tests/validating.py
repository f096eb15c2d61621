"""A small knowledge base with a few rules, for the tests of validation: the real ontology, two actors, three rules."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from kb.project import Project, find_project

ROOT = find_project().root
PREFIXES = """@prefix mm: <https://w3id.org/medical-missions/ontology/> .
@prefix mms: <https://w3id.org/medical-missions/shapes/> .
@prefix actor: <https://w3id.org/medical-missions/id/actor/> .
@prefix claim: <https://w3id.org/medical-missions/id/claim/> .
@prefix stance: <https://w3id.org/medical-missions/id/stance/> .
@prefix ex: <http://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SHAPES = (
    PREFIXES
    + """
mms:ClaimShape a sh:NodeShape ; sh:targetClass mm:Claim ; sh:property mms:ClaimClaimantShape , mms:ClaimStanceShape .
mms:ClaimClaimantShape a sh:PropertyShape ; sh:path mm:claimant ; sh:class mm:Actor ; sh:minCount 1 ; sh:maxCount 1 ;
    sh:name "who says it"@en , "quién lo dice"@es ;
    sh:message "A claim names one claimant."@en , "Una afirmación nombra a una sola persona o entidad."@es ;
    sh:description "Name the actor who speaks."@en , "Nombre al actor que habla."@es .
mms:ClaimStanceShape a sh:PropertyShape ; sh:path mm:stance ; sh:in ( stance:affirms stance:rejects ) ;
    sh:name "stance"@en , "postura"@es ; sh:message "A stance is one of two."@en , "Una postura es una de dos."@es ;
    sh:severity sh:Warning .
mms:ActorShape a sh:NodeShape ; sh:targetClass mm:Actor ; sh:property mms:ActorLabelShape .
mms:ActorLabelShape a sh:PropertyShape ; sh:path skos:prefLabel ; sh:minCount 1 ; sh:uniqueLang true ;
    sh:name "label"@en , "etiqueta"@es ; sh:message "An actor has a label."@en , "Un actor tiene etiqueta."@es .
"""
)
GOOD = PREFIXES + "claim:new a mm:Claim ; mm:claimant actor:union ; mm:stance stance:affirms .\n"


def around(root: Path) -> Project:
    """A project in this folder with the real ontology, shapes and queries, for data of a test's own in ``data/``."""
    root.mkdir(parents=True, exist_ok=True)
    for folder in ("ontology", "shapes", "queries"):
        (root / folder).symlink_to(ROOT / folder)
    return Project(root)


def kb(project: Project, *args: object, stdin: bytes = b"", env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kb", "--project", str(project.root), "validate", *map(str, args)]
    done = subprocess.run(command, input=stdin, capture_output=True, check=False, env={**os.environ, **(env or {})})
    assert b"Traceback" not in done.stderr
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())
