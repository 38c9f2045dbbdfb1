"""Who calls: what the server must be given to know it, since no document holds keys or password rules."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from contracts.api import RateLimit


@dataclass(frozen=True)
class Caller:
    """A role of the API, and the identity that policies compare with (empty for roles without one)."""

    role: str
    identity: str = ""


@dataclass(frozen=True)
class Accounts:
    """What the server is given: `known` turns a token into a caller, `verified` compares a stored hash with a password,
    `issued` makes a token."""

    known: Callable[[str], Caller | None]
    verified: Callable[[str, str], bool] = lambda stored, password: False
    issued: Callable[[Caller], str] = lambda caller: ""


@dataclass
class Limiter:
    """Fixed windows: so many requests of each caller, as the brief limits them; `clock` counts seconds."""

    limits: tuple[RateLimit, ...]
    clock: Callable[[], float] = time.monotonic
    counts: dict[tuple[str, int, int], int] = field(default_factory=dict)

    def wait(self, who: str) -> int:
        """Seconds until this caller may call again; 0 when this call is within the limits."""
        waits = [0]
        for number, limit in enumerate(self.limits):
            window, passed = divmod(self.clock(), limit.seconds)
            key = (who, number, int(window))
            self.counts[key] = self.counts.get(key, 0) + 1
            if self.counts[key] > limit.requests:
                waits.append(max(1, int(limit.seconds - passed)))
        return max(waits)
