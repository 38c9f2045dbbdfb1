"""From a brief's markdown to sentences that know where they stand.

Structure comes from markdown-it's token tree, not from patterns over raw text, so bullets, numbering, emphasis and
wrapped lines look the same to every reader downstream. HTML and indented code are switched off: `<200ms` and an
indented list are words of a brief, not markup.
"""

import bisect
import functools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from agents.requirement_analysis.forms.regions import FENCE, regions

Form = Literal["heading", "bullet", "numbered", "paragraph", "row", "code"]

_LOWEST = 7
"""The level of headings that markdown does not know."""
LONGEST = 1_000
"""Characters of a sentence; no person writes longer ones."""

_LABEL = re.compile(r"^(?P<label>[^:.!?()`]{1,60}?(?:\s*\([^()]{1,30}\))?)\s*:(?=\s|$)\s*")
_AGENDA = re.compile(
    r"(?:TOP|Tagesordnungspunkt|Agenda item|Item) ?\d{1,2}[a-z]? ?[:.–—-]+ (?P<title>[A-ZÀ-Þ][^.;:]{1,58}[^.;:,\s])"
)
"""A point of the agenda of minutes on a line of its own, which is their heading: `TOP 3 – Mengen`."""
_TOLD = re.compile(r"(?:we|i|they|wir|ich|man) [^:]*:\s+(?:each|every|an?|the|jede[rs]?|eine?|der|die|das|ein)\s", re.I)
"""A clause before a colon that another clause explains: `We also lend tools: every tool has …`."""
_BESIDE = re.compile(r"^(?P<label>[A-ZÀ-Þ][\w-]*(?: [\w-]+){0,2}): (?=[^:]*,)")
"""A further label in one paragraph, with a list of its own."""
_END = re.compile(
    r"(?<=[.!?])\s+(?=[\"'(]?[A-ZÀ-Þ0-9])|(?<=[a-z)][.!?])(?=[A-Z][a-z]+[ ,])|(?<=[a-z/]{3}[.!?])\s+(?=[a-z_]+ )"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:(?-i:[a-z])|e\. ?V|Hr|Fr|Nr|Abs|Tel|bzw|ggf|"
    r"usw|inkl|e\.g|i\.e|approx|ca|no|vs|etc|resp|incl|max|min|z\.B|d\.h|Dr|Mr|Mrs|St|c))\.$",
    re.I,
)
_DEFINED = re.compile(r"[A-ZÀ-Þ]\w+(?: [\w/]+){0,2} [–—] (?=[^.]*,)")
_ATTENDED = re.compile(r"(?:present|attendees|absent|apologies|anwesend|teilnehmer|entschuldigt):\s")
"""A line of the head of minutes, small as the rest of them."""
_STEP = re.compile(r"(?:Given|When|Then|And|But|Angenommen|Gegeben sei(?:en)?|Wenn|Dann|Und|Aber)\s")
_SCENARIO = re.compile(rf"(?:Scenario|Szenario|Background|Grundlage|Hintergrund|Beispiel)\b[^:]*:|{_STEP.pattern}")
"""Steps of a scenario stand on lines of their own, also without the words that fence a feature off."""
_BULLET = re.compile(r"^([ \t]*)[•◦▪‣∙●○⁃]\s+", re.MULTILINE)
_DASHES = re.compile(r"(?:^[ \t]*[–—][ \t]+\S[^\n]*(?:\n|\Z)){2,}", re.MULTILINE)
_DASH = re.compile(r"^([ \t]*)[–—][ \t]+", re.MULTILINE)
"""Long dashes are bullets where several lines in a row begin with one; a single one goes on with a sentence."""
_BORDER = re.compile(r"^[\s|:+=-]+$")
_NUMBER = re.compile(r"^([ \t]*\d{1,2}[.)])(?=[A-Z][a-z]+[ :/])", re.MULTILINE)
"""A number that markdown takes for none, because no space follows: `2.Order Management: …`."""
_COMMENT = re.compile(r"^[ \t]*(?://+|--)[ \t]+(?=\S)", re.MULTILINE)
_SIGNATURE = re.compile(r"^--[ \t]*$", re.MULTILINE)
_CODE = re.compile(
    r"^(?:/[A-Z]{1,4}[-_ ]?\d+[a-z]?/\s+(?=\S)"
    r"|(?:[A-Z]{1,6}[-_ ]?\d+(?:[.-]\d+)*[a-z]?|[A-Z]{1,3}(?:-[A-Z]{1,6})+-?\d+)\s*:\s+(?=\S))"
)
"""`LF10: …`, `REQ-3.2: …`, `/LF10/ …`: the number of a requirement."""
_CODED = re.compile(
    r"^(?P<indent>[ \t]*)(?:[-*+][ \t]+)?(?:\*\*)?[\[(]?(?P<prefix>[A-Z]{1,6}(?:-[A-Z]{1,6})*)[-_ ./]?\d+(?:[.-]\d+)*"
    r"[a-z]?[\])]?[:.]?(?:\*\*)?[ \t]*[:.)–—-]?[ \t]+(?=[\"'*_]?[A-ZÀ-Þ])",
    re.MULTILINE,
)
"""`R1 The system shall …`, `- [REQ-2] …`: each such line is an item, where several begin so."""
_FEWEST_CODES = 3
_BOX = re.compile(r"^\[[ xX✓]\]\s*")
_MARKS = str.maketrans({"\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2019": "'", "\ufeff": "", "\x00": " "})


