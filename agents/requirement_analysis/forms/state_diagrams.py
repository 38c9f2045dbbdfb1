"""mermaid stateDiagram: its arrows are the transitions of one entity's status, told as a sentence of arrows.

Whose states they are, a diagram does not say; readers of rules know how to tell that from the words above it and from
the values that the brief lists, so the diagram becomes one sentence for them.
"""

import re
from dataclasses import dataclass, field

from agents.changing import changed
from agents.naming import words
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.forms.blocks import Block
from agents.requirement_analysis.forms.things import Forms

_STATE = r"(?:\[\*\]|\"[^\"]+\"|[\w.-]+)"
_ARROW = re.compile(rf"^(?P<left>{_STATE})\s*-->\s*(?P<right>{_STATE})\s*(?::::\w+\s*)?(?::\s*(?P<label>.*))?$")
_ALIAS = re.compile(
    r"^state\s+\"(?P<text>[^\"]+)\"\s+as\s+(?P<id>[\w.-]+)\s*\{?$|^(?P<own>[\w.-]+)\s*:\s*(?P<words>.+)$"
)
_CHOICE = re.compile(r"^state\s+(?P<id>[\w.-]+)\s+<<(?:choice|fork|join)>>$")
_COMPOSITE = re.compile(r"^state\s+(?:\"[^\"]+\"|[\w.-]+)\s*\{$")
_TITLE = re.compile(r"^title:?\s+(?P<title>.+)$")
_PLAIN = re.compile(
    r"^(?:stateDiagram(?:-v2)?|%%.*|direction\s+\w+|acc\w+\b.*|style\b.*|classDef\b.*|class\b.*|note\b.*|end note"
    r"|state\s+[\w.-]+|---*|\}|[\w.-]+)$"
)
_END = "[*]"


@dataclass
class _Diagram:
    """What one diagram draws: pairs of ids, labels of ids, nodes that only branch, and its own title."""

    pairs: list[tuple[str, str]] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    branches: set[str] = field(default_factory=set)
    title: str = ""


def is_state_diagram(block: Block) -> bool:
    """Whether a block draws states."""
    return bool(re.search(r"^\s*stateDiagram\b", block.text, re.MULTILINE))


def read_state_diagram(block: Block, forms: Forms) -> None:
    """Tell the transitions of a diagram; its lines are used by the rule that a reader makes of them."""
    forms.consume(*block.sentences)
    diagram, told = _Diagram(), []
    for text, sentence in block.lines():
        if _drawn(re.sub(r"\s*%%.*$", "", text.strip()) or text.strip(), diagram):
            told.append(sentence)
        elif _PLAIN.match(text.strip()):
            forms.irrelevant(sentence, "notation of a diagram")
        else:
            forms.not_understood(sentence, "no state or transition of a stateDiagram")
    chain = ", ".join(f"{a} → {b}" for a, b in _transitions(diagram))
    if chain:
        spoken = _sentence(chain, diagram.title, told[0], block)
        forms.spoken.append((spoken, told[0]))
        forms.also += [(sentence, spoken) for sentence in told[1:]]


def _drawn(text: str, diagram: _Diagram) -> bool:
    """Take over one line that draws something."""
    if found := _ARROW.match(text):
        diagram.pairs.append((found["left"].strip('"'), found["right"].strip('"')))
    elif choice := _CHOICE.match(text):
        diagram.branches.add(choice["id"])
    elif title := _TITLE.match(text):
        diagram.title = title["title"]
    elif alias := _ALIAS.match(text):
        diagram.labels[alias["id"] or alias["own"]] = alias["text"] or alias["words"]
    elif not _COMPOSITE.match(text):
        return False
    return True


def _transitions(diagram: _Diagram) -> list[tuple[str, str]]:
    """The pairs of states, those of the first state first; what only branches is passed through."""
    pairs = list(diagram.pairs)
    for branch in sorted(diagram.branches):
        before, after = [a for a, b in pairs if b == branch], [b for a, b in pairs if a == branch]
        pairs = [p for p in pairs if branch not in p] + [(a, b) for a in before for b in after]
    first = [b for a, b in pairs if a == _END]
    found = sorted((p for p in dict.fromkeys(pairs) if _END not in p), key=lambda p: p[0] not in first)
    return [(diagram.labels.get(a, a), diagram.labels.get(b, b)) for a, b in found]


def _sentence(chain: str, title: str, first: Sentence, block: Block) -> Sentence:
    """The transitions as a business rule; what stands right above, else the heading, says whose they are."""
    above = block.above.text.rstrip(" :") if block.above is not None and block.above.form != "row" else ""
    heads = (title, above, *first.sections[:0:-1])
    head = next((h for h in heads if h and len(words(h)) <= 6), "")
    text = f"{head}: {chain}" if head else chain
    return changed(
        first, text=text, body=chain, label=head, form="bullet", quote=first.text,
        sections=(*first.sections, "Business Rules"),
    )  # fmt: skip
