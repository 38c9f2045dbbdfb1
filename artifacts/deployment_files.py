"""A platform as the files that are written: YAML with its notes, JSON, SQL from the document, `.env.example`.

The data are the agent's; nothing is decided here. What a parser reads back from a file is exactly what was checked.
"""

import json
import re
from collections.abc import Iterator, Mapping

from artifacts.deployment_document import operations_document
from artifacts.escape import has_hidden, one_line
from artifacts.statements import split_statements
from artifacts.yaml_block import Lines, Noted, yaml_text
from contracts.deployment import ConfigurationFile, Content, PlatformDeployment, Variable
from contracts.published import GeneratedFile

DOCUMENT = "planning/platform-operations.md"


def deployment_files(deployment: PlatformDeployment) -> tuple[GeneratedFile, ...]:
    """Every file of the platform, the document for people first."""
    made = [GeneratedFile(path=DOCUMENT, text=operations_document(deployment))]
    made += [GeneratedFile(path=file.path, text=configuration_text(file)) for file in deployment.configurations]
    made += [GeneratedFile(path=script.path, text=script.text) for script in deployment.scripts]
    if deployment.script:
        made.append(GeneratedFile(path=deployment.schema_path, text=schema_sql(deployment)))
    made.append(GeneratedFile(path=".env.example", text=environment_example(deployment.variables)))
    return tuple(made)


def configuration_text(file: ConfigurationFile) -> str:
    """The file's text; documents of one YAML file are divided by `---`."""
    if file.format == "json":
        text = json.dumps(file.documents[0], indent=2, ensure_ascii=False)
        return (json.dumps(file.documents[0], indent=2) if has_hidden(text) else text) + "\n"
    shown = [_shown(document, "", _notes_of(file, document)) for document in file.documents]
    texts = [
        yaml_text(content, file.comment if at == 0 else "")
        for at, content in enumerate(shown)
        if isinstance(content, Mapping)
    ]
    return "\n---\n".join(texts) + "\n"


def _notes_of(file: ConfigurationFile, document: Content) -> dict[str, str]:
    """The notes of one document: those without a name, and those that start with its own name and `#`."""
    metadata = document.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else ""
    split = ((key.rpartition("#"), note) for key, note in file.notes.items())
    return {path: note for (owner, _, path), note in split if owner in ("", name)}


def _shown(value: object, path: str, notes: Mapping[str, str]) -> object:
    """The value with notes beside what they speak of, and text of several lines as lines."""
    if isinstance(value, Mapping):
        found: object = {
            key: _shown(child, f"{path}.{key}" if path else str(key), notes) for key, child in value.items()
        }
    elif isinstance(value, (list, tuple)):
        found = [_shown(child, f"{path}[]", notes) for child in value]
    elif isinstance(value, str) and "\n" in value:
        found = Lines(value)
    else:
        found = value
    return Noted(found, notes[path]) if path in notes else found


_NOT_CODE = re.compile(r"'(?:[^']|'')*'|--[^\n]*")
_PREPARED = re.compile(r"\s*(?:--[^\n]*\n\s*)*(?:PREPARE|EXECUTE|DEALLOCATE|EXPLAIN)\b", re.IGNORECASE)


def schema_sql(deployment: PlatformDeployment) -> str:
    """The document's script without its prepared queries, which belong to sessions and not to the schema."""
    whole = deployment.delimiter  # then each is one statement already
    cut = ([block.strip()] if whole else _statements(block) for block in deployment.script)
    kept = [statement for block in cut for statement in block if not _PREPARED.match(statement)]
    head = (
        f"-- Schema of {one_line(deployment.title)}, as planning/persistence.md has it\n"
        f"-- (sha256:{deployment.document_digest}); change it there and hand it over again."
    )
    return "\n\n".join((head, *(_ended(statement, deployment.delimiter) for statement in kept))) + "\n"


def _ended(statement: str, delimiter: str) -> str:
    """The statement as its client takes it, which may have to be told where a body with semicolons ends."""
    body = delimiter and ";" in _NOT_CODE.sub("", statement)
    return f"DELIMITER {delimiter}\n{statement}\n{delimiter}\nDELIMITER ;" if body else f"{statement};"


def _statements(block: str) -> Iterator[str]:
    for statement in split_statements(block):
        text = statement.text.strip()
        if text:
            yield text


def environment_example(variables: tuple[Variable, ...]) -> str:
    """Every variable with its meaning above it; secrets are empty, and Compose refuses to start without them."""
    lines = ["# Copy to .env, which stays out of the repository, and fill in the secrets: openssl rand -hex 16"]
    for variable in variables:
        lines += [
            "",
            f"# {one_line(variable.meaning)}{' (secret)' if variable.secret else ''}",
            f"{variable.name}={variable.example}",
        ]
    return "\n".join(lines) + "\n"
