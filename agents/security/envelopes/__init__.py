"""The code that seals values, in the four languages, with the columns of this project.

`envelopes.py` is what a Python project is given, and what the proof runs; the others keep to the same form, so that
what one language sealed another opens.
"""

from collections.abc import Mapping
from pathlib import Path

from agents.scaling.pools import Language
from contracts.caching import CodeSample

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
        entries = [
            f'"{table}", new Sealed("{key}", Map.of({_pairs(own, ", ")}))' for table, (key, own) in columns.items()
        ]
        return f"SEALED = Map.of({', '.join(entries)})"
    if spoken == "typescript":
        entries = [f'{table}: {{ key: "{key}", columns: {{ {_pairs(own, ": ", "")} }} }}'
                   for table, (key, own) in columns.items()]  # fmt: skip
        return f"}}> = {{ {', '.join(entries)} }}"
    if spoken == "csharp":
        entries = [f'["{table}"] = new Sealed("{key}", new Dictionary<string, string> {{ {_named(own)} }})'
                   for table, (key, own) in columns.items()]  # fmt: skip
        return f"{empty} {{ {', '.join(entries)} }}"
    entries = [f'    "{table}": ("{key}", {{{_pairs(own, ": ")}}}),\n' for table, (key, own) in columns.items()]
    return f"= {{\n{''.join(entries)}}}"


def _pairs(own: Mapping[str, str], between: str, quote: str = '"') -> str:
    return ", ".join(f'{quote}{column}{quote}{between}"{index}"' for column, index in own.items())


def _named(own: Mapping[str, str]) -> str:
    return ", ".join(f'["{column}"] = "{index}"' for column, index in own.items())