@dataclass(frozen=True)
class Sentence:
    """One sentence, item or row. `label` is what stands before its colon, `lead` what introduces its list.

    `text` is without markup; `body` is `text` without the label; `quote` are the words on the sentence's first line,
    with … where it goes on below. `sections` are the headings around it, outermost first. `item` numbers the paragraph
    or bullet that it belongs to, `cells` holds a table row by column title.
    """

    line: int
    text: str
    body: str
    form: Form
    item: int
    sections: tuple[str, ...] = ()
    label: str = ""
    lead: str = ""
    lead_line: int = 0
    depth: int = 0
    cells: tuple[tuple[str, str], ...] = field(default=())
    quote: str = ""

    def __hash__(self) -> int:
        """That of its text and line, which tell it from others; every reader asks what a sentence is about."""
        return hash((self.text, self.line))


@dataclass(frozen=True)
class Document:
    """A brief as sentences in their order."""

    title: str
    sentences: tuple[Sentence, ...]


@functools.cache
def _markdown() -> MarkdownIt:
    """The parser; CommonMark with tables, without what would hide words of a brief."""
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 12})
    return parser.enable("table").disable(
        ["code", "html_block", "html_inline", "reference", "link", "image", "autolink"]
    )


def read_document(text: str) -> Document:
    """The brief's sentences with line numbers, sections, labels and leads; linear in the text's length."""
    normal = text.replace("\r\n", "\n").replace("\r", "\n").translate(_MARKS)
    lines = normal.split("\n")
    reader = _Reader(lines)
    reader.read(_markdown().parse(reader.prose()))
    title = next((s.text for s in reader.sentences if s.form == "heading"), "")
    return Document(title=title, sentences=tuple(reader.sentences))


