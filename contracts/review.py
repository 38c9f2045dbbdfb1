"""What a person says of an analysis before anything is designed on it."""

from typing import Literal

from pydantic import Field

from contracts.base import Contract


class Correction(Contract):
    """One correction of an analysis.

    `set assumption` and `answer question` are said in words that a brief would use (an assumption's knob names them);
    they become lines of the brief, so that the design quotes them like any other line.
    """

    action: Literal["set assumption", "answer question", "rename entity", "remove entity"] = Field(
        description="What is to be corrected."
    )
    subject: str = Field(description="The id of the assumption or question, or the name of the entity.")
    value: str = Field(default="", description='The words or the new name, for example "500k users"; empty to remove.')
