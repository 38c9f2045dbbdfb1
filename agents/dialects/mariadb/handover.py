"""What the agents downstream must know of MariaDB: its codes, how an application speaks to it, and its platform."""

from agents.dialects import Handover
from agents.dialects.mariadb.errors import BY_STATE
from agents.dialects.mariadb.platform import platform_deployment
from contracts.api import Conduct
from contracts.published import PublishedDesign

EDGES = {
    "date": ("0001-01-01", "9999-12-31"),
    "timestamptz": ("0001-01-01 00:00:00", "9999-12-31 23:59:59"),
    "timestamp": ("0001-01-01 00:00:00", "9999-12-31 23:59:59"),
    "numeric": ("-99999999999999999999", "99999999999999999999"),
    "double precision": ("-1e308", "1e308"),
    "real": ("-1e38", "1e38"),
    "boolean": ("0", "1"),
}
"""Values that no value of the type comes before or after."""


def conduct(design: PublishedDesign) -> tuple[Conduct, ...]:
    """What every connection of the application does."""
    found = [
        Conduct(
            topic="Connection",
            rule="SET time_zone = '+00:00', keep the server's sql_mode, and let the pool reset what it hands on",
            because="moments are stored in UTC, and without the strict mode wrong values are changed, not refused",
        ),
        Conduct(
            topic="Transaction",
            rule="START TRANSACTION READ ONLY for what only reads; a write that met 1213 or 1205 is begun again",
            because="a deadlock takes back the whole transaction, a lock's time-out the last statement alone",
        ),
        Conduct(
            topic="Refusal",
            rule="Tell refusals apart by the error number; a trigger's are 1644 with an SQLSTATE of its own",
            because="MariaDB gives most violations one SQLSTATE, 23000",
        ),
    ]
    kinds = {column.base for table in design.catalogue.tables for column in table.columns}
    if "bool" in kinds or "timestamptz" in kinds:
        rule = "true and false are 1 and 0; a moment is YYYY-MM-DD HH:MM:SS.ffffff in UTC, without a zone"
        found.append(Conduct(topic="Values", rule=rule, because="that is what BOOLEAN and DATETIME(6) hold"))
    repeated = any(len(query.places) > len(set(query.places)) for query in design.queries)
    if repeated:
        because = "marks have no numbers, and a page's order is spelled out for the optimizer"
        found.append(Conduct(topic="Parameters", rule="Give a value again for each mark of its name", because=because))
    identity = design.application.identity
    if identity:
        views = [f"{p.name} for {t.name}" for t in design.catalogue.tables for p in t.policies if p.name != t.name]
        found += [
            Conduct(
                topic="Identity",
                rule=f"SET @{identity} = the caller's id when a transaction begins, and NULL before it ends",
                because="the views of own rows compare with it; without it they are empty",
            ),
            Conduct(
                topic="Own rows",
                rule=f"A role that holds a view names it where the query names the table: {', '.join(views)}",
                because="MariaDB has no row policies; the view refuses rows that leave it",
            ),
        ]
    if design.catalogue.roles:
        rule = "SET ROLE to the caller's database role for its request; the login's default role is its pool's"
        found.append(Conduct(topic="Role", rule=rule, because="one role is active at a time"))
    return tuple(found)


HANDOVER = Handover(platform_deployment=platform_deployment, codes=BY_STATE, edges=EDGES, conduct=conduct)