class _Reader:
    """Walks the tokens once; a class only because headings, lists and leads are open at the same time."""

    def __init__(self, source: list[str]) -> None:
        self.source = source
        self.sentences: list[Sentence] = []
        self.headings: list[tuple[int, str]] = []
        self.lists: list[tuple[Form, str, int]] = []
        self.lead = ("", 0)
        self.header: list[str] = []
        self.row: list[str] | None = None
        self.row_line = 0
        self.item = 0
        self.regions = list(reversed(regions(source)))

    def prose(self) -> str:
        """The text without its unfenced structured parts, with every line in its place.

        Remarks of a schema (`-- …`, `// …`) are items of their own; a mail's `--` makes no heading of the line above.
        """
        lines = list(self.source)
        for region in self.regions:
            lines[region.first : region.last + 1] = [""] * (region.last - region.first + 1)
        return "\n".join(
            "\n".join(part) if fenced else _usual("\n".join(part)) for fenced, part in _fences(lines) if part
        )

    def read(self, tokens: list[Token]) -> None:
        """Dispatch on the token's type."""
        for number, token in enumerate(tokens):
            if token.map:
                self._regions(token.map[0])
            match token.type:
                case "inline":
                    self._inline(token, tokens[number - 1])
                case "bullet_list_open" | "ordered_list_open":
                    form: Form = "bullet" if token.type.startswith("bullet") else "numbered"
                    self.lists.append((form, *self.lead))
                case "bullet_list_close" | "ordered_list_close":
                    self.lists.pop()
                    self.lead = ("", 0)
                case "tr_open":
                    self.row = []
                    self.row_line = token.map[0] + 1 if token.map else self.row_line
                case "tr_close":
                    self._row()
                case "table_close":
                    self.header = []
                case "fence" | "code_block":
                    first = (token.map or [0])[0] + (2 if token.type == "fence" else 1)
                    self._code(token.content.split("\n"), first, token.info.strip().lower())
        self._regions(len(self.source))

    def _regions(self, before: int) -> None:
        """The unfenced structured parts that end above a line."""
        while self.regions and self.regions[-1].first < before:
            region = self.regions.pop()
            self._code(self.source[region.first : region.last + 1], region.first + 1, region.language)

    def _inline(self, token: Token, opener: Token) -> None:
        """Text of a heading, a cell, a bullet or a paragraph."""
        first = (token.map or [0])[0] + 1
        if self.row is not None:
            self.row.append(" ".join(part for _, part in _lines(token, first)))
            return
        if opener.type == "heading_open" and not (opener.markup == "-" and len(token.content) > 80):
            self._heading(int(opener.tag[1:]), " ".join(part for _, part in _lines(token, first)), first)
            return
        lines = _lines(token, first)
        if len(lines) > 1 and all(text.startswith(("|", "+")) for _, text in lines):
            self._bare_table(lines)
            return
        for number, group in enumerate(_items(lines)):
            if number and self.lists and not self.source[group[0][0] - 1][:1].isspace():
                self._after_list(group)
            else:
                self._add(group)

    def _bare_table(self, lines: list[tuple[int, str]]) -> None:
        """A table whose line of dashes is missing or does not fit, so that markdown sees a paragraph of bars."""
        for line, text in lines:
            if not _BORDER.match(text):
                self.row, self.row_line = [cell.strip() for cell in text.strip("|").split("|")], line
                self._row()
        self.header = []

    def _after_list(self, group: list[tuple[int, str]]) -> None:
        """A labelled line at the margin right below a list: markdown calls it part of the last bullet, people do not.

        It introduces the bullets that follow, which markdown counts to the same list.
        """
        form = self.lists[-1][0]
        outer, self.lists = self.lists, []
        self._add(group)
        self.lists = [*outer[:-1], (form, *self.lead)]

    def _heading(self, level: int, text: str, line: int) -> None:
        """Open a section, closing those that it ends."""
        self.headings = [h for h in self.headings if h[0] < level]
        self._emit("heading", [(line, text)], text, "")
        self.headings.append((level, text))
        self.lead = ("", 0)

    def _add(self, group: list[tuple[int, str]]) -> None:
        """One bullet, labelled line or wrapped paragraph; what a specification numbers it by is no label."""
        if not self.lists and len(group) == 1 and (point := _AGENDA.fullmatch(group[0][1])):
            self._heading(_LOWEST, point["title"], group[0][0])
            return
        group = [(group[0][0], _CODE.sub("", group[0][1])), *group[1:]]
        text = " ".join(part for _, part in group)
        if not text.strip():
            return
        form: Form = self.lists[-1][0] if self.lists else "paragraph"
        found = _LABEL.match(text)
        label = found["label"].strip() if found and len(found["label"].split()) <= 7 else ""
        if label and _TOLD.match(text):
            label = ""
        self._emit(form, group, text, label)
        ends = text.rstrip().endswith(":")
        short = len(text.split()) <= 4 and text.rstrip()[-1:] not in ".!?"
        self.lead = (text.rstrip(" :"), group[0][0]) if ends or short else ("", 0)

    def _emit(self, form: Form, group: list[tuple[int, str]], text: str, label: str) -> None:
        """The sentences of one item, each with the line that it starts on."""
        self.item += 1
        lead, lead_line = (self.lists[-1][1], self.lists[-1][2]) if self.lists else ("", 0)
        sections = tuple(title for _, title in self.headings)
        start = _LABEL.match(text).end() if label and (_LABEL.match(text)) else 0  # type: ignore[union-attr]
        parts = list(sentences_in(text, start))
        if not label and form in ("bullet", "numbered") and len(parts) > 1 and _is_head(parts[0][1]):
            label, start = parts[0][1].rstrip("."), len(parts[0][1])  # `1) Donors. We store name, …`
        own = label
        for number, (offset, part) in enumerate(parts):
            body = part[start:].strip() if number == 0 else part
            if number and own and (found := _BESIDE.match(part)):  # `Forest: name, area. Sawmill: name, address`
                label, body = found["label"], part[found.end() :].strip()
            self.sentences.append(
                Sentence(
                    line=_line_at(group, offset), text=part, quote=_on_line(group, offset, part),
                    body=body,
                    form=form, item=self.item, sections=sections, label=label, lead=lead, lead_line=lead_line,
                    depth=len(self.lists),
                )
            )  # fmt: skip

    def _row(self) -> None:
        """A table's header or one of its rows."""
        cells, self.row = self.row or [], None
        if not self.header:
            self.header = cells
        if not any(cells):
            return
        line = self.row_line
        self.item += 1
        form: Form = "row"
        pairs = tuple(zip(self.header, cells, strict=False)) if cells is not self.header else ()
        text = " | ".join(cells)[:LONGEST]
        self.sentences.append(
            Sentence(line, text, text, form, self.item, tuple(t for _, t in self.headings), "", *self.lead, 0, pairs)
        )

    def _code(self, lines: list[str], first: int, label: str) -> None:
        """Each line of a fence or region, with its language as label and its indentation as depth."""
        self.item += 1
        sections = tuple(title for _, title in self.headings)
        for number, line in enumerate(lines):
            text = line.strip()
            indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
            for begin in range(0, len(text), LONGEST):
                part = text[begin : begin + LONGEST]
                self.sentences.append(
                    Sentence(first + number, part, part, "code", self.item, sections, label, depth=indent)
                )


