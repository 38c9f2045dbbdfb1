"""Technology that the brief names; what it leaves open stays empty for the agents that decide."""

import re
from collections.abc import Iterator

from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.ledger import Ledger
from agents.requirement_analysis.numbers import quantities
from agents.requirement_analysis.topics import topic
from agents.requirement_analysis.versions import version_beside
from agents.screening import screened
from contracts.requirements import Stack

_KNOWN: dict[str, tuple[tuple[str, str, str], ...]] = {
    "framework": (
        (r"spring ?boot", "Spring Boot", "java"),
        (r"quarkus", "Quarkus", "java"),
        (r"micronaut", "Micronaut", "java"),
        (r"fastapi", "FastAPI", "python"),
        (r"django", "Django", "python"),
        (r"flask", "Flask", "python"),
        (r"nest\.?js", "NestJS", "typescript"),
        (r"next\.?js", "Next.js", "typescript"),
        (r"express(?:\.js| server| framework)", "Express", "typescript"),
        (r"asp\.net(?: core)?|\.net core", "ASP.NET Core", "csharp"),
    ),
    "language": (
        (r"java(?!script)", "java", ""),
        (r"kotlin", "java", ""),
        (r"typescript|javascript|node(?:\.?js)?", "typescript", ""),
        (r"python", "python", ""),
        (r"c#|c sharp|\.net|dotnet", "csharp", ""),
    ),
    "database": (
        (r"postgres(?:ql)?", "PostgreSQL", ""),
        (r"mariadb", "MariaDB", ""),
        (r"mysql", "MySQL", ""),
        (r"sqlite", "SQLite", ""),
        (r"oracle(?: database)?", "Oracle", ""),
        (r"sql server|mssql", "SQL Server", ""),
        (r"mongo ?db", "MongoDB", ""),
        (r"dynamo ?db", "DynamoDB", ""),
        (r"cassandra|scylla ?db", "Cassandra", ""),
        (r"couch ?db", "CouchDB", ""),
        (r"firestore|firebase", "Firestore", ""),
        (r"neo4j", "Neo4j", ""),
        (r"cockroach ?db", "CockroachDB", ""),
        (r"(?:ibm )?db2", "Db2", ""),
    ),
    "cache": (
        (r"redis", "Redis", ""),
        (r"valkey", "Valkey", ""),
        (r"memcached", "Memcached", ""),
        (r"caffeine", "Caffeine", ""),
    ),
    "architecture": (
        (r"modular monolith", "modular monolith", ""),
        (r"micro-?services?", "microservices", ""),
        (r"monolith(?:ic)?", "monolith", ""),
        (r"serverless", "serverless", ""),
        (r"event[- ]driven", "event-driven", ""),
        (r"layered architecture", "layered", ""),
    ),
    "hosting": (
        (r"aws|amazon web services", "AWS", ""),
        (r"azure(?! ad\b)", "Azure", ""),
        (r"google cloud|gcp", "Google Cloud", ""),
        (r"hetzner", "Hetzner", ""),
        (r"kubernetes|k8s|openshift", "Kubernetes", ""),
        (r"on[- ]prem(?:ises?)?|own (?:data cent(?:er|re)|rack|servers?)|self[- ]hosted|no cloud", "on premises", ""),
        (r"docker(?: compose)?", "Docker", ""),
    ),
}
_COMPILED = {
    part: tuple(
        (screened(rf"(?<![\w.#]){pattern}(?![\w#])", re.I), value, language) for pattern, value, language in entries
    )
    for part, entries in _KNOWN.items()
}
_ANY = {part: screened("|".join(pattern for pattern, _, _ in entries), re.I) for part, entries in _KNOWN.items()}
"""All products of a part at once: a sentence that names none is told by one search."""

_AWAY = screened(
    r"\b(?:no|not|without|instead of|rather than|never|replac\w+|migrat\w+ from|away from|import\w* from"
    r"|avoid)\s+(?:\w+\s+){0,2}$",
    re.I,
)
_INSTANCE = screened(
    r"^(?:application |app |service |api |backend |web |server )*(?:instances?|nodes?"
    r"|replicas of the (?:app|service)|pods?|app(?:lication)? servers?|vms?|virtual machines?|machines|servers)\b",
    re.I,
)
_ONE_SERVER = screened(
    r"\b(?:one|single|1|a) (?:small |physical |virtual |old )*(?:hetzner )?(?:server|laptop|machine|vm|host"
    r"|instance)\b",
    re.I,
)


_ASKED = re.compile(r",? (?:pls|please|plz|would be (?:fine|good|nice)|is fine|will do)\b", re.I)
"""`sqlite please`: asked for, whatever else the sentence says of an old machine."""
_NOW = screened(r"\b(?:existing|old|current(?:ly)?|legacy|former|present|dump|today)\b", re.I)
_STAYS = screened(r"\b(?:stays?|remains?|keep|must be used|continue|already|is there)\b", re.I)
_GOAL = screened(
    r"\b(?:target|goal|new (?:database|system)|(?:move|switch|migrate|port)\w*(?: it| them| this)? to)\b", re.I
)


