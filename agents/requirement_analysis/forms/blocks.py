"""The code of a brief, block by block, with the sentence that stands for each of its lines."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from agents.requirement_analysis.document import Sentence

_LANGUAGES = {
    "sql": "sql", "ddl": "sql", "postgresql": "sql", "postgres": "sql", "mysql": "sql", "sqlite": "sql", "tsql": "sql",
    "plsql": "sql", "pgsql": "sql", "oracle": "sql", "mssql": "sql", "mariadb": "sql",
    "mermaid": "mermaid", "drawing": "mermaid", "dbml": "dbml", "json": "json", "json5": "json", "jsonc": "json",
    "jsonl": "json", "ndjson": "json", "jsonlines": "json", "javascript": "json",
    "js": "json", "gherkin": "gherkin", "feature": "gherkin", "cucumber": "gherkin",
    "yaml": "yaml", "yml": "yaml", "python": "python", "py": "python", "class": "class", "box": "class",
    "typescript": "class", "ts": "class", "java": "class", "kotlin": "class", "csharp": "class", "cs": "class",
    "c#": "class", "prisma": "class", "swift": "class", "go": "class", "pseudo": "class", "pseudocode": "class",
    "http": "endpoints", "rest": "endpoints", "graphql": "graphql", "gql": "graphql",
}  # fmt: skip
_SNIFFED = (
    ("sql", re.compile(r"^\s*(?:CREATE|ALTER)\s+(?:TABLE|TYPE)\b", re.IGNORECASE | re.MULTILINE)),
    ("mermaid", re.compile(r"^\s*(?:erDiagram|stateDiagram(?:-v2)?|classDiagram(?:-v2)?)\b", re.MULTILINE)),
    ("dbml", re.compile(r"^\s*(?:Table|Enum)\s+[^{\n]*\{|^\s*Ref\b[^:{\n]*:\s*\S+\s*[<>-]", re.MULTILINE)),
    ("gherkin", re.compile(r"^\s*(?:Feature|Scenario(?: Outline)?)\s*:", re.MULTILINE)),
    ("json", re.compile(r"^\s*(?:\"?\w+\"?\s*[:=]\s*)?[\[{]\s*(?:$|[\"{])", re.MULTILINE)),
    ("python", re.compile(r"^\s*class\s+\w+(?:\([^()]*\))?\s*:\s*$", re.MULTILINE)),
    ("graphql", re.compile(r"^\s*\w+(?:\([^()\n]*\))?:\s*\[?\w+!\]?!?\s*(?:@.*)?$", re.MULTILINE)),
    ("class", re.compile(r"^\s*(?:[\w@]+\s+)*(?:class|interface|type|model|entity|struct|record|enum)\s+\w+[^\n]*\{"
                         r"|^\s*[A-Z]\w*\s*\{", re.MULTILINE)),
    ("endpoints", re.compile(r"^\s*(?:GET|POST|PUT|PATCH|DELETE)\s+/", re.MULTILINE)),
    ("calls", re.compile(r"^\s*[A-Z]\w*\s*\([^()]*(?:\([^()]*\)[^()]*)*\)\s*$", re.MULTILINE)),
    ("yaml", re.compile(r"^\s*[A-Za-z_]\w*:\s*$", re.MULTILINE)),
)  # fmt: skip


@dataclass(frozen=True)
class Block:
    """One fence or unfenced region. `text` has the block's own lines, blank ones included, from line `first` on;
    `above` is the sentence right before it."""

    language: str
    text: str
    first: int
    sentences: tuple[Sentence, ...]
    by_line: dict[int, Sentence]
    above: Sentence | None = None

    def at(self, number: int) -> Sentence:
        """The sentence of the block's line `number`, counted from 1; of the nearest line above where it is blank."""
        line = self.first + number - 1
        while line > self.first and line not in self.by_line:
            line -= 1
        return self.by_line.get(line, self.sentences[0])

    def lines(self) -> Iterator[tuple[str, Sentence]]:
        """(text with its indentation, sentence) of each line that is not blank."""
        for number, text in enumerate(self.text.split("\n")):
            if text.strip():
                yield text, self.by_line[self.first + number]


def blocks(sentences: Iterable[Sentence]) -> Iterator[Block]:
    """The blocks of a brief in order, each with the sentence that stands right above it."""
    above: Sentence | None = None
    for (is_code, _), group in groupby(sentences, key=lambda s: (s.form == "code", s.item)):
        found = tuple(group)
        if is_code:
            yield _block(found, above)
        above = None if is_code else found[-1]


def _block(sentences: tuple[Sentence, ...], above: Sentence | None) -> Block:
    """Lines that were cut because of their length are whole again."""
    first, last = sentences[0].line, sentences[-1].line
    lines = [""] * (last - first + 1)
    by_line: dict[int, Sentence] = {}
    for sentence in sentences:
        lead = "" if sentence.line in by_line else " " * sentence.depth
        lines[sentence.line - first] += lead + sentence.text
        by_line.setdefault(sentence.line, sentence)
    text = "\n".join(lines)
    return Block(_language(sentences[0].label, text), text, first, sentences, by_line, above)


def _language(info: str, text: str) -> str:
    """The notation by the fence's word; by its text where the word says nothing or something else is inside."""
    word = re.split(r"[\s{,:]", info.strip().lower(), maxsplit=1)[0] if info.strip() else ""
    named = _LANGUAGES.get(word, "")
    if named and word not in ("js", "javascript", "ts", "typescript"):
        return named
    sniffed = next((language for language, pattern in _SNIFFED if pattern.search(text)), "")
    return sniffed if not word or named or word in ("text", "txt", "plaintext", "plain") else named
