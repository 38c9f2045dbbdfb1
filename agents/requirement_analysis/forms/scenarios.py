"""User stories and Gherkin: who uses the application, what they do, and what must hold afterwards.

A step is no sentence of its own ("When …" has no subject of the brief), so readers of prose get it without its keyword,
in a section of scenarios; what they make of it counts for the line of the step.
"""

import bisect
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from gherkin.errors import ParserError
from gherkin.parser import Parser

from agents.inflection import article
from agents.requirement_analysis.document import Sentence, sentences_in
from agents.requirement_analysis.forms.blocks import Block
from agents.requirement_analysis.forms.examples import read_givens, read_named
from agents.requirement_analysis.forms.individuals import in_kinds, individuals
from agents.requirement_analysis.forms.step_links import step_links
from agents.requirement_analysis.forms.things import Forms, Story, Workflow, name_of
from agents.screening import screened

STORY = screened(
    r"^(?:[A-Z]{1,8}[- ]?\d+(?:\.\d+)*\s*[:.)–-]?\s+|[\w-]+\s*[:.)]\s*)?As (?:an?|the) (?P<role>[\w' "
    r"/-]{2,60}?),?\s+I\s+(?:want|wish|need|would like|can"
    r"|should be able|must be able|expect)(?:\s+to(?:\s+be able to)?)?\s+(?P<goal>.+?)"
    r"(?:,?\s+(?:so that|in order to|because|so I can)\s+(?P<reason>.+))?$",
    re.IGNORECASE,
)
_GLOSSED = screened(
    r"^as (?P<role>[\w-]+(?: [\w-]+)?) (?:want to|can|must) (?P<verb>[a-z]+(?: (?:in|up|out|off))?) I (?:me )?"
    r"(?P<rest>.+)$",
    re.I,
)
"""A story in German word order, glossed: `as member want to pay I my fee`."""
_DEMANDED = screened(
    r"^(?P<what>(?:every|each|all|an?|the|no)(?: [\w-]+){1,3}?) to (?P<does>[a-z]+ .+)$", re.IGNORECASE
)
"""`I want every parcel to carry a number`."""
_DESCRIBED = screened(
    r"(?:[;:]| [-–—])\s+(?P<told>(?:an?|each|every|one|all)(?: [\w-]+){1,3}? (?:can |must |may )?"
    r"(?:ha(?:s|ve)|needs?|carr(?:y|ies)|consists?|contains?|goes|runs|takes|begins|starts) .+)$",
    re.I,
)
"""What a story says of the things that it names: `I want to collect fees: every fee has a year and an amount`."""
_WITH_FACTS = screened(
    r"^(?:keep|record|store|enter|save|register|note|add) (?P<what>(?:(?:an?|the|our|all|every|each) )?"
    r"[\w-]+(?: [\w-]+)?) with (?P<facts>[^,]+,.+)$",
    re.I,
)
"""`keep the singers with their voice, e-mail and birthday` describes them."""
_STEP = re.compile(r"^(?P<word>Given|When|Then|And|But|\*)\s+(?P<text>.+)$")
_WHOLE = screened(r"^Given\s+(?P<given>.+?),?\s+when\s+(?P<when>.+?),?\s+then\s+(?P<then>.+)$", re.IGNORECASE)
_TITLE = screened(
    r"^(?:Feature|Rule|Background|Scenario(?: Outline| Template)?|Examples?|Scenarios)\s*:\s*(?P<name>.*)$"
)
_SHORTEST_REMARK = 4
"""Words of a remark that says something of the data."""
_SECTION = "Scenarios"
STORIES = "User Stories"
"""The section in which stories stand, whatever the brief's own heading is."""
_ANYBODY = frozenset({"user", "users", "person", "someone", "anybody", "visitor"})


