"""`Order(id, customer_id -> Customer, total)`: an entity with its attributes in parentheses, one a line."""

import re

from agents.requirement_analysis.attributes import stated_attributes
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.forms.blocks import Block
from agents.requirement_analysis.forms.things import Column, Forms

_CALL = re.compile(r"^(?P<name>[A-Z][\w ]{0,40}?)\s*\((?P<inner>.*)\)\s*[.;]?$")


def read_calls(block: Block, forms: Forms) -> None:
    """Every line of a block; others are reported."""
    forms.consume(*block.sentences)
    for text, sentence in block.lines():
        if not read_call(text.strip(), sentence, forms):
            forms.not_understood(sentence, "no entity with attributes in parentheses")


def read_call(text: str, sentence: Sentence, forms: Forms) -> bool:
    """One line; False where it is none. `#id` or `_id_` mark a key in textbooks."""
    found = _CALL.match(text)
    parsed = stated_attributes(found["inner"]) if found else ()
    if not found or len(parsed) < 2:
        return False
    thing = forms.thing(found["name"], sentence)
    thing.columns += [Column(a, sentence) for a in parsed]
    thing.key += [a.label for a in parsed if a.key]
    return True
