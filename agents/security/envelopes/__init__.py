"""The code that seals values, in the four languages, with the columns of this project.

`envelopes.py` is what a Python project is given, and what the proof runs; the others keep to the same form, so that
what one language sealed another opens.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from contracts.caching import CodeSample

Language = Literal["java", "typescript", "python", "csharp"]

Columns = Mapping[str, tuple[str, Mapping[str, str]]]
"""Table: its key, and each sealed column with its blind index, "" where it has none."""

_HERE = Path(__file__).parent
_FILES: Mapping[Language, str] = {
    "python": "envelopes.py",
    "java": "Envelopes.java",
    "typescript": "envelopes.ts",
    "csharp": "Envelopes.cs",
}
_EMPTY: Mapping[Language, str] = {
    "python": "= {}",
    "java": "SEALED = Map.of()",
    "typescript": "}> = {}",
    "csharp": "SealedColumns = new Dictionary<string, Sealed>()",
}
"""Where the file has no columns yet."""


def code_sample(spoken: Language, columns: Columns) -> CodeSample:
    """The file in this language with these columns; names are identifiers, so that nothing has to be escaped."""
    text = (_HERE / _FILES[spoken]).read_text("utf-8")
    empty = _EMPTY[spoken]
    return CodeSample(language=spoken, text=text.replace(empty, _filled(spoken, empty, columns), 1))


def _filled(spoken: Language, empty: str, columns: Columns) -> str:
    if spoken == "java":
        sealed = {table: f'new Sealed("{key}", {_map(own)})' for table, (key, own) in columns.items()}
        entries = [f'Map.entry("{table}", {made})' for table, made in sealed.items()]
        return f"SEALED = Map.ofEntries({_lines(entries, 12)})"
    if spoken == "typescript":
        entries = [f'{table}: {{ key: "{key}", columns: {{ {_pairs(own, ": ", "")} }} }}'
                   for table, (key, own) in columns.items()]  # fmt: skip
        return f"}}> = {{{_lines(entries, 2)},\n}}"
    if spoken == "csharp":
        entries = [f'["{table}"] = new Sealed("{key}", new Dictionary<string, string> {{ {_named(own)} }})'
                   for table, (key, own) in columns.items()]  # fmt: skip
        return f"{empty}\n    {{{_lines(entries, 8)},\n    }}"
    entries = [f'"{table}": ("{key}", {{{_pairs(own, ": ")}}})' for table, (key, own) in columns.items()]
    return f"= {{{_lines(entries, 4)},\n}}"


def _lines(entries: Iterable[str], indent: int) -> str:
    return ",".join(f"\n{' ' * indent}{entry}" for entry in entries)


def _map(own: Mapping[str, str]) -> str:
    """Map.of ends at ten entries."""
    entries = [f'Map.entry("{column}", "{index}")' for column, index in own.items()]
    return f"Map.ofEntries({', '.join(entries)})"


def _pairs(own: Mapping[str, str], between: str, quote: str = '"') -> str:
    return ", ".join(f'{quote}{column}{quote}{between}"{index}"' for column, index in own.items())


def _named(own: Mapping[str, str]) -> str:
    return ", ".join(f'["{column}"] = "{index}"' for column, index in own.items())
