"""The rules that are no shapes, since they look at names, literals, words, files and whole texts: their texts."""

from __future__ import annotations

from dataclasses import dataclass, field

from kb import rdf
from kb.namespaces import SHAPES
from kb.validation.shapes import Messages, Rule


@dataclass(frozen=True)
class Fault:
    """A triple that a rule objects to; ``detail`` says in each language what is wrong.

    ``part`` is the part of the triple that is meant: ``subject``, ``predicate`` or ``object``, its datatype included.
    ``meant`` is the IRI of the term that was probably meant.
    """

    rule: Rule
    severity: str
    triple: rdf.Quad
    detail: Messages = field(default_factory=dict)
    part: str = "object"
    meant: str | None = None


def _rule(local: str, name: tuple[str, str], message: tuple[str, str], description: tuple[str, str]) -> Rule:
    texts = ({"en": en, "es": es} for en, es in (name, message, description))
    return Rule(f"{SHAPES}{local}", *texts)


EMPTY = _rule(
    "NotEmpty",
    ("Something is said", "Algo se dice"),
    ("The file holds no statements: nothing was checked.", "El archivo no contiene enunciados: no se comprobó nada."),
    ("Look whether the right file was given, or whether it was cut off.",
     "Mire si es el archivo correcto o si quedó truncado."),
)  # fmt: skip
UNCHECKED = _rule(
    "SomethingChecked",
    ("Something is checked", "Algo se comprueba"),
    ("No rule looks at anything in this file: it conforms because nothing was asked of it.",
     "Ninguna regla mira nada de este archivo: es conforme porque no se le pidió nada."),
    ("Look whether the classes and the prefixes are those of the knowledge base, such as a mm:Claim and @prefix mm: <https://w3id.org/medical-missions/ontology/> .",
     "Mire si las clases y los prefijos son los de la base de conocimiento, por ejemplo a mm:Claim y @prefix mm: <https://w3id.org/medical-missions/ontology/> ."),
)  # fmt: skip
UNREADABLE = _rule(
    "Readable",
    ("A file that can be read", "Un archivo que se puede leer"),
    ("A file must be valid in its format, so that its statements can be read.",
     "Un archivo debe ser válido en su formato, para que se puedan leer sus enunciados."),
    ("Mend the place that is shown; what comes after it has not been looked at. Often a full stop, a semicolon, a bracket, a quotation mark or a prefix is missing just before.",
     "Corrija el lugar indicado; lo que viene detrás no se ha mirado. A menudo falta justo antes un punto, un punto y coma, un corchete, una comilla o un prefijo."),
)  # fmt: skip
UNKNOWN_TERM = _rule(
    "KnownTerm",
    ("Terms of the ontology", "Términos de la ontología"),
    ("A term in the mm: namespace is one that the ontology defines.",
     "Un término del espacio mm: es uno que la ontología define."),
    ("Nobody finds what is said with a term that does not exist. Correct the spelling, capital letters included, or define the term in the ontology first.",
     "Nadie encuentra lo que se dice con un término que no existe. Corrija la grafía, mayúsculas incluidas, o defina antes el término en la ontología."),
)  # fmt: skip
UNKNOWN_EXTERNAL_TERM = _rule(
    "KnownExternalTerm",
    ("Terms of other vocabularies", "Términos de otros vocabularios"),
    ("A term of a vocabulary that the project uses is one that this vocabulary has.",
     "Un término de un vocabulario que el proyecto usa es uno que ese vocabulario tiene."),
    ("Correct the spelling, capital letters included. If the vocabulary has it since a later edition than the one known here, leave it.",
     "Corrija la grafía, mayúsculas incluidas. Si el vocabulario lo tiene desde una edición posterior a la conocida aquí, déjelo."),
)  # fmt: skip
MISPLACED_TERM = _rule(
    "TermInItsPlace",
    ("Classes and properties in their places", "Clases y propiedades en su lugar"),
    ("A class must stand after a, and a property between a subject and its value.",
     "Una clase debe estar detrás de a, y una propiedad entre un sujeto y su valor."),
    ("Names of classes begin with a capital letter, names of properties with a small one. Write actor:… a mm:Actor, and claim:… mm:claimant actor:….",
     "Los nombres de clases empiezan por mayúscula, los de propiedades por minúscula. Escriba actor:… a mm:Actor, y claim:… mm:claimant actor:…."),
)  # fmt: skip
UNKNOWN_KIND = _rule(
    "KnownKind",
    ("Kinds of identifier", "Clases de identificador"),
    ("An identifier of the project is …/id/<kind>/<name>, with one of its kinds and a name.",
     "Un identificador del proyecto es …/id/<clase>/<nombre>, con una de sus clases y un nombre."),
    ("Use the prefix of the kind (actor:, claim:, passage: …).",
     "Use el prefijo de la clase (actor:, claim:, passage: …)."),
)  # fmt: skip
WHOLE_IRI = _rule(
    "WholeIri",
    ("Identifiers that are whole", "Identificadores completos"),
    ("An identifier is the same wherever the file lies that states it.",
     "Un identificador es el mismo esté donde esté el archivo que lo enuncia."),
    ("A relative IRI such as <#me> stands for an address on this machine, and elsewhere for another. Write it whole or with a prefix, or say with @base or --base what it is relative to.",
     "Un IRI relativo como <#yo> representa una dirección de esta máquina, y en otra parte otra. Escríbalo completo o con un prefijo, o diga con @base o --base respecto a qué es relativo."),
)  # fmt: skip
OTHER_NAMESPACE = _rule(
    "KnownPrefix",
    ("Prefixes with their namespaces", "Prefijos con sus espacios de nombres"),
    ("A prefix of the project stands for the namespace that the project gives it.",
     "Un prefijo del proyecto representa el espacio de nombres que el proyecto le da."),
    ("With another address every name under the prefix is the name of something else, and no rule looks at it. Copy the line, or use another prefix if you mean another vocabulary.",
     "Con otra dirección, cada nombre con ese prefijo es el nombre de otra cosa, y ninguna regla lo mira. Copie la línea, o use otro prefijo si se refiere a otro vocabulario."),
)  # fmt: skip
DEPRECATED_TERM = _rule(
    "CurrentTerm",
    ("Deprecated terms", "Términos obsoletos"),
    ("A term is one that its vocabulary has not deprecated.", "Un término no es de los que su vocabulario declara obsoletos."),
    ("Use the term that replaces it.", "Use el término que lo sustituye."),
)  # fmt: skip
UNKNOWN_CLASS = _rule(
    "KnownClass",
    ("Kinds of node", "Clases de nodo"),
    ("A node states the classes that it has, so that the rules for them can be applied.",
     "Un nodo enuncia sus clases, para que se le puedan aplicar las reglas."),
    ("No rule looks at these nodes. State the general class and the specific one (a mm:Claim , mm:Allegation); give a node in brackets an IRI.",
     "Ninguna regla mira estos nodos. Enuncie la clase general y la específica (a mm:Claim , mm:Allegation); dé un IRI al nodo entre corchetes."),
)  # fmt: skip
WELL_TYPED = _rule(
    "WellTypedLiteral",
    ("Values of their datatype", "Valores de su tipo de dato"),
    ("A value in quotes must be written as its datatype demands.",
     "Un valor entre comillas debe estar escrito como exige su tipo de dato."),
    ("A date that is none and a number that is none cannot be compared or counted. Write \"2025-06-17\"^^xsd:date, \"42\"^^xsd:integer or simply 42; for a date that is not exact write \"2025-06\"^^edtf:EDTF.",
     "Una fecha o un número que no lo son no se pueden comparar ni contar. Escriba \"2025-06-17\"^^xsd:date, \"42\"^^xsd:integer o simplemente 42; para una fecha no exacta, \"2025-06\"^^edtf:EDTF."),
)  # fmt: skip
PLAIN_TEXT = _rule(
    "PlainText",
    ("Texts without hidden characters", "Textos sin caracteres ocultos"),
    ("A text has no control characters, and a name has no white space around it.",
     "Un texto no tiene caracteres de control, y un nombre no tiene espacios alrededor."),
    ("What nobody sees makes two names differ that look the same, or turns the letters on the reader's screen. Type the text again instead of pasting it.",
     "Lo que nadie ve hace distintos dos nombres que parecen iguales, o da la vuelta a las letras en la pantalla. Teclee el texto de nuevo en vez de pegarlo."),
)  # fmt: skip

