"""Values that a record keeps as they were: the name and the tax rate of a product at the time of the order.

A brief that says so asks for columns that it often does not list. They stand beside the reference, have the type of
what they repeat, and never change again; the command that makes the record copies them.
"""

import re

from agents.naming import words
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.ledger import stated
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.subjects import Found, said
from agents.requirement_analysis.vocabulary import one_of, tokens
from agents.screening import screened
from contracts.requirements import AttributeType

_AS_IT_WAS = screened(
    r"\bas (?:it|they) (?:was|were|stood)\b|\bat (?:the|that) (?:time|moment|date) (?:of|when|at which)\b"
    r"|\bat (?:the )?time of\b"
    r"|\b(?:keep|keeps|store|stores|copy|copies|freeze|freezes)\b.*\bat (?:purchase|checkout|booking|issue)\b",
    re.I,
)
_CHANGING: tuple[AttributeType, ...] = ("money", "percentage", "decimal", "string", "text")


def kept_values(sentence: Sentence, model: Model) -> Found | None:
    """`order items show the product name and tax rate as they were`: these attributes, which never change."""
    text = said(sentence.text)
    if not _AS_IT_WAS.search(text):
        return None
    named = list(dict.fromkeys(m.entity for m in model.vocabulary.mentions(text)))
    spoken = {one_of(word) for word in tokens(text)}
    for record in dict.fromkeys((*named, *(n for n in model.drafts if {*model.drafts[n].parents.values()} & {*named}))):
        for source in named:
            names = _added(record, source, spoken, sentence, model) if source != record else ()
            if names:
                return {"kind": "immutable", "entity": record, "attributes": names, "confidence": "medium"}
    return None


def _added(record: str, source: str, spoken: set[str], sentence: Sentence, model: Model) -> tuple[str, ...]:
    """The attributes of the record that keep what the text names of the source; those that it has already stay."""
    draft, reference = model.drafts[record], model.reference(record, source)
    if reference is None or draft.nature != "transaction" or model.drafts[source].nature == "transaction":
        return ()
    made = []
    for attribute in model.drafts[source].attributes.values():
        told = {one_of(word) for word in words(attribute.name)}
        name = f"{reference}_{attribute.name}"
        there = {attribute.name, name, f"unit_{attribute.name}"} & {*draft.attributes}
        if attribute.type not in _CHANGING or attribute.unique or not told <= spoken or there:
            continue
        draft.attributes[name] = attribute.model_copy(
            update={
                "name": name, "label": name.replace("_", " "), "default": None, "origin": stated(sentence),
                "serves": (draft.requirement,), "confidence": "medium",
            }
        )  # fmt: skip
        made.append(name)
    return tuple(made)