def _chosen(sentences: tuple[Sentence, ...]) -> str | None:
    """The database that is to be used where another one is in use today; None where no sentence tells them apart.

    A database that only today's system has is not asked for: empty then.
    """
    named = [
        (
            value,
            ""
            if _STAYS.search(sentence.text) or _ASKED.match(sentence.text, hit.end())
            else sentence.text[: hit.end() + 6],
        )
        for sentence in sentences
        if _ANY["database"].search(sentence.text)
        for pattern, value, _ in _COMPILED["database"]
        if (hit := pattern.search(sentence.text)) and not _AWAY.search(sentence.text[: hit.start()])
    ]
    goals = [value for value, before in named if _GOAL.search(before)]
    others = [value for value, before in named if not _NOW.search(before)]
    if goals or len(others) < len(named):
        return next(iter([*goals, *others]), "")
    return None


def stack(sentences: tuple[Sentence, ...], ledger: Ledger) -> Stack:
    """What the brief says about language, framework, database, cache, architecture and instances."""
    found: dict[str, str] = {}
    instances: int | None = None
    chosen = _chosen(tuple(s for s in sentences if s.form not in ("heading", "code", "row")))
    for sentence in sentences:
        if sentence.form in ("heading", "code", "row") or topic(sentence) in (
            "integration",
            "rules",
            "relationships",
            "future",
        ):
            continue
        for part, value in _named(sentence):
            if part == "database" and chosen is not None and value != chosen:
                ledger.irrelevant(sentence, "the database of today, not the one that is asked for")
            elif found.setdefault(part, value) == value:
                version = _version(sentence, value) if part == "database" else ""
                if version:
                    found.setdefault("database_version", version)
                text = f"{part.capitalize()}: {value}{f' {version}' if version else ''}"
                ledger.requirement("stack", part, text, sentence)
            elif topic(sentence) == "stack":
                _ask(part, found[part], value, sentence, ledger)
        if topic(sentence) == "stack" and _UNDECIDED.search(sentence.text):
            for other in _databases(sentence):
                if other != found.get("database"):
                    _ask("database", found.get("database", other), other, sentence, ledger)
        if instances is None and (count := _instances(sentence)):
            instances = count
            ledger.requirement("stack", "instances", f"The application runs in {count} instance(s).", sentence)
        if topic(sentence) == "stack" and sentence.label.lower() == "scaling strategy":
            ledger.requirement("stack", "scaling-strategy", sentence.body, sentence)
    return Stack(**found, instances=instances)


_UNDECIDED = screened(r"\bor\b|\bto be (?:decided|discussed|defined)\b|\btbd\b|\bundecided\b", re.I)


def _databases(sentence: Sentence) -> list[str]:
    """Every database that a sentence names, of which one is meant."""
    if not _ANY["database"].search(sentence.text):
        return []
    return [value for pattern, value, _ in _COMPILED["database"] if pattern.search(sentence.text)]


def _named(sentence: Sentence) -> Iterator[tuple[str, str]]:
    """(part, value) for each product that a sentence names and does not refuse."""
    languages: list[str] = []
    for part, entries in _COMPILED.items():
        if not _ANY[part].search(sentence.text):
            continue
        for pattern, value, language in entries:
            hit = pattern.search(sentence.text)
            if hit and not _AWAY.search(sentence.text[: hit.start()]):
                yield part, value
                languages += [language] if language else []
                break
    for language in languages[:1]:
        yield "language", language


def _version(sentence: Sentence, database: str) -> str:
    """The version of the database that the sentence asks for."""
    pattern = next(pattern for pattern, value, _ in _COMPILED["database"] if value == database)
    hits = pattern.finditer(sentence.text)
    return next(filter(None, (version_beside(sentence.text, *hit.span()) for hit in hits)), "")


def _ask(part: str, first: str, other: str, sentence: Sentence, ledger: Ledger) -> None:
    """Two products for one part."""
    ledger.question(
        f"stack {part}",
        f"The brief names {first} and {other} as {part}. Which is meant?",
        f"the first, {first}",
        (sentence.line,),
    )
    ledger.use(sentence, f"stack.{part}")


def _instances(sentence: Sentence) -> int | None:
    """`4 application instances`, `one server`."""
    for quantity in quantities(sentence.text):
        if not quantity.unit and not quantity.per and 1 <= quantity.value <= 10_000 and _INSTANCE.match(quantity.noun):
            return int(quantity.value)
    hit = _ONE_SERVER.search(sentence.text)
    return 1 if hit and not _AWAY.search(sentence.text[: hit.start()]) else None


def is_technology(name: str) -> bool:
    """Whether a name is of what the application is made of or runs on, so that it is nobody else's system."""
    return any(pattern.fullmatch(name) for part in _COMPILED.values() for pattern, _, _ in part)