def read_scenarios(block: Block, forms: Forms) -> None:
    """The steps of a feature by the official parser; of a text that it refuses, by their first words."""
    forms.consume(*block.sentences)
    texts = dict(_parsed(block.text))
    context = "Given"
    story = _split_story(block)
    free: list[Sentence] = []
    steps = {
        sentence: step
        for text, sentence in block.lines()
        if sentence not in story
        and (not texts or sentence.line - block.first + 1 in texts)
        and (step := _STEP.match(text.strip()))
    }
    said = [step["text"] for step in steps.values()]
    named = individuals(said)
    kinds = dict(zip(steps, in_kinds(said, named), strict=True))
    for text, sentence in block.lines():
        bare = text.strip()
        if sentence in story:
            continue
        if step := steps.get(sentence):
            context = step["word"] if step["word"] in ("Given", "When", "Then") else context
            _told(step["text"], sentence, forms)
            _step(context, kinds[sentence], sentence, forms)
        elif titled := _TITLE.match(bare):
            _titled(bare, titled["name"], sentence, forms)
        elif bare.startswith("#") and len(bare.split()) > _SHORTEST_REMARK:
            for _, remark in sentences_in(bare.lstrip("# ")):
                _speak(f"{remark[:1].upper()}{remark[1:]}", "", sentence, forms)
        elif bare.startswith(("|", "@", "#", '"""', "```")):
            forms.irrelevant(sentence, "an example value, tag or remark of a scenario")
        else:
            free.append(sentence)
    read_givens([(kinds[sentence], sentence) for sentence in steps], block, forms)
    read_named([(step["text"], sentence) for sentence, step in steps.items()], named, forms)
    told = {name_of(thing.label) for thing in forms.things}
    forms.links += step_links([(kinds[sentence], sentence) for sentence in steps], told)
    _described(free, forms)
    if story:
        _story(" ".join(s.text for s in story), story[0], forms)
        for sentence in story[1:]:
            forms.also.append((sentence, story[0]))


def _described(lines: Sequence[Sentence], forms: Forms) -> None:
    """What a feature says in free words, for the readers of prose: wrapped lines together, each sentence by itself."""
    for _, group in groupby(enumerate(lines), key=lambda numbered: numbered[1].line - numbered[0]):
        run = [sentence for _, sentence in group]
        starts = list(itertools.accumulate((len(s.text) + 1 for s in run), initial=0))
        for offset, text in sentences_in(" ".join(s.text for s in run)):
            first = bisect.bisect_right(starts, offset) - 1
            last = bisect.bisect_left(starts, offset + len(text)) - 1
            spoken = replace(
                run[first], text=text, body=text, form="paragraph", label="", lead="", depth=0, quote=run[first].text,
                item=-1 - run[0].line,
            )  # fmt: skip
            forms.spoken.append((spoken, run[first]))
            forms.also += [(sentence, spoken) for sentence in run[first + 1 : last + 1]]


def _titled(text: str, name: str, sentence: Sentence, forms: Forms) -> None:
    """A title opens a scenario; that of the feature belongs to its first one."""
    if text.startswith("Rule") and name:
        _speak(name, "Business Rules", sentence, forms)
    elif forms.workflows and not forms.workflows[-1].steps:
        forms.workflows[-1].title = name
        forms.workflows[-1].lines.append(sentence)
    else:
        forms.workflows.append(Workflow(name, [sentence]))


def _parsed(text: str) -> Iterator[tuple[int, str]]:
    """(line, text) of each step that the official parser finds; nothing where it refuses the text."""
    try:
        document: Any = Parser().parse(text if "Feature:" in text else f"Feature: all\n{text}")
    except (ParserError, RecursionError):
        return
    feature = document.get("feature")
    shift = 0 if "Feature:" in text else 1
    waiting = list(feature["children"]) if feature else []
    while waiting:
        child = waiting.pop()
        for inner in child.values():
            waiting += inner.get("children", [])
            for step in inner.get("steps", []):
                yield step["location"]["line"] - shift, step["text"]


def _split_story(block: Block) -> tuple[Sentence, ...]:
    """`As a …` / `I want …` / `So that …` on lines of their own below a feature's title."""
    found: list[Sentence] = []
    for _, sentence in block.lines():
        if re.match(r"(?:As an?|I want|I need|I would like|So that|In order to)\b", sentence.text, re.IGNORECASE):
            found.append(sentence)
        elif found:
            break
    return tuple(found)


