"""Text of a brief, made harmless for the one place where it will stand.

A brief is not trusted and quotes of it go everywhere: into sentences, table cells, code, YAML, diagrams,
comments, file names. Each place has its own function here, so that no caller invents half of one. All of
them share two rules: characters that a reader cannot see (controls, direction overrides, zero-width and tag
characters) become visible as `⟨U+202E⟩`, and a line break becomes a space where one line is expected.
"""

import re
import unicodedata

JOINERS = frozenset("\u200c\u200d")  # Persian, Indic scripts and emoji need them; they reorder nothing

_BREAKS = re.compile(r"[ \t]*[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+[ \t]*")
_SPECIAL = re.compile(r"[\\`*\[\]|~$]")
_OPENS_TAG = re.compile(r"<(?=[A-Za-z/!?]|$)")
_OPENS_ENTITY = re.compile(r"&(?=#?\w+;|$)")
_LOOSE_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_LEADING = re.compile(r"^(?:[#+\-=>:]|(\d{1,9})(?=[.)](?:\s|$)))")


def is_hidden(character: str) -> bool:
    """Whether a reader would not see this character: controls, formats, surrogates, noncharacters."""
    if character in JOINERS or character == "\n":
        return False
    category = unicodedata.category(character)
    return category in {"Cc", "Cf", "Cs", "Zl", "Zp"} or (category == "Cn" and ord(character) & 0xFFFE == 0xFFFE)


def has_hidden(text: str) -> bool:
    """Whether any character of the text is hidden from a reader."""
    return not text.isprintable() and any(map(is_hidden, text))


def visible(text: str) -> str:
    """The text with LF line ends and tabs as spaces, every other hidden character shown by its number.

    >>> visible("pay\\u202efdp")
    'pay⟨U+202E⟩fdp'
    """
    if text.isprintable():  # true for nearly every text, and never with a hidden character
        return text
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(f"⟨U+{ord(c):04X}⟩" if is_hidden(c) else c for c in plain)


def one_line(text: str) -> str:
    """The visible text on one line, without spaces at its ends."""
    return visible(_BREAKS.sub(" ", text)).strip()


def shortened(text: str, length: int = 160) -> str:
    """One line of at most `length` characters, cut at a word with an ellipsis."""
    line = one_line(text)
    if len(line) <= length:
        return line
    head = line[: length - 1]
    return f"{head.rsplit(' ', 1)[0] if ' ' in head[length // 2 :] else head}…"


def clause(text: str) -> str:
    """One line without a full stop at its end, to stand inside a sentence."""
    return one_line(text).rstrip(" .")


def sentence(text: str) -> str:
    """One line that ends as a sentence does."""
    line = one_line(text)
    if line.split(" ", 1)[0] in _OPENERS:
        line = line[0].upper() + line[1:]
    return line if not line or line[-1] in ".!?:…" else f"{line}."


_OPENERS = frozenset({
    "a", "after", "all", "an", "any", "as", "at", "because", "both", "by", "each", "every", "few", "for", "from", "if",
    "in", "it", "its", "members", "most", "no", "none", "not", "nothing", "of", "on", "one", "only", "people", "rows",
    "some", "that", "the", "their", "there", "these", "they", "this", "those", "to", "two", "what", "when", "where",
    "which", "whoever", "with", "without",
})  # fmt: skip
"""Words that open a sentence and are never a table's or column's name, which must keep its small letter."""


def markdown(text: str) -> str:
    """Text for a sentence or a table cell: it renders as exactly its own characters, at any place of a line.

    Escapes only what could mean something, so that the source stays readable: `order_items` and `<200 ms`
    stay, `_x_` and `<script>` do not.

    >>> markdown("a|b [x](javascript:1) <script> order_items {{ 7*7 }}")
    'a\\\\|b \\\\[x\\\\](javascript:1) &lt;script> order_items {{ 7\\\\*7 }}'
    """
    line = _SPECIAL.sub(r"\\\g<0>", _OPENS_ENTITY.sub("&amp;", one_line(text)))
    line = _LOOSE_UNDERSCORE.sub(r"\\_", _OPENS_TAG.sub("&lt;", line))
    return _LEADING.sub(lambda m: f"{m[1]}\\" if m[1] else f"\\{m[0]}", line)


def markdown_cell(text: str) -> str:
    """Text for a table cell that may have several lines, each shown as one."""
    lines = (markdown(line) for line in re.split(r"[\r\n]+", text))
    return "<br>".join(filter(None, lines))


def code_span(text: str) -> str:
    """Inline code, correct in a sentence and in a table cell.

    A pipe cannot be written in a code span that works in both places, so text with one becomes an HTML
    `<code>` element with entities.
    """
    line = one_line(text)
    if not line:
        return ""
    if "|" in line or line.strip("`") == "":
        return f"<code>{_html_code(line)}</code>"
    fence = "`" * (_longest_run(line) + 1) if "`" in line else "`"
    pad = " " if line[0] == "`" or line[-1] == "`" else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def _html_code(line: str) -> str:
    """Text inside an HTML element on a Markdown line: whatever either could read as markup is an entity."""
    return re.sub(r"[&<>|`*_\[\]\\~$!]", lambda m: f"&#{ord(m[0])};", line)


def _longest_run(text: str) -> int:
    """The length of the longest run of backticks."""
    return max((len(run) for run in re.findall(r"`+", text)), default=0)


def fenced(text: str, language: str) -> str:
    """A fenced block that nothing inside can close: its fence is longer than any run of backticks in the text."""
    fence = "`" * max(3, _longest_run(text) + 1)
    body = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    return f"{fence}{language}\n{body}\n{fence}"


def sql_comment(text: str, width: int = 110) -> str:
    """`-- ` lines for SQL; no character of the text can end the comment early."""
    lines = (one_line(line) for line in re.split(r"[\r\n]+", text))
    return "\n".join(f"-- {part}" for line in lines for part in wrapped(line, width - 3))


def wrapped(line: str, width: int) -> list[str]:
    """The line broken at spaces into parts of at most `width` characters, longer words left whole."""
    parts: list[str] = []
    for word in line.split():
        if parts and len(parts[-1]) + len(word) < width:
            parts[-1] += f" {word}"
        else:
            parts.append(word)
    return parts


def yaml_comment(text: str) -> str:
    """Text for a comment at the end of a line of YAML."""
    return one_line(text)


def mermaid_label(text: str) -> str:
    """Text for a double-quoted label in a mermaid diagram, which has entity codes but no backslash."""
    return re.sub(r"[^\w\s.,:()/+=-]", lambda m: f"#{ord(m[0])};", one_line(text))


def html_comment(text: str) -> str:
    """Text for the inside of an HTML comment, which neither `--` nor a leading `>` may end."""
    line = re.sub(r"-(?=-)", "- ", one_line(text))
    return re.sub(r"^(?=-?>)", " ", line).rstrip("-")


def file_name(text: str, fallback: str = "file") -> str:
    """A file name without folders, leading dots or characters that any common file system refuses.

    >>> file_name("../../etc/passwd")
    'etc-passwd'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip(".-_")
    name = re.sub(r"(?:[.-]*\.[.-]*){2,}|-{2,}|(?<=-)\.+|\.+(?=-)", "-", name)[:120].strip(".-_")
    if name.split(".")[0].upper() in _RESERVED:
        name = f"{fallback}-{name}"
    return name or fallback


_RESERVED = frozenset({"CON", "PRN", "AUX", "NUL", *(f"{d}{n}" for d in ("COM", "LPT") for n in range(1, 10))})