def _fences(lines: list[str]) -> Iterator[tuple[bool, list[str]]]:
    """(whether a fence holds them, lines) from the first line to the last; what a fence holds is nobody's prose."""
    part: list[str] = []
    mark = ""
    for line in lines:
        found = FENCE.match(line)
        if found and not mark:
            yield False, part
            part, mark = [line], found["mark"]
        elif found and found["mark"].startswith(mark):
            yield True, [*part, line]
            part, mark = [], ""
        else:
            part.append(line)
    yield bool(mark), part


def _usual(text: str) -> str:
    """A text with the marks of lists that markdown knows."""
    text = _COMMENT.sub("- ", _SIGNATURE.sub("", text))
    text = _DASHES.sub(lambda run: _DASH.sub(r"\1- ", run[0]), text)
    coded = Counter(found["prefix"] for found in _CODED.finditer(text))
    text = _CODED.sub(
        lambda found: f"{found['indent']}- " if coded[found["prefix"]] >= _FEWEST_CODES else found[0], text
    )
    return _NUMBER.sub(r"\1 ", _BULLET.sub(r"\1- ", text))


def _lines(token: Token, first: int) -> list[tuple[int, str]]:
    """The source lines of an inline token as plain text: emphasis and code marks gone, check boxes too."""
    found: list[tuple[int, str]] = [(first, "")]
    for child in token.children or []:
        if child.type in ("softbreak", "hardbreak"):
            found.append((found[-1][0] + 1, ""))
        elif child.type in ("text", "code_inline", "text_special"):
            found[-1] = (found[-1][0], found[-1][1] + child.content)
    cleaned = [(line, " ".join(_BOX.sub("", part.strip()).split())) for line, part in found]
    return [(line, part) for line, part in cleaned if part]