UNDESCRIBED = _rule(
    "DescribedNode",
    ("Things that are described", "Cosas descritas"),
    ("Whatever an identifier of the project names is described somewhere.",
     "Todo lo que nombra un identificador del proyecto está descrito en algún lugar."),
    ("Look for a misspelt name, or describe the thing: an entity or concept in data/registers/, anything else in the document's folder.",
     "Busque un nombre mal escrito o describa la cosa: una entidad o un concepto en data/registers/, lo demás en la carpeta del documento."),
)  # fmt: skip
UNUSED = _rule(
    "UsedEntry",
    ("Entries of the registers in use", "Entradas de los registros en uso"),
    ("Something should refer to each entity and each concept of the registers.",
     "Algo debería referirse a cada entidad y a cada concepto de los registros."),
    ("Either a statement names another one by mistake, or this one is left over. Look for the statement, or take the entry away. It is asked of the whole knowledge base alone.",
     "O bien un enunciado nombra otra por error, o bien esta sobra. Busque el enunciado o quite la entrada. Solo se pide a la base de conocimiento entera."),
)  # fmt: skip
UNSEALED = _rule(
    "SealedText",
    ("Sealed texts", "Textos sellados"),
    ("The passages, positions, markers and references of a text are as kb document add wrote them.",
     "Los pasajes, posiciones, llamadas y referencias de un texto están como los escribió kb document add."),
    ("text.ttl is generated, and something in it was changed, added or taken away by hand. Run kb document add on the text again; what a rule gets wrong goes into partition.toml.",
     "text.ttl se genera, y algo en él se cambió, añadió o quitó a mano. Ejecute de nuevo kb document add con el texto; lo que una regla haga mal va en partition.toml."),
)  # fmt: skip
TWO_LANGUAGES = _rule(
    "TwoLanguages",
    ("English and Spanish", "Inglés y español"),
    ("A label, definition, note or gloss for all readers has the language tag en or es, without a region.",
     "Una etiqueta, definición, nota o glosa para todos los lectores lleva la etiqueta de lengua en o es, sin región."),
    ("Queries ask for en and es, and pass over en-GB. Write \"…\"@en or \"…\"@es.",
     "Las consultas piden en y es, y no ven en-GB. Escriba \"…\"@en o \"…\"@es."),
)  # fmt: skip
SAME_NUMBERS = _rule(
    "SameNumbers",
    ("Numbers in both languages", "Números en ambas lenguas"),
    ("The English and the Spanish text should have the same numbers.",
     "El texto inglés y el español deberían tener los mismos números."),
    ("A translation keeps the numbers. Compare the two; leave them where one language writes a number in words. Zeros are not compared beside a word such as million: 6 billion is 6000 millones.",
     "Una traducción conserva los números. Compare los dos textos; déjelos si una lengua escribe un número con palabras. Los ceros no se comparan junto a una palabra como millones: 6 billion son 6000 millones."),
)  # fmt: skip
WORD_TWICE = _rule(
    "NoWordTwice",
    ("No word twice", "Ninguna palabra repetida"),
    ("No word should stand twice in a row.", "Ninguna palabra debería ir dos veces seguidas."),
    ("It is mostly a slip of the pen. Take one of the two away. A name that repeats a word has it twice in its identifier as well.",
     "Casi siempre es un desliz. Quite una de las dos. Un nombre que repite una palabra la tiene dos veces también en su identificador."),
)  # fmt: skip
OTHER_NAME = _rule(
    "NamedAfterLabel",
    ("Identifiers made from labels", "Identificadores hechos con etiquetas"),
    ("The identifier of an entity or concept should share a word with one of its labels.",
     "El identificador de una entidad o un concepto debería compartir una palabra con alguna de sus etiquetas."),
    ("Either the label is of something else, or it has changed since. Correct it; if it is right, add a skos:altLabel with the words of the identifier, which stays as it is.",
     "O bien la etiqueta es de otra cosa, o bien ha cambiado desde entonces. Corríjala; si es correcta, añada una skos:altLabel con las palabras del identificador, que se queda como está."),
)  # fmt: skip
CAPITALS = _rule(
    "NoCapitals",
    ("Small letters", "Minúsculas"),
    ("A label should not be in capitals, unless it is made of initials in both languages.",
     "Una etiqueta no debería ir en mayúsculas, salvo que sean siglas en ambas lenguas."),
    ("Capitals are hard to read, and are no part of a name. Write the label as it stands within a sentence.",
     "Las mayúsculas se leen mal y no son parte del nombre. Escriba la etiqueta como va dentro de una oración."),
)  # fmt: skip
ALTERNATIVE_OF_ANOTHER = _rule(
    "AlternativeOfTheSame",
    ("Alternative labels of the same thing", "Etiquetas alternativas de lo mismo"),
    ("An alternative label should have something in common with the other labels or the identifier: of a person a name, of another thing a word, if it is the label of something else, too; and a number should be in another label as well.",
     "Una etiqueta alternativa debería tener algo en común con las otras etiquetas o con el identificador: la de una persona, un nombre; la de otra cosa, una palabra, si es también la etiqueta de algo distinto; y un número debería estar también en otra etiqueta."),
    ("Whoever looks for the label is led to this node. Take it away if it belongs to another; if it is right (a pen name, a year), let a second label or the identifier have the name, the word or the number, too.",
     "A quien busca la etiqueta se le lleva a este nodo. Quítela si es de otro; si es correcta (un seudónimo, un año), ponga el nombre, la palabra o el número también en otra etiqueta o en el identificador."),
)  # fmt: skip
SAME_OPENING = _rule(
    "SameOpening",
    ("Judgements in both languages", "Juicios en ambas lenguas"),
    ("A definition that opens with As a judgement: in English should open with Como juicio: in Spanish, and the other way round.",
     "Una definición que empieza por As a judgement: en inglés debería empezar por Como juicio: en español, y al revés."),
    ("One of the two belongs to another concept, or has lost its opening. Compare them.",
     "Una de las dos es de otro concepto o ha perdido su comienzo. Compárelas."),
)  # fmt: skip
FUTURE = _rule(
    "NotInTheFuture",
    ("Dates that have come", "Fechas que ya han llegado"),
    ("What has been published, said or curated should have a date that has come.",
     "Lo que se ha publicado, dicho o curado debería tener una fecha que ya ha llegado."),
    ("It is mostly a slip in the year. Correct the date, or the clock of this machine.",
     "Casi siempre es un error en el año. Corrija la fecha, o el reloj de esta máquina."),
)  # fmt: skip
OTHER_SPANISH_GLOSS = _rule(
    "SpanishGlossNames",
    ("What a Spanish gloss names", "Lo que nombra una glosa española"),
    ("A Spanish gloss should name at least half of the entities and concepts in the slots of its proposition.",
     "Una glosa española debería nombrar al menos la mitad de las entidades y los conceptos de las casillas de su proposición."),
    ("Either the gloss is of another proposition, or it calls things otherwise than their labels. Correct it, or add what it calls them as skos:altLabel \"…\"@es.",
     "O bien la glosa es de otra proposición, o bien llama a las cosas de otro modo que sus etiquetas. Corríjala o añada lo que dice como skos:altLabel \"…\"@es."),
)  # fmt: skip
OTHER_SPANISH_LABEL = _rule(
    "SpanishLabelInUse",
    ("Spanish labels that are used", "Etiquetas españolas que se usan"),
    ("A Spanish label of an entity or concept should share a word with its Spanish definition or with a Spanish gloss about it, unless it is much like the English one.",
     "Alguna etiqueta española de una entidad o un concepto debería compartir una palabra con su definición española o con una glosa española que trate de ella, salvo que se parezca a la inglesa."),
    ("Either the label is of something else, or the glosses call it otherwise. Correct it; if it is right, add what the glosses say as skos:altLabel \"…\"@es.",
     "O bien la etiqueta es de otra cosa, o bien las glosas lo llaman de otro modo. Corríjala; si es correcta, añada lo que dicen las glosas como skos:altLabel \"…\"@es."),
)  # fmt: skip

