"""Things, attributes and relationships that hide in sentences: mails, requests for proposal, function lists.

A list makes its owner an entity. A thing that is only named becomes one when something else confirms it: another list
refers to it by id, a relationship counts it, or it is what people usually store. The order of the parts is the order in
which a reader is sure: lists, then names, then relationships, then what all of that leaves without support is refused.
"""

import re
from collections.abc import Sequence

from agents.changing import changed
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import Declarations
from agents.requirement_analysis.prose.confirming import (
    confirm,
    confirm_counted,
    confirm_single,
    fall_back,
    guess,
    refuse,
    settle_loose,
)
from agents.requirement_analysis.prose.declaring import declare, declare_lists, known_as
from agents.requirement_analysis.prose.overlooked import declare_overlooked, declare_told, spoken_of
from agents.requirement_analysis.prose.possessing import relate_possessed
from agents.requirement_analysis.prose.reading import DESCRIBING, Found, read_sentence
from agents.requirement_analysis.prose.referring import refer
from agents.requirement_analysis.prose.relating import attach_records, relate_counted
from agents.requirement_analysis.prose.roles import withdraw_roles
from agents.requirement_analysis.prose.sought import declare_sought
from agents.requirement_analysis.prose.telling import tells
from agents.requirement_analysis.prose.weighing import confirm_weighed
from agents.requirement_analysis.topics import OF_THE_SYSTEM, is_known_label, topic
from agents.screening import screened

__all__ = ["read_prose"]


def read_prose(sentences: Sequence[Sentence], found: Declarations, *, by_forms: bool = False) -> None:
    """Adds what sentences declare to what lists, tables and diagrams declared before.

    Where a brief has such forms (`by_forms`), they say what is stored, and prose only adds what it describes in full.
    """
    read = Found()
    said = [s for s in sentences if s.form in ("paragraph", "bullet", "numbered") and topic(s) not in OF_THE_SYSTEM]
    titled = len({s.item for s in said}) == 1
    lines = {(s.line, s.text) for d in found.by_name.values() for _, s in d.attributes}
    for sentence in said:  # the label of a brief that is one paragraph is its title
        if by_forms and (sentence.line, sentence.text) in lines:
            continue  # what a list of attributes says is no prose
        read_sentence(changed(sentence, label="") if titled else sentence, read, lists_only=by_forms)
    if by_forms:
        _add_described(read, found)
        return
    listed = frozenset(found.by_name)
    declare_lists(read, found)
    settle_loose(read, found)
    confirm(read, found)
    weighed = listed | confirm_weighed(sentences, found)
    confirm_counted(read, found)
    withdraw_roles(read, found)
    refer(read, found)
    relate_counted(read, found)
    attach_records(read, found)
    refuse(read, found, weighed)
    if found.by_name:
        relate_possessed(said, found)
        _add_overlooked(said, read, found)
    if not found.by_name:
        fall_back(read, found)
        if not found.by_name:
            guess(said, found)
        relate_counted(read, found)
    declare_sought(tuple(said), found)


def _add_overlooked(said: Sequence[Sentence], read: Found, found: Declarations) -> None:
    """Things of sentences that name nothing known, what is counted with them, and the relationships of both."""
    before = set(found.by_name)
    spoken = spoken_of(said)
    declare_overlooked(spoken, found)
    found.is_story = _is_story(said, read)
    if found.is_story:
        declare_told(spoken, found)
        confirm_single(read, found)
    if len(found.by_name) > len(before):
        confirm_counted(read, found)
        relate_counted(read, found, frozenset(found.by_name) - before)


_STORY, _DESCRIBED, _OWN = 10, 4, 2
_FIRST_PERSON = screened(r"\b(?:we|us|our|i|my|me)\b", re.I)


def _is_story(said: Sequence[Sentence], read: Found) -> bool:
    """Whether somebody tells of their own work, in ten sentences or more, few of which list facts."""
    described = sum(len(listed) > 2 for _, listed, _ in read.lists)
    own = sum(_FIRST_PERSON.search(s.text) is not None for s in said)
    return own >= _OWN and described * _DESCRIBED < len(said) >= _STORY


def _add_described(read: Found, found: Declarations) -> None:
    """Things that a sentence outside rules and workflows describes with several telling facts, and no form does.

    Of what a form only names, two facts are enough.
    """
    for owner, listed, sentence in read.lists:
        telling = sum(tells(item) for item in listed)
        described = len(listed) > 2 and telling * 2 > len(listed) and topic(sentence) in DESCRIBING
        known = known_as(owner, found)
        empty = known is not None and not found.by_name[known].attributes and not is_known_label(sentence.label)
        named = empty and len(listed) > 1 and telling > 0 and topic(sentence) in DESCRIBING
        if named or (described and (known is None or empty)):
            declare(owner.label, listed, sentence, found)
