"""The words of a comparison in English and Spanish."""

from __future__ import annotations

from kb.comparison.changes import ADDED, CHANGED, CONTENT, MOVED, REMOVED, RENAMED

OTHERS = "other"
"""The row and section of statements about what is no thing of ours."""

COLUMNS = {
    "en": {
        ADDED: "added", REMOVED: "removed", CHANGED: "changed", CONTENT: "content changed", RENAMED: "renamed", MOVED: "moved",
    },
    "es": {
        ADDED: "altas", REMOVED: "bajas", CHANGED: "cambios", CONTENT: "cambios de contenido", RENAMED: "cambios de nombre",
        MOVED: "traslados",
    },
}  # fmt: skip
"""The heads of the columns of counts."""

MARKS = {
    "en": {
        ADDED: "added", REMOVED: "removed", CHANGED: "changed", CONTENT: "content", RENAMED: "renamed", MOVED: "moved",
    },
    "es": {
        ADDED: "alta", REMOVED: "baja", CHANGED: "cambio", CONTENT: "contenido", RENAMED: "nombre", MOVED: "traslado",
    },
}  # fmt: skip
"""What happened to one thing."""

KINDS = {
    "en": {
        "claim": "claims", "link": "links between claims", "status": "status records", "proposition": "propositions",
        "figure": "figures", "actor": "actors", "agreement": "agreements", "event": "events",
        "instrument": "legal instruments", "mission": "missions", "place": "places", "programme": "programmes",
        "venue": "venues", "work": "works", "concept": "concepts", "document": "documents", "text": "text versions",
        "passage": "passages", "selector": "selectors", "marker": "citation markers", "reference": "references",
        "curation": "curation records", "term": "terms of the ontology", "shape": "shapes", OTHERS: "other statements",
    },
    "es": {
        "claim": "afirmaciones", "link": "enlaces entre afirmaciones", "status": "registros de situación",
        "proposition": "proposiciones", "figure": "cifras", "actor": "actores", "agreement": "acuerdos",
        "event": "acontecimientos", "instrument": "instrumentos jurídicos", "mission": "misiones", "place": "lugares",
        "programme": "programas", "venue": "sedes", "work": "obras", "concept": "conceptos", "document": "documentos",
        "text": "versiones del texto", "passage": "pasajes", "selector": "selectores", "marker": "llamadas de cita",
        "reference": "referencias", "curation": "registros de curación", "term": "términos de la ontología",
        "shape": "formas", OTHERS: "otros enunciados",
    },
}  # fmt: skip

PHRASES = {
    "en": {
        "same": "no difference in content",
        "who": "claimant or stance changed",
        "moved": "moved",
        "says": "what it says changed",
        "following": "references that follow: {}",
        "more": "and {} more",
    },
    "es": {
        "same": "sin diferencias de contenido",
        "who": "cambia quién lo dice o su postura",
        "moved": "traslados",
        "says": "cambia lo que dice",
        "following": "referencias que lo siguen: {}",
        "more": "y {} más",
    },
}
