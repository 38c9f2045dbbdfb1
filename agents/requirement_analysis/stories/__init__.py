"""What user stories keep: things, facts about them and records of what people do, though no list names them.

`As a nurse I want to record a patient's temperature` lists no attributes and counts nothing, yet an architect reads
from it that patients are kept, and measurements of theirs. What a story only looks at, the screens and reports among
it, and the people who only use the application are no data.
"""

from agents.requirement_analysis.stories.keeping import keep_stories
from agents.requirement_analysis.stories.statements import statements

__all__ = ["keep_stories", "statements"]
