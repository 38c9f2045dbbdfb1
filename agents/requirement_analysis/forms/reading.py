"""All structured forms of a brief, each by its own reader, before prose is read."""

from collections.abc import Callable, Mapping

from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.forms.blocks import Block, blocks
from agents.requirement_analysis.forms.calls import read_calls
from agents.requirement_analysis.forms.class_diagrams import is_class_diagram, read_class_diagram
from agents.requirement_analysis.forms.classes import read_classes, read_python
from agents.requirement_analysis.forms.dbml import read_dbml
from agents.requirement_analysis.forms.graphql import read_graphql
from agents.requirement_analysis.forms.json_samples import read_json, samples_read
from agents.requirement_analysis.forms.lists import read_lists
from agents.requirement_analysis.forms.mermaid import read_mermaid
from agents.requirement_analysis.forms.notes import read_notes
from agents.requirement_analysis.forms.scenarios import read_scenarios, read_stories
from agents.requirement_analysis.forms.sql import read_sql
from agents.requirement_analysis.forms.state_diagrams import is_state_diagram, read_state_diagram
from agents.requirement_analysis.forms.tables import read_tables
from agents.requirement_analysis.forms.things import Forms
from agents.requirement_analysis.forms.yaml_models import read_yaml


def read_diagram(block: Block, forms: Forms) -> None:
    """A diagram of entities, classes or states; other kinds are left to the trace."""
    if is_state_diagram(block):
        read_state_diagram(block, forms)
    elif is_class_diagram(block):
        read_class_diagram(block, forms)
    else:
        read_mermaid(block, forms)


_READERS: Mapping[str, Callable[[Block, Forms], None]] = {
    "sql": read_sql, "mermaid": read_diagram, "dbml": read_dbml, "json": read_json, "class": read_classes,
    "python": read_python, "yaml": read_yaml, "gherkin": read_scenarios, "calls": read_calls,
    "graphql": read_graphql,
}  # fmt: skip


def read_forms(sentences: tuple[Sentence, ...]) -> Forms:
    """What the structured forms state; the sentences in its `read` belong to no other reader."""
    forms = Forms()
    for block in blocks(sentences):
        if reader := _READERS.get(block.language):
            reader(block, forms)
    read_tables(sentences, forms)
    read_notes(sentences, forms)
    read_lists(sentences, forms)
    read_stories(sentences, forms)
    samples_read(forms)
    return forms


def unread(sentences: tuple[Sentence, ...], forms: Forms) -> tuple[Sentence, ...]:
    """The sentences that no structured form has taken."""
    return tuple(s for s in sentences if (s.line, s.text) not in forms.read)
