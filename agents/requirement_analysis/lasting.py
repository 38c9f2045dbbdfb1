"""Rules about what may not change, from a state on or ever, and about deletion by marking."""

import re

from agents.language import tagged
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.ledger import Ledger, stated
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.subjects import (
    Found,
    about,
    attribute_like,
    before_verb,
    owners,
    rest_of,
    root_of,
    said,
    states_named,
    status_of,
)
from agents.requirement_analysis.vocabulary import Mention, tokens
from agents.screening import screened

IMMUTABLE = screened(
    r"\bappend[- ]only\b|\bimmutable\b|\bread[- ]only\b|\bnever changes?\b|\bdo(?:es)? not change\b"
    r"|\b(?:is |are )?never (?:be )?(?:changed|edited|modified|updated|deleted or changed|altered|amended)\b"
    r"|\b(?:cannot|can't|can not|must not|may not|may never|can never|must never|shall not|no longer|not)"
    r"(?: be| change)?(?: any ?more)? ?(?:changed|edited|modified|updated|altered|amended|touched|reopened)\b"
    r"|\b(?:is|are) not to be (?:changed|edited|modified|updated|altered|amended|touched)\b"
    r"|\b(?:is|are|gets?|becomes?) frozen\b|\bmay change nothing\b|\bstays? (?:as (?:it|they) (?:is|are)"
    r"|unchanged)\b",
    re.I,
)
_NOBODY = screened(
    r"\b(?:nobody|no one) (?:(?:may|can|must|should|shall|ever|is allowed to) )*"
    r"(?:chang|edit|modif|touch|alter|amend|updat)(?:y|ie|e)?s? (?P<what>it|them|(?:the |an? |any |our )?[\w-]+?"
    r"(?: [\w-]+?)??)(?=,? any ?more| any longer|,? after| once| when|[.,;]|$)",
    re.I,
)
_NOTHING = screened(
    r"\bnothing (?:may|can|must|should|is allowed to) be (?:changed|edited|modified|touched|altered|amended)"
    r" (?:any ?more )?"
    r"(?P<when>(?:after|once|when|as soon as) [^,.;]+)",
    re.I,
)
_SPARED = screened(r"\b(?:except|but|unless|without|other than|apart from|only)\b", re.I)
_AFTER_STATE = screened(r"\b(?:after|once|when|as soon as)\b(?P<rest>.+)$", re.I)
SOFT = screened(r"\bsoft[- ]?delet|\bmarked as deleted\b|\blogically deleted\b|\bnot deleted\b", re.I)


def immutable(sentence: Sentence, model: Model) -> Found | None:
    """`order history is append-only`; `a sent invoice cannot be edited` with the state in `values`."""
    text = _passive(said(sentence.text))
    found = IMMUTABLE.search(text)
    if not found:
        return None
    head, tail = text[: found.start()], text[found.end() :]
    mentions = model.vocabulary.mentions(head)
    within = about(sentence, model)
    if not mentions and within is None:
        return _attribute_only(head, tail, model)
    entity = (
        mentions[-1].entity if len({m.entity for m in mentions}) == 1 else mentions[0].entity if mentions else within
    )
    assert entity is not None
    status = status_of(entity, model)
    after = _AFTER_STATE.search(tail)
    named = states_named(f"{head} {after['rest'] if after else ''}", entity, model)
    if not named and (fronted := re.match(r"^(?:after|once|from|since)(?: the| its)? (?P<deed>\w+)", head, re.I)):
        named = _of_deed(fronted["deed"], entity, model)
    if named and status:
        return {"kind": "immutable", "entity": entity, "attributes": (status,), "values": named}
    if (
        _AFTER_STATE.search(head)
        or _THAT_IS.search(head)
        or any(_is_narrowed(head, m, n > 0) for n, m in enumerate(mentions))
    ):
        return None  # from a state on that no attribute shows
    if after and not re.match(
        r"\s*(?:it|they)?\s*(?:is|are|was|were)?\s*(?:stored|written|created|saved)\b", after["rest"]
    ):
        return None
    rest = rest_of(tokens(before_verb(text, found.start())), mentions[0]) if mentions else tokens(head)
    if name := attribute_like(rest, entity, model) if rest else None:
        return {"kind": "immutable", "entity": entity, "attributes": (name,)}
    return {"kind": "immutable", "entity": entity}


def _passive(text: str) -> str:
    """What nobody may do, as what may not be done: `nobody touches it any more` as `it may not be changed any more`."""
    if _SPARED.search(text):
        return text
    text = _NOTHING.sub(lambda found: f"{found['when']}, it may not be changed", text)
    return _NOBODY.sub(lambda found: f"{found['what']} may not be changed", text)


_THAT_IS = screened(
    r"\b(?:that|which|who) (?:is|are|was|were|has been|have been|has|have)(?: already)? (?:been )?(?:\w+ed|sent|sold"
    r"|lent|paid|made|done|given|taken|held|built|shown|drawn|won|lost|put)\b",
    re.I,
)


def _of_deed(deed: str, entity: str, model: Model) -> tuple[str, ...]:
    """The state that a noun of doing leads to: after `departure` it is `departed`."""
    name = status_of(entity, model)
    allowed = model.drafts[entity].attributes[name].allowed if name else ()
    found = [v for v in allowed if len(tokens(v)) == 1 and len(r := root_of(v)) > 3 and deed.lower().startswith(r)]
    return tuple(found) if len(found) == 1 else ()


def _is_narrowed(head: str, mention: Mention, close: bool) -> bool:
    """Whether a participle before an entity limits what is meant to some rows: `paid fees`, games of a `finished` cup.

    `close` asks for the word right before it, as everything behind the first entity belongs to its clause.
    """
    before = tokens(head)[: mention.start]
    if close:
        return any(t.tag in ("participle", "adjective") or t.low.endswith("ed") for t in tagged(" ".join(before[-1:])))
    told = tagged(" ".join(before))
    return any(t.tag == "participle" or (t.tag == "adjective" and t.low.endswith("ed")) for t in told)


def _attribute_only(head: str, tail: str, model: Model) -> Found | None:
    """`a grade cannot be changed once the enrolment is completed`: the entity stands behind the verb, or nowhere."""
    for entity, name in owners(tokens(head), model)[:1]:
        status, after = status_of(entity, model), _AFTER_STATE.search(tail)
        named = states_named(after["rest"], entity, model) if after else ()
        if after and (not named or not status):
            return None
        return {"kind": "immutable", "entity": entity, "attributes": (name,), "values": named, "confidence": "medium"}
    return None


def soft_delete(sentence: Sentence, model: Model) -> Found | None:
    """`users are soft-deleted`: the entity needs a time of deletion; which rows count is each query's matter."""
    found = SOFT.search(sentence.text)
    mentions = model.vocabulary.mentions(sentence.text)
    if not found or not mentions:
        return None
    return {"kind": "prose", "entity": mentions[0].entity, "attributes": ("deleted_at",), "adds": ("deleted_at",)}


def deletion_rule(sentence: Sentence, model: Model, ledger: Ledger) -> str | None:
    """The entity whose rows a sentence asks to mark as deleted; it gets `deleted_at`."""
    fields = soft_delete(sentence, model)
    if fields is None:
        return None
    requirement = ledger.requirement("rule", sentence.text, sentence.text, sentence)
    entity = str(fields["entity"])
    model.ensure(entity, "deleted_at", stated(sentence), (requirement,))
    return entity