def read_stories(sentences: tuple[Sentence, ...], forms: Forms) -> None:
    """Stories and steps among paragraphs and bullets."""
    rest = [
        s for s in sentences if s.form in ("paragraph", "bullet", "numbered") and (s.line, s.text) not in forms.read
    ]
    for _, group in groupby(rest, key=lambda s: (s.sections, s.lead, s.lead_line, s.form)):
        run = tuple(group)
        steps = _is_scenario(run)
        context = "Given"
        given: list[tuple[str, Sentence]] = []
        for sentence in run:
            step = _STEP.match(sentence.text) if steps else None
            told = _GLOSSED.sub(r"As a \g<role>, I want to \g<verb> \g<rest>", sentence.text)
            if STORY.match(told):
                forms.consume(sentence)
                _story(told, sentence, forms)
            elif whole := _WHOLE.match(sentence.text):
                forms.consume(sentence)
                forms.workflows.append(Workflow("", [sentence], [sentence.text]))
                _step("When", whole["when"], sentence, forms)
                _step("Then", whole["then"], sentence, forms)
            elif step:
                context = step["word"] if step["word"] in ("Given", "When", "Then") else context
                forms.consume(sentence)
                _told(step["text"], sentence, forms)
                _step(context, step["text"], sentence, forms)
                given.append((step["text"], sentence))
        read_givens(given, None, forms)


def _is_scenario(run: tuple[Sentence, ...]) -> bool:
    """Whether items are steps: `Given` or `When` and `Then` begin some of them (`When …` alone is plain English)."""
    words = {s.text.split(" ", 1)[0] for s in run}
    return "Then" in words and bool(words & {"Given", "When"})


def _story(text: str, sentence: Sentence, forms: Forms) -> None:
    """The role, and the goal as a workflow of that role."""
    found = STORY.match(text.rstrip(". "))
    if not found:
        forms.not_understood(sentence, "no user story that is known (As a …, I want …, so that …)")
        return
    role = re.sub(r"^(?:logged[- ]in|registered|new|existing)\s+", "", found["role"].strip(), flags=re.IGNORECASE)
    if role.lower() not in _ANYBODY:
        forms.roles.append((role, sentence))
    goal = re.sub(r"^(?:be able to|have the ability to)\s+", "", found["goal"].strip())
    if demanded := _DEMANDED.match(goal):  # a wish about things, and nothing that this role does
        text = f"{demanded['what']} must {demanded['does']}"
        _speak(f"{text[:1].upper()}{text[1:]}", "", sentence, forms)
        return
    if described := _DESCRIBED.search(goal):
        goal = goal[: described.start()]
        _speak(f"{described['told'][:1].upper()}{described['told'][1:]}.", "", sentence, forms)
    elif described := _WITH_FACTS.match(goal):
        has = "has" if re.match(r"(?:an?|every|each)\b", described["what"], re.I) else "have"
        what = f"{described['what'][:1].upper()}{described['what'][1:]}"
        _speak(f"{what} {has} {described['facts']}.", "", sentence, forms)
    if goal.partition(" ")[0].lower() in ("a", "an", "the", "my", "our"):
        goal = f"get {goal}"
    forms.stories.append(Story(role, goal, sentence))
    who = article(role)
    _speak(f"{who[0].upper()}{who[1:]} can {goal}", STORIES, sentence, forms)


def _told(text: str, sentence: Sentence, forms: Forms) -> None:
    """A step of the scenario that was opened last."""
    if not forms.workflows:
        forms.workflows.append(Workflow(""))
    forms.workflows[-1].lines.append(sentence)
    forms.workflows[-1].steps.append(text)


def _step(context: str, text: str, sentence: Sentence, forms: Forms) -> None:
    """`Given` sets a scene; `When` is what is done; `Then` may state a rule."""
    if context != "Given":
        bare = re.sub(r"^I\b", "A user", text.strip())
        _speak(bare[:1].upper() + bare[1:], _SECTION, sentence, forms)


def _speak(text: str, section: str, sentence: Sentence, forms: Forms) -> None:
    """The same words as a sentence for the readers of prose."""
    spoken = replace(
        sentence, text=text, body=text, form="bullet", label="", lead="", depth=1,
        quote=sentence.quote or sentence.text,
        sections=(*sentence.sections, section) if section else sentence.sections,
    )  # fmt: skip
    forms.spoken.append((spoken, sentence))


def restated(now: tuple[Sentence, ...], meant: Mapping[Sentence, str], forms: Forms) -> tuple[Sentence, ...]:
    """Stories in words that name what they write or read: `book a room` makes a booking."""
    changed: dict[Sentence, Sentence] = {}
    for place, (spoken, sentence) in enumerate(forms.spoken):
        if spoken.sections[-1:] == (STORIES,) and (words := meant.get(sentence)):
            who, can, goal = spoken.text.partition(" can ")
            text = f"{who}{can}{words}: {goal}"
            changed[spoken] = replace(spoken, text=text, body=text)
            forms.spoken[place] = (changed[spoken], sentence)
    return tuple(changed.get(s, s) for s in now)
