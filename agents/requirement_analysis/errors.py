"""What is wrong with a brief that cannot be read as one."""


class BriefError(ValueError):
    """The text is no brief: says the fact, the line, the evidence and the remedy, for the person who wrote it."""

    def __init__(self, fact: str, remedy: str, line: int | None = None, evidence: str = "") -> None:
        place = f"line {line}: " if line is not None else ""
        shown = f' ("{evidence[:120]}")' if evidence else ""
        super().__init__(f"{place}{fact}{shown}. {remedy}")
        self.fact = fact
        self.remedy = remedy
        self.line = line
        self.evidence = evidence
