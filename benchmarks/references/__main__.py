"""Prints how much of each published schema ours holds, and every difference with its reason."""

from benchmarks.mutations import designed
from benchmarks.references import DOMAINS, HERE, compared, published

KINDS = ("table", "key", "reference", "column")


def main() -> None:
    """One line a domain, then its differences."""
    for domain in DOMAINS:
        facts = published(domain)
        schema = designed((HERE / f"{domain}.md").read_text("utf-8"), domain.replace("_", "-")).schema_design
        found = compared(schema, facts)
        figures = ", ".join(f"{found.found[k]} of {found.asked[k]} {k}s" for k in KINDS if found.asked[k])
        print(f"\n{domain} ({facts['source']}): {figures}")
        reasons = facts.get("reasons") or {}
        for difference in (*(f"lacks {m}" for m in found.missing), *(f"has besides {m}" for m in found.more)):
            reason = next((why for about, why in reasons.items() if about in difference), "")
            print(f"  {difference}{f': {reason}' if reason else ''}")


if __name__ == "__main__":
    main()
