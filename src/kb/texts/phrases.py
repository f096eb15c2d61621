"""What the words of a text tell about its structure, for English and Spanish; rules of a language, never of one text.

Both languages are always in force, since texts in one quote the other. What only one text needs stands in its hints
file (``kb.texts.hints``).
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


OPENERS = "\"'“‘«‹([{¿¡*_—–"
"""What may stand before the first letter of a sentence."""

CLOSERS = "\"'”’»›)]}*_"
"""What may stand between the stop of a sentence and the space after it."""

INVISIBLE = "\u200b\u2060\ufeff"
"""What takes no room and is no white space to Python: zero-width space, word joiner, byte order mark."""

# Followed by a name or a number, never by the end of a sentence.
NEVER_FINAL = _words(
    """
    adm amb approx asst brig ca capt cf cmdr cnel col dept dir dña dr dra drs ee ej excmo exmo ff fr gen gob gov govt
    gral hon ing lcdo lic lt mgr mons mr mrs ms messrs mt mx pbro ph pres prof profa rep rev rr rvdo sen sgt sra sras
    sres srta sta ste sto supt v viz vs e.g i.e a.k.a d q.v p.ej st aprox
    """
)

# An abbreviation before a number, a word of its own before anything else ("No. 5", "He said no.").
BEFORE_NUMBER = _words(
    """
    apr apdo art arts aug av cap ch dec ed eds feb fig figs inc jan jul jun mar no nos nov núm num nro oct op p pág págs
    para pp pt res sec secs sep sept tel tit tomo vol vols
    """
)

# May close a sentence or stand inside one: what follows decides, as it does for acronyms and initials ("U.S.", "E.J.").
MAYBE_FINAL = _words("bros co corp cía esq etc hh inc jr ltd ltda mo sr ss uu yr yrs ud uds vd")

# Words that open a sentence when they are capitalised and do not belong to a name.
STARTERS = _words(
    """
    a according after all also although an and another any as at because before both but by cuando during each even
    every few for from further had has have he her here his how however i if in instead is it its later many meanwhile
    more moreover most my neither no nor not now of on once one or other others our over she since so some still such
    than that the their them then there therefore these they this those though through thus to today under unless until
    we were what when where whether which while who why with without yet you your
    al algunos además ahora antes aquel aquella así aunque cada como con cuál cuándo de del desde después durante e el
    ella ellas ellos en entonces es esa esas ese eso esos esta estas este esto estos fue hasta hay hoy la las lo los
    luego más mientras muchos ni no nosotros nunca otra otro otros para pero por porque pues que qué quien quién se
    según ser si sí sin sobre su sus también tampoco tras tu un una unas unos y ya
    """
)

# Small words that a title leaves in lower case.
SMALL_WORDS = _words(
    """
    a an and as at but by for from in into nor of off on onto or out over per than the to up via vs with
    al ante con contra de del desde e el en entre la las lo los o para por según sin sobre tras u un una y
    """
)

# Names with a capital inside, which no glued heading explains; surnames with a prefix besides.
CAMEL_NAMES = _words(
    """
    AstraZeneca BioNTech BlackRock BuzzFeed ChatGPT DreamWorks ExxonMobil FedEx GitHub GlaxoSmithKline GoFundMe
    HarperCollins JavaScript LexisNexis LinkedIn MasterCard MedlinePlus OpenAI OpenStreetMap PayPal PowerPoint PubMed
    PwC ResearchGate SoundCloud SpaceX TeleSUR TikTok UnitedHealth WhatsApp WikiLeaks WordPress YouTube
    """
)
CAMEL_PREFIX = re.compile(r"(?:Mc|Mac|De|Del|Des|Di|Da|Du|El|La|Le|Lo|Van|Von|Fitz|Al|Ben|Bin|O['’])\Z")

BIBLIOGRAPHY = re.compile(
    r"(?:(?:[\dIVX]+\.?|#+)\s+)?"
    r"(?:works cited|(?:list of |selected )?references|(?:selected )?bibliography|sources|(?:end|foot)?notes"
    r"|literature(?: cited)?|obras citadas|trabajos citados|referencias(?: bibliográficas)?|bibliografía|fuentes|notas"
    r"(?: al pie| finales)?)\s*:?\Z",
    re.IGNORECASE,
)

# Headings under which only a list is a bibliography: prose may follow them as well.
NOTES = re.compile(r".*\b(?:sources|(?:end|foot)?notes|literature|fuentes|notas)\b", re.IGNORECASE)

RECOMMENDATIONS = re.compile(
    r"(?:(?:[\dIVX]+(?:\.\d+)*\.?|[A-Z]\.)\s+)?(?:(?:key|main|policy|our|principales)\s+)?(?:recommend|recomend)",
    re.IGNORECASE,
)

RATIONALE = re.compile(
    r"[*_]{0,3}(?:why (?:it|this|that)(?:\s+is|\s+matters|['’]s)?(?:\s+\w+){0,2}|rationale|reasons?|justification"
    r"|por qué(?:\s+\w+){0,3}|justificación|fundamento|motivos?|razón|razones)[*_]{0,3}\s*:",
    re.IGNORECASE,
)

CAPTION = re.compile(
    r"[*_]{0,3}(?:table|tabla|cuadro|figure|figura|gráfico|chart|box|recuadro)\s+(?:\d+|[IVX]+|[A-Z])(?:[.\-]\d+)*(?:[a-z])?"
    r"\s*(?:[.:–—-]|[*_]|\Z)",
    re.IGNORECASE,
)

FURNITURE = re.compile(
    r"(?:leave a (?:reply|comment)|post a comment|you must be logged in\b.*|your email address will not\b.*"
    r"|share this:?|related (?:posts|articles):?|skip to (?:main )?content|all rights reserved\.?"
    r"|deja (?:una respuesta|un comentario)|debes (?:estar conectado|iniciar sesión)\b.*"
    r"|tu dirección de correo electrónico no\b.*|compart[ei](?:r|lo)?(?: esto)?:?|entradas relacionadas"
    r"|todos los derechos reservados\.?)\Z",
    re.IGNORECASE,
)

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre"
    r"|diciembre)\.?"
)
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|lunes|martes|miércoles|jueves|viernes|sábado|domingo"
DATELINE = re.compile(
    r"[*_]{0,3}"
    r"(?:(?:(?:last )?(?:published|posted|updated|revised)|publicado|actualizado|fecha|date)(?: on| el)?:?\s+)?"
    rf"(?:(?:{_WEEKDAY}),?\s+)?"
    rf"(?:{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|\d{{1,2}}(?:\s+de)?\s+{_MONTH},?(?:\s+del?)?\s+\d{{4}}|{_MONTH}(?:\s+de)?\s+\d{{4}}"
    r"|\d{4}-\d{2}-\d{2}|\d{1,2}[/.]\d{1,2}[/.]\d{4})[*_]{0,3}\.?\Z",
    re.IGNORECASE,
)

BYLINE = re.compile(
    r"[*_]{0,3}(?:by|por|written by|text by|texto de|authors?:|autor(?:es|a|as)?:)\s+[^\W\d_]", re.IGNORECASE
)
# Two or more capitalised words, joined by commas, "and", particles: a list of persons.
NAMES = re.compile(
    r"[*_]{0,3}[^\W\d_][\w.'’-]*(?:[ \u00a0]+(?:[^\W\d_][\w.'’-]*|&)|,[ \u00a0]*[^\W\d_][\w.'’-]*){1,14}[*_]{0,3}\Z"
)
PARTICLES = _words("and y e with con de del la las los van von der den da dos bin ibn al el")


def is_title_case(text: str) -> bool:
    """Whether every word that a title would capitalise begins with a capital or a digit; False without any word."""
    words = re.findall(r"[^\W_][\w'’.-]*", text)
    significant = [word for word in words if word.lower() not in SMALL_WORDS]
    return bool(significant) and all(word[0].isupper() or word[0].isdigit() for word in significant)


def is_names(text: str) -> bool:
    """Whether a line reads as names of persons: capitalised words, with commas, conjunctions and particles."""
    if not NAMES.match(text):
        return False
    words = re.findall(r"[^\W\d_][\w.'’-]*", text)
    return (
        all(word[0].isupper() or word in PARTICLES for word in words) and sum(word[0].isupper() for word in words) > 1
    )
