"""What an engine says when it cannot be used, so that a person can put it right without reading a traceback."""


class EngineError(Exception):
    """An engine that cannot be found, started, reached or used: the fact, the place, the evidence, the remedy.

    None of the parts may hold a password: whoever raises it has masked them.
    """

    def __init__(self, fact: str, *, place: str = "", evidence: str = "", remedy: str = "") -> None:
        self.fact, self.place, self.evidence, self.remedy = fact, place, evidence, remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        where = f" ({self.place})" if self.place else ""
        seen = f": {self.evidence}" if self.evidence else ""
        end = "" if self.evidence.endswith((".", "!", "?")) else "."
        return f"{self.fact}{where}{seen}{end}" + (f" {self.remedy}" if self.remedy else "")
