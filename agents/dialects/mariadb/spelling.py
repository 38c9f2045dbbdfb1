"""MariaDB's spelling of names and texts.

Identifiers arrive as `contracts.base.Identifier`, which cannot break out of SQL; `quoted` is needed for
reserved words alone. Text of a brief reaches SQL through `literal` and no other way.
"""

import re

from contracts.base import Statement

NAME = "MariaDB"
LABEL = "MariaDB"
VERSIONS = ("10.6", "10.11")
"""The oldest version that designs run on, and the later ones for which they differ."""

RESERVED = frozenset(
    """
    accessible add all alter analyze and as asc asensitive before between bigint binary blob both by call cascade case
    change char character check collate column condition constraint continue convert create cross current_date
    current_role current_time current_timestamp current_user cursor database databases day_hour day_microsecond
    day_minute day_second dec decimal declare default delayed delete delete_domain_id desc describe deterministic
    distinct distinctrow div do_domain_ids double drop dual each else elseif enclosed escaped except exists exit explain
    false fetch float float4 float8 for force foreign from fulltext general grant group having high_priority
    hour_microsecond hour_minute hour_second if ignore ignore_domain_ids ignore_server_ids in index infile inner inout
    insensitive insert int int1 int2 int3 int4 int8 integer intersect interval into is iterate join key keys kill
    leading leave left like limit linear lines load localtime localtimestamp lock long longblob longtext loop
    low_priority master_heartbeat_period master_ssl_verify_server_cert match maxvalue mediumblob mediumint mediumtext
    middleint minute_microsecond minute_second mod modifies natural not no_write_to_binlog null numeric offset on
    optimize option optionally or order out outer outfile over page_checksum parse_vcol_expr partition precision
    primary procedure purge range read reads read_write real recursive references ref_system_id regexp release rename
    repeat replace require resignal restrict return returning revoke right rlike row_number rows schema schemas
    second_microsecond select sensitive separator set show signal slow smallint spatial specific sql sql_big_result
    sql_calc_found_rows sqlexception sql_small_result sqlstate sqlwarning ssl starting stats_auto_recalc
    stats_persistent stats_sample_pages straight_join table terminated then tinyblob tinyint tinytext to trailing
    trigger true undo union unique unlock unsigned update usage use using utc_date utc_time utc_timestamp values
    varbinary varchar varcharacter varying when where while window with write xor year_month zerofill
    cube cume_dist dense_rank empty first_value function grouping groups json_table lag last_value lateral lead
    nth_value ntile of percent_rank rank row system stored virtual generated get io_after_gtids io_before_gtids
    optimizer_costs portion sql_buffer_result sql_cache sql_no_cache
    """.split()
)
"""Words that MariaDB 10.6 to 11 reserve, and those that MySQL 8 reserves as well: a client of either reads the SQL."""


def quoted(name: str) -> str:
    """The identifier as SQL: in backticks when it is reserved, otherwise as it is."""
    return f"`{name}`" if name in RESERVED else name


def literal(text: str) -> str:
    """The text as an SQL string literal in a session of the server's own sql_mode, where a backslash escapes.

    >>> literal("it's")
    "'it''s'"
    >>> len(literal(chr(92)))
    4
    """
    return "'" + text.replace("\x00", "").replace("\\", "\\\\").replace("'", "''") + "'"


_TEXT = re.compile(r"'(?:[^'\\]|\\.|'')*'|`[^`]*`|--[^\n]*", re.DOTALL)


def delimited(statement: Statement) -> Statement:
    """The statement with a mark of its own where its body holds semicolons, at which the client would cut it."""
    body = ";" in _TEXT.sub("", statement.sql.rstrip().rstrip(";"))
    return statement.model_copy(update={"delimiter": "//"}) if body else statement