def _items(lines: list[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Wrapped lines together; a line with a label of its own, or an endpoint, starts anew."""
    group: list[tuple[int, str]] = []
    for line, part in lines:
        if group and (
            _AGENDA.fullmatch(group[-1][1])
            or _starts_anew(part)
            or _is_next(group, part)
            or (_STEP.match(part) and _SCENARIO.match(group[0][1]))
            or _LABEL.fullmatch(group[-1][1] + " ")
            or _is_title(group[-1][1], part)
        ):
            yield group
            group = []
        group.append((line, part))
    if group:
        yield group


def _is_head(sentence: str) -> bool:
    """Whether the first sentence of an item is a word or two that say what the item is about."""
    return sentence.endswith(".") and len(sentence) > 4 and len(sentence.split()) <= 2 and sentence[:1].isupper()


def _is_next(group: list[tuple[int, str]], part: str) -> bool:
    """Whether a line is the next of several labelled ones (`order: user, total`), whatever its first letter is."""
    first, found = _LABEL.match(group[0][1]), _LABEL.match(part)
    return bool(first and found) and len(found["label"].split()) <= 3  # type: ignore[index]


def _is_title(line: str, following: str) -> bool:
    """Whether a line stands for itself as a title: its words are capitalised, it ends without a mark."""
    long = [word for word in line.split() if len(word) > 3]
    capital = sum(word[0].isupper() for word in long)
    ends = line[-1:].isalnum() and following[:1].isupper()
    return ends and 1 < len(line.split()) < 13 and capital == len(long) > 1


def _starts_anew(part: str) -> bool:
    """Whether a line cannot be the continuation of the line above."""
    found = _LABEL.match(part)
    labelled = bool(found) and part[0].isupper() and len(found["label"].split()) <= 6  # type: ignore[index]
    return (
        labelled
        or bool(_CODE.match(part))
        or bool(_DEFINED.match(part))
        or bool(_ATTENDED.match(part))
        or part.split(" ", 1)[0] in ("GET", "POST", "PUT", "PATCH", "DELETE")
    )


def sentences_in(text: str, start: int = 0) -> Iterator[tuple[int, str]]:
    """(offset, sentence) for each sentence of an item; a label stays with the first."""
    begin = 0
    for found in _END.finditer(text, start):
        before = text[max(begin, found.start() - 8) : found.start()]
        if _ABBREVIATION.search(before) and not (
            before.endswith("etc.") and text[found.end() : found.end() + 1].isupper()
        ):
            continue
        yield from _chunks(text, begin, found.start())
        begin = found.end()
    yield from _chunks(text, begin, len(text))


def _chunks(text: str, begin: int, end: int) -> Iterator[tuple[int, str]]:
    """A sentence in parts of at most `LONGEST` characters, cut after a comma or between words where there is one.

    Readers compare words of a sentence with each other; the limit keeps the whole analysis linear.
    """
    while end - begin > LONGEST:
        cut = max(text.rfind(", ", begin, begin + LONGEST) + 1, begin)
        if cut <= begin:
            cut = max(text.rfind(" ", begin, begin + LONGEST), begin)
        cut = cut if cut > begin else begin + LONGEST
        yield begin, text[begin:cut]
        begin = cut + (text[cut : cut + 1] == " ")
    if text[begin:end].strip():
        yield begin, text[begin:end].strip()


def _on_line(group: list[tuple[int, str]], offset: int, part: str) -> str:
    """The words of a sentence that stand on the line on which it starts."""
    end = 0
    for _, text in group:
        end += len(text) + 1
        if end > offset:
            break
    return part if offset + len(part) < end else f"{part[: end - offset - 1]}…"


def _line_at(group: list[tuple[int, str]], offset: int) -> int:
    """The source line on which the character at `offset` of the joined text stands."""
    ends, total = [], 0
    for _, part in group:
        total += len(part) + 1
        ends.append(total)
    return group[min(bisect.bisect_right(ends, offset), len(group) - 1)][0]
