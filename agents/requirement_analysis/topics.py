"""What a part of a brief is about, by the words of its headings, labels and list introductions."""

import re
from typing import Literal

from agents.naming import words
from agents.remembering import remembered
from agents.requirement_analysis.document import Sentence
from agents.screening import screened

Topic = Literal[
    "future", "assumptions", "success", "relationships", "rules", "workflows", "access", "api", "integration",
    "stack", "security", "availability", "performance", "entities", "overview", "",
]  # fmt: skip
OF_THE_SYSTEM: frozenset[Topic] = frozenset(
    {"stack", "performance", "availability", "future", "success", "assumptions", "integration", "security", "api"}
)
"""Topics whose sentences speak of the system, not of what it stores."""

_TOPICS: tuple[tuple[Topic, str], ...] = (
    ("future", "future considerations|future|out of scope|roadmap|later|not now|phase 2|second phase|nice to "
               "have|some day|"
               "someday|not in the first version|not included|backlog|ideas|wishlist|wish list|non goals"),
    ("assumptions", "assumptions|assumption|project constraints|technical constraints|dependencies"),
    ("success", "success|success criteria|definition of done|kpis"),
    ("relationships", "relationships|relationship|relations|associations|cardinalities"),
    ("rules", "business rules|rules|rule|status of|states of|"
              "constraints|validation|validations|invariants|policies|life cycle"
              "|lifecycle|life of|agreed|"
              "state machine|states|must hold|has to be right|have to be right|must be true|integrity"),
    ("access", "access patterns|access pattern|queries|query patterns|typical queries"),
    ("workflows", "workflows|workflow|user stories|use cases|how it is used|user flows|scenarios|user journeys|"
                  "features|usage|functions|acceptance criteria|what people do|how we work|how it works|day in "
                  "the life|behaviour|"
                  "behavior|reports|reporting|how the system is used|used for|user story|epics|epic|tasks|processes|"
                  "screens|daily work|everyday work|typical questions|scheduled jobs|batch jobs|lists and "
                  "reports|dashboards"
                  "|product functions"),
    ("api", "api|apis|endpoints|endpoint|rest|interface"),
    ("integration", "integration|integrations|external systems|third party|connected systems|interfaces|external "
                    "interfaces|"
                    "connections to other systems"),
    ("stack", "technology|technologies|tech stack|stack|technical stack|architecture|platform|tech"),
    ("security", "security|compliance|privacy|protection|data protection|audit|roles|permissions|retention|legal|law"),
    ("availability", "availability|scalability|reliability|recovery|backup|disaster recovery|resilience"
                     "|operation|operations"),
    ("performance", "performance|numbers|volume|volumes|load|scale|capacity|throughput|figures|sizing|data "
                    "volume|service levels|"
                    "quality of service|quality requirements|qualities|quantities|non functional|nonfunctional"),
    ("entities", "entities|entity|data model|domain model|business objects|what we store"
                 "|things we store|we store|we keep|"
                 "data to store|stored data|objects|tables|"
                 "information model|schema|records|domain objects"),
    ("overview", "overview|purpose|introduction|glossary|definitions|background|summary|about|context|goal|goals"
                 "|vision|description"),
)  # fmt: skip
"""Earlier topics win: "Assumptions & Constraints" are assumptions, "Entity Relationships" relationships."""

_BEGINNINGS = frozenset(
    {
        "data",
        "access",
        "reads",
        "quality",
        *(phrase.split()[0] for _, phrases in _TOPICS for phrase in phrases.split("|")),
    }
)
"""First words of all phrases: a title without one of them has no topic."""

_LABELS: dict[str, Topic] = {
    "purpose": "overview", "domain": "overview", "primary users": "overview", "users": "", "goal": "overview",
    "primary entities": "entities", "core entities": "entities", "main entities": "entities", "entities": "entities",
    "key entities": "entities", "business objects": "entities", "entity relationships": "relationships",
    "relationships": "relationships", "business rules": "rules", "rules": "rules", "access patterns": "access",
    "someday": "future", "some day": "future", "one day": "future", "maybe later": "future", "later maybe": "future",
    "later on": "future", "second phase": "future", "next year": "future",
    "assumptions": "assumptions", "constraints": "assumptions", "integrations": "integration",
    "out of scope": "future", "future": "future", "later": "future", "nice to have": "future", "phase 2": "future",
    "how we work": "workflows", "numbers": "performance", "volumes": "performance", "load": "performance",
    "nfr": "performance", "nfrs": "performance", "non functional requirements": "performance",
    "interfaces": "integration", "external systems": "integration", "won t have": "future",
    "wont have": "future", "won t have this release": "future", "not in scope": "future",
    "privacy": "security", "security": "security", "usage": "workflows",
}  # fmt: skip
"""Labels before a colon are words of content far more often than headings are, so only these count."""


