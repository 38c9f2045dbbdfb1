"""The `application` block of a persistence.md → what the brief asks for, as a contract."""

from typing import Any

from artifacts.published_data import Data, Facts, number, text, whole
from contracts.published import Application, ExternalSystem, PublishedVolume, StateChange

STACK = ("language", "framework", "database", "cache", "architecture")
COUNTS = ("concurrent_users", "users", "recovery_point_seconds", "recovery_time_seconds")
TARGETS = ("response_ms", "requests_per_second", "read_share", "availability_percent", "yearly_growth_percent")


def application(facts: Facts, identity: str) -> Application:
    """The facts of the block; `identity` is the setting that the database's policies compare with."""
    data = facts.mapping("application")
    stack, targets, access = (_mapping(data.get(key)) for key in ("stack", "targets", "access"))
    return Application.model_validate(
        {
            "line": facts.line("application"),
            "domain": text(data.get("domain")),
            "tier": text(data.get("size_class")),
            **{key: text(stack.get(key)) for key in STACK},
            "instances": whole(stack.get("instances")),
            **{key: number(targets.get(key)) for key in TARGETS},
            **{key: whole(targets.get(key)) for key in COUNTS},
            **_callers(access),
            "identity": identity,
            "workflows": _texts(data.get("workflows")),
            "integrations": [_system(item) for item in _mappings(data.get("external_systems"))],
            "states": [_state(item) for item in _mappings(data.get("states"))],
            "volumes": [_volume(table, rows) for table, rows in _mapping(data.get("volumes")).items()],
            "retention_days": {k: v for k, v in _mapping(data.get("retention_days")).items() if isinstance(v, int)},
        }
    )


def _callers(access: Data) -> Data:
    return {
        "public_api": access.get("public_api") is True,
        "encryption": access.get("encryption") is True,
        "authentication": text(access.get("authentication")),
        "rate_limits": _texts(access.get("rate_limits")),
        "owner_table": text(access.get("owner_table")),
        "callers": {name: text(role) for name, role in _mapping(access.get("callers")).items()},
        "sign_in": text(access.get("sign_in")),
        "reports": text(access.get("reports")),
        "regulations": _texts(access.get("regulations")),
    }


def _system(item: Data) -> ExternalSystem:
    return ExternalSystem(**{key: text(item.get(key)) for key in ("name", "purpose", "requirement")})


def _state(item: Data) -> StateChange:
    pairs = [tuple(part.strip() for part in str(t).split("→")) for t in item.get("transitions") or ()]
    return StateChange(
        table=text(item.get("table")),
        column=text(item.get("column")),
        transitions=tuple((pair[0], pair[1]) for pair in pairs if len(pair) == 2),
        requirement=text(item.get("requirement")),
    )


def _volume(table: str, rows: Any) -> PublishedVolume:
    data = _mapping(rows)
    return PublishedVolume(
        table=table, rows=whole(data.get("rows")) or 0, rows_per_day=number(data.get("rows_per_day")) or 0
    )


def _mapping(value: Any) -> Data:
    return value if isinstance(value, dict) else {}


def _mappings(value: Any) -> list[Data]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _texts(value: Any) -> list[str]:
    return [text(item) for item in value] if isinstance(value, list) else []