OWN_RULES: dict[str, tuple[Rule, str]] = {
    rule.iri: (rule, severity)
    for rule, severity in (
        (UNREADABLE, "Violation"), (EMPTY, "Warning"), (UNCHECKED, "Warning"), (UNKNOWN_TERM, "Violation"),
        (UNKNOWN_KIND, "Violation"), (WHOLE_IRI, "Violation"), (UNKNOWN_CLASS, "Violation"), (MISPLACED_TERM, "Violation"), (WELL_TYPED, "Violation"),
        (UNKNOWN_EXTERNAL_TERM, "Warning"), (DEPRECATED_TERM, "Warning"), (OTHER_NAMESPACE, "Warning"), (PLAIN_TEXT, "Warning"),
        (UNDESCRIBED, "Violation"), (UNSEALED, "Violation"), (TWO_LANGUAGES, "Violation"), (UNUSED, "Warning"),
        (SAME_NUMBERS, "Warning"), (WORD_TWICE, "Warning"), (OTHER_NAME, "Warning"), (OTHER_SPANISH_LABEL, "Warning"),
        (OTHER_SPANISH_GLOSS, "Warning"), (CAPITALS, "Warning"), (ALTERNATIVE_OF_ANOTHER, "Warning"), (SAME_OPENING, "Warning"),
        (FUTURE, "Warning"),
    )
}  # fmt: skip
"""Each of these rules with its severity, by IRI."""