_ASKED = screened(
    r"^(?:(?:so )?(?:what'?s?|who|how|when|things|this is (?:what|how))\b.*\b(?:do|does|doing|needs?|needed"
    r"|wants?|looks?|sees?"
    r"|uses?|used|asks?|works?|day|da[iy]ly|gets?|reads?|queried|out of it)\b.*)$",
    re.I,
)
_NUMBERED = screened(r"^\s*(?:\d+(?:\.\d+)*|[A-Z]|[IVX]+)[.)]?\s+(?=\w)")
_KEPT = screened(r"\b(?:stor\w+|kept|keep|record\w*|save\w*|track|hold|remember|know|describe\w*|document\w*)\b", re.I)
"""Words with which a question asks what is stored (`what we need to store`), and not what is done with it."""


@remembered
def title_topic(title: str) -> Topic:
    """The topic of a heading; empty where its words name none.

    >>> title_topic("Project Assumptions & Constraints"), title_topic("Invoice")
    ('assumptions', '')
    """
    title = _NUMBERED.sub("", title)
    if _ASKED.match(title) and not _KEPT.search(title):
        return "workflows"
    found = words(title)
    if _BEGINNINGS.isdisjoint(found):
        return ""
    if len(found) > 1 and found[-1] == "platform" and found[0] not in ("technical", "target", "technology"):
        found = found[:-1]  # `Logistics tracking platform` names what is built
    padded = f" {' '.join(found)} "
    if padded == " data ":
        return "entities"
    if padded == " quality ":
        return "performance"
    if padded in (" access ", " reads ", " reads and writes "):
        return "access"
    for topic, phrases in _TOPICS:
        if any(f" {phrase} " in padded for phrase in phrases.split("|")):
            return topic
    return ""


def section_topic(sections: tuple[str, ...]) -> Topic:
    """The topic of the innermost heading; a project's own title (`Clinic: appointments and records`) names none."""
    if not sections or (len(sections) == 1 and len(words(sections[0])) > 2):
        return ""
    return title_topic(sections[-1])


def label_topic(label: str) -> Topic:
    """The topic that a label before a colon announces, if it is one of the known ones."""
    return _LABELS.get(" ".join(words(label)), "") if label else ""


_SHORT_LEAD = 5


def is_known_label(label: str) -> bool:
    """Whether a label is one of those that briefs use for their own parts (`Users: …`), and so names nothing."""
    return " ".join(words(label)) in _LABELS


def lead_topic(lead: str) -> Topic:
    """The topic of the line that introduces a list."""
    return label_topic(lead) or (
        title_topic(lead) if 0 < len(lead.split()) <= _SHORT_LEAD or _ASKED.match(lead) else ""
    )


_LATER = screened(
    r"\bout of scope\b|\b(?:in|for|as|with) (?:a |the )?(?:phase (?:2|3|two|three|ii)|(?:second|third|later|next"
    r"|future) (?:phase"
    r"|version|release|step|stage))\b|\b(?:would be|it'd be) (?:nice|cool|great|good)\b.*\b(?:to have|one day"
    r"|some ?day|later)"
    r"\b|\bnice[- ]to[- ]have\b|^later(?: on)?\b(?!\s+than)|^(?:in the (?:long run|future)|eventually|some ?day"
    r"|one day),?\s"
    r"|\b(?:not now|not part of (?:this|the first))\b|[(,–—-]\s*not yet\b|^not yet\b|\bwould be nice to have\b"
    r"|\bis planned (?:later"
    r"|for (?:later|next))\b",
    re.I,
)
"""A sentence that puts itself off, wherever it stands; what it asks is listed and not built."""


@remembered
def topic(sentence: Sentence) -> Topic:
    """What a sentence is about: its own label first, then what introduces its list, then the nearest heading."""
    if sentence.form not in ("heading", "code", "row") and _LATER.search(sentence.text):
        return "future"
    found = label_topic(sentence.label) or lead_topic(sentence.lead)
    if found:
        return found
    for depth in range(len(sentence.sections), 0, -1):
        if named := section_topic(sentence.sections[:depth]):
            return named
    return ""
