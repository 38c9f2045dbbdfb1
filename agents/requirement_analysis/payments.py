"""Payments that go through somebody else's system: a request that is sent again must not pay again."""

import re
from collections.abc import Iterable

from agents.requirement_analysis.ledger import inferred
from agents.requirement_analysis.model import Model
from agents.screening import screened
from contracts.requirements import Attribute, Integration

KEY = "idempotency_key"
WHY = "a payment whose answer was lost is sent again, and must not be made again"

_PAYS = screened(r"\b(?:payments?|stripe|paypal|adyen|klarna|card)\b", re.I)


def idempotent_payments(external: Iterable[Integration], model: Model) -> None:
    """A key that the caller chooses before it sends, on the payments that a provider makes."""
    provider = next((i for i in external if _PAYS.search(f"{i.name} {i.purpose}")), None)
    for draft in model.drafts.values() if provider else ():
        assert provider is not None
        named = draft.archetype is not None and draft.archetype.name == "payment"
        if named and not any("idempoten" in name for name in draft.attributes):
            draft.attributes[KEY] = Attribute(
                name=KEY, label="idempotency key", type="identifier", length=64, unique=True, origin=inferred(WHY),
                serves=tuple(dict.fromkeys((draft.requirement, *provider.serves))),
            )  # fmt: skip
