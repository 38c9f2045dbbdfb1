"""Autovacuum where the server's defaults would wait too long: decided by rows a day against rows that stand."""

from agents.dialects.postgresql import literal, quoted
from agents.figures import as_input, figure, given, plain
from agents.operations.basis import executes
from agents.scaling.demand import rows_after
from contracts.base import Decision, Figure, Origin, Statement
from contracts.claims import Claim, Returns
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign, Table

DEFAULT_SCALE = 0.2  # PostgreSQL's autovacuum_vacuum_scale_factor and autovacuum_vacuum_insert_scale_factor
BUSY_FROM = 10_000  # rows a day; below it, the default's pause leaves fewer than some tens of thousands of dead rows
WAIT_AT_MOST = 7.0  # days between two runs at the defaults from which a table gets a factor of its own


def default_wait(requirements: Requirements, table: Table) -> Figure:
    """Days between two runs of autovacuum on this table at the server's defaults, after one year."""
    return figure(
        "days_between_vacuums",
        "(50 + default_scale * rows) / max(1, rows_per_day)",
        (
            given("default_scale", DEFAULT_SCALE, "PostgreSQL: autovacuum_vacuum_scale_factor"),
            as_input(rows_after(requirements, table, 1), "rows"),
            given("rows_per_day", table.rows_per_day, f"volume of {table.name}", "1/day"),
        ),
        unit="days",
        serves=table.serves,
        rule="each row of a day is changed once, by convention",
        source="PostgreSQL documentation, The Autovacuum Daemon",
    )


def scale_factor(requirements: Requirements, table: Table) -> Figure:
    """The share of rows after which autovacuum runs about once a day."""
    return figure(
        "scale_factor",
        "max(0.001, min(0.2, round(1000 * rows_per_day / rows) / 1000))",
        (
            given("rows_per_day", table.rows_per_day, f"volume of {table.name}", "1/day"),
            as_input(rows_after(requirements, table, 1), "rows"),
        ),
        serves=table.serves,
        rule="autovacuum visits the table about once a day",
    )


def tuned_tables(requirements: Requirements, schema: SchemaDesign) -> tuple[Table, ...]:
    """Tables that the defaults would visit too seldom. A month is small while it is written; a part by hash is not."""
    if requirements.tier == "embedded":
        return ()
    return tuple(
        table
        for table in schema.tables
        if (table.partitioning is None or table.partitioning.strategy == "hash")
        and table.rows_per_day >= BUSY_FROM
        and default_wait(requirements, table).value > WAIT_AT_MOST
    )


def parameter(table: Table) -> str:
    """Rows of events are only inserted: what makes VACUUM due there is insertion."""
    return "autovacuum_vacuum_insert_scale_factor" if table.nature == "event" else "autovacuum_vacuum_scale_factor"


def upkeep_statements(requirements: Requirements, schema: SchemaDesign) -> tuple[Statement, ...]:
    """ALTER TABLE … SET for each tuned table."""
    made = []
    for table in tuned_tables(requirements, schema):
        value = scale_factor(requirements, table).value
        setting = f"SET ({parameter(table)} = {value:g})"
        leaves = table.partitioning is not None
        made.append(
            Statement(
                id=f"monitoring.autovacuum.{table.name}",
                section="partitioning" if leaves else "monitoring",
                sql=_each_leaf(table, setting) if leaves else f"ALTER TABLE {quoted(table.name)} {setting}",
                comment=f"{table.name} gets {plain(table.rows_per_day)} rows a day; at the default of {DEFAULT_SCALE}"
                f" VACUUM would come every {plain(default_wait(requirements, table).value)} days, now about daily"
                + ("; a partitioned table takes no such setting, its partitions do" if leaves else ""),
                element=f"monitoring.autovacuum.{table.name}",
            )
        )
    return tuple(made)


def _each_leaf(table: Table, setting: str) -> str:
    """The setting for every partition: each has the same share of the rows and of what a day adds."""
    return (
        "DO $$\nDECLARE\n    leaf regclass;\nBEGIN\n"
        f"    FOR leaf IN SELECT relid FROM pg_partition_tree({literal(quoted(table.name))}) WHERE isleaf LOOP\n"
        f"        EXECUTE format('ALTER TABLE %s {setting}', leaf);\n"
        "    END LOOP;\nEND\n$$"
    )


def upkeep_claims(requirements: Requirements, schema: SchemaDesign, statements: tuple[Statement, ...]) -> list[Claim]:
    """The statements execute, and the catalogue then holds the factor."""
    made = []
    by_id = {statement.id: statement for statement in statements}
    for table in tuned_tables(requirements, schema):
        statement = by_id[f"monitoring.autovacuum.{table.name}"]
        value = f"{scale_factor(requirements, table).value:g}"
        made.append(executes(statement, f"{table.name} gets its own {parameter(table)}", table.serves))
        sql = (
            "SELECT DISTINCT o.option_value\n"
            f"FROM pg_partition_tree({literal(quoted(table.name))}) AS p\n"
            "JOIN pg_class AS c ON c.oid = p.relid\n"
            f"LEFT JOIN pg_options_to_table(c.reloptions) AS o ON o.option_name = {literal(parameter(table))}\n"
            "WHERE p.isleaf"
            if table.partitioning is not None
            else "SELECT option_value FROM pg_class, pg_options_to_table(reloptions) "
            f"WHERE oid = {literal(quoted(table.name))}::regclass AND option_name = {literal(parameter(table))}"
        )
        made.append(
            Claim(
                id=f"{statement.id}.set",
                sentence=f"{parameter(table)} of {'every partition of ' if table.partitioning else ''}{table.name} is"
                f" {value}",
                element=statement.element,
                serves=table.serves,
                trial=Returns(sql=(sql,), rows=((value,),)),
            )
        )
    return made


def upkeep_decision(requirements: Requirements, schema: SchemaDesign) -> list[Decision]:
    """Whether VACUUM needs help, with the busiest table's number."""
    if requirements.tier == "embedded" or not schema.tables:
        return []
    tuned = tuned_tables(requirements, schema)
    busiest = max(tuned or schema.tables, key=lambda t: (t.rows_per_day, t.name))
    wait = plain(default_wait(requirements, busiest).value)
    if tuned:
        choice = "; ".join(f"{t.name} at {scale_factor(requirements, t).value:g}" for t in tuned)
        because = f"at the default of {DEFAULT_SCALE}, {busiest.name} would wait {wait} days for VACUUM"
    else:
        choice = f"the server's default of {DEFAULT_SCALE} for all {len(schema.tables)} tables"
        because = (
            f"the busiest table, {busiest.name}, changes {plain(busiest.rows_per_day)} rows a day; a factor of its own"
            f" pays from {BUSY_FROM:,} rows a day and a wait of {WAIT_AT_MOST:g} days on"
        )
    return [
        Decision(
            id="operations.decision.autovacuum",
            topic="VACUUM",
            choice=choice,
            because=because,
            origin=Origin(kind="inferred", rule="VACUUM follows the rate of change"),
            serves=busiest.serves,
        )
    ]
