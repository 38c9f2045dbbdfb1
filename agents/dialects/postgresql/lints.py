"""Questions to PostgreSQL's catalogue whose answers are faults of a schema; the right answer to each is no row.

A parser sees a statement, the catalogue sees what became of it: an index that is not valid, a CHECK that calls a
function which may answer differently tomorrow, a partition that is missing. Each question is one SELECT that reads
`own`, the tables of the schema `public` without partitions.
"""

from dataclasses import dataclass

OWN = """WITH RECURSIVE own AS (
    SELECT oid, relname AS name, relkind, relrowsecurity FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
)
"""

_KEYS = "(string_to_array(%s.indkey::text, ' ')::smallint[])[:%s]"
_COLUMN = "a.attrelid = own.oid AND a.attnum > 0 AND NOT a.attisdropped"


def _keys(index: str, count: str) -> str:
    """The numbers of an index's first columns."""
    return _KEYS % (index, count)


@dataclass(frozen=True)
class Lint:
    """One question: what its answer means for the people who run the application, and the SELECT behind `OWN`."""

    id: str
    sentence: str
    select: str

    @property
    def sql(self) -> str:
        return OWN + self.select


LINTS = (
    Lint(
        "unindexed_foreign_key",
        "every foreign key of the catalogue begins an index, by the columns that name the row, so that deleting a "
        "parent reads no whole child table",
        f"""SELECT own.name, c.conname FROM own JOIN pg_constraint c ON c.conrelid = own.oid
CROSS JOIN LATERAL (
    SELECT array_agg(pair.mine) AS columns FROM unnest(c.conkey, c.confkey) AS pair(mine, theirs)
    WHERE pair.theirs = ANY (
        SELECT unnest(p.indkey) FROM pg_index p WHERE p.indrelid = c.confrelid AND p.indisprimary
    ) OR NOT EXISTS (SELECT FROM pg_index p WHERE p.indrelid = c.confrelid AND p.indisprimary
        AND string_to_array(p.indkey::text, ' ')::smallint[] <@ c.confkey)
) AS naming
WHERE c.contype = 'f' AND c.conparentid = 0 AND NOT EXISTS (
    SELECT FROM pg_index i WHERE i.indrelid = own.oid AND i.indisvalid
    AND {_keys("i", "cardinality(naming.columns)")} @> naming.columns
    AND (i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) IN (
        SELECT format('(%I IS NOT NULL)', a.attname) FROM pg_attribute a
        WHERE a.attrelid = own.oid AND a.attnum = ANY (c.conkey)))
) ORDER BY 1, 2""",
    ),
    Lint(
        "missing_primary_key",
        "every table has a primary key, so that a row can be named, changed alone and replicated",
        """SELECT own.name FROM own
WHERE NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conrelid = own.oid AND c.contype = 'p') ORDER BY 1""",
    ),
    Lint(
        "redundant_index",
        "no index is the beginning of another one, which would answer the same queries",
        f"""SELECT own.name, x.relname FROM own JOIN pg_index i ON i.indrelid = own.oid
JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_index o ON o.indrelid = own.oid AND o.indexrelid <> i.indexrelid
JOIN pg_class y ON y.oid = o.indexrelid AND y.relam = x.relam
WHERE NOT i.indisunique AND NOT i.indisexclusion AND i.indexprs IS NULL AND o.indexprs IS NULL AND i.indisvalid
AND x.relam = (SELECT oid FROM pg_am WHERE amname = 'btree') AND o.indnkeyatts >= i.indnkeyatts
AND {_keys("o", "i.indnkeyatts")} = {_keys("i", "i.indnkeyatts")}
AND (string_to_array(o.indoption::text, ' '))[:i.indnkeyatts] = string_to_array(i.indoption::text, ' ')
AND (string_to_array(o.indclass::text, ' '))[:i.indnkeyatts] = string_to_array(i.indclass::text, ' ')
AND string_to_array(o.indkey::text, ' ') @> string_to_array(i.indkey::text, ' ')
AND pg_get_expr(o.indpred, own.oid) IS NOT DISTINCT FROM pg_get_expr(i.indpred, own.oid)
AND (o.indkey::text <> i.indkey::text OR o.indisunique OR y.relname < x.relname) ORDER BY 1, 2""",
    ),
    Lint(
        "duplicate_foreign_key",
        "no reference is checked twice by two foreign keys over the same columns",
        """SELECT own.name, c.conname FROM own JOIN pg_constraint c ON c.conrelid = own.oid AND c.contype = 'f'
JOIN pg_constraint o ON o.conrelid = own.oid AND o.contype = 'f' AND o.conkey = c.conkey AND o.conname < c.conname
WHERE c.conparentid = 0 AND o.conparentid = 0 ORDER BY 1, 2""",
    ),
    Lint(
        "foreign_key_type_mismatch",
        "every foreign key has the type of the key that it names, so that a join compares without converting",
        """SELECT own.name, c.conname FROM own JOIN pg_constraint c ON c.conrelid = own.oid AND c.contype = 'f'
CROSS JOIN LATERAL unnest(c.conkey, c.confkey) AS pair(mine, theirs)
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = pair.mine
JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = pair.theirs
WHERE c.conparentid = 0 AND a.atttypid <> b.atttypid ORDER BY 1, 2""",
    ),
    Lint(
        "cycle_of_required_references",
        "no tables need each other's rows before either can have its first one",
        """, needed AS (
    SELECT c.conrelid AS child, c.confrelid AS parent FROM own JOIN pg_constraint c ON c.conrelid = own.oid
    WHERE c.contype = 'f' AND c.conparentid = 0 AND NOT c.condeferrable AND (
        SELECT bool_and(a.attnotnull) FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey))
), reached AS (
    SELECT child, parent FROM needed
    UNION SELECT r.child, n.parent FROM reached r JOIN needed n ON n.child = r.parent
) SELECT child::regclass::text FROM reached WHERE child = parent ORDER BY 1""",
    ),
    Lint(
        "nullable_unique_key",
        "no column of a unique key over several columns may be NULL, since two NULLs never count as equal",
        f"""SELECT own.name, a.attname FROM own JOIN pg_index i ON i.indrelid = own.oid
JOIN pg_attribute a ON {_COLUMN} AND a.attnum = ANY ({_keys("i", "i.indnkeyatts")})
WHERE i.indisunique AND i.indnkeyatts > 1 AND NOT i.indnullsnotdistinct AND NOT a.attnotnull
GROUP BY 1, 2 ORDER BY 1, 2""",
    ),
    Lint(
        "only_nullable_columns",
        "every table says something of each of its rows: a column besides its key has to be given",
        f"""SELECT own.name FROM own WHERE NOT EXISTS (
    SELECT FROM pg_attribute a WHERE {_COLUMN} AND a.attnotnull AND a.attidentity = ''
) ORDER BY 1""",
    ),
    Lint(
        "reserved_word",
        "no table, column or index has a reserved word for its name",
        f"""SELECT own.name, k.word FROM own CROSS JOIN pg_get_keywords() k WHERE k.catcode IN ('R', 'T') AND (
    own.name = k.word OR EXISTS (SELECT FROM pg_attribute a WHERE {_COLUMN} AND a.attname = k.word)
) ORDER BY 1, 2""",
    ),
    Lint(
        "timestamp_without_time_zone",
        "every moment is stored with its time zone",
        f"""SELECT own.name, a.attname FROM own JOIN pg_attribute a ON {_COLUMN}
WHERE a.atttypid = 'timestamp'::regtype ORDER BY 1, 2""",
    ),
    Lint(
        "inexact_number",
        "no number is a binary float or of the type money, whose currency is the server's",
        f"""SELECT own.name, a.attname FROM own JOIN pg_attribute a ON {_COLUMN}
WHERE a.atttypid IN ('real'::regtype, 'double precision'::regtype, 'money'::regtype) ORDER BY 1, 2""",
    ),
    Lint(
        "changeable_check",
        "every CHECK gives tomorrow the answer that it gives today, so that a dump can be restored",
        """SELECT own.name, c.conname FROM own JOIN pg_constraint c ON c.conrelid = own.oid AND c.contype = 'c'
WHERE c.conbin::text LIKE '%SQLVALUEFUNCTION%' OR EXISTS (
    SELECT FROM regexp_matches(c.conbin::text, ':(?:op)?funcid (\\d+)', 'g') called
    JOIN pg_proc p ON p.oid = called[1]::oid WHERE p.provolatile <> 'i'
) ORDER BY 1, 2""",
    ),
    Lint(
        "frozen_moment",
        "no default is a moment that was taken once, when the table was made",
        f"""SELECT own.name, a.attname FROM own JOIN pg_attribute a ON {_COLUMN} AND a.attgenerated = ''
JOIN pg_attrdef d ON d.adrelid = own.oid AND d.adnum = a.attnum
WHERE a.atttypid IN ('timestamptz'::regtype, 'timestamp'::regtype) AND d.adbin::text NOT LIKE '%FUNC%' ORDER BY 1, 2""",
    ),
    Lint(
        "volatile_default",
        "no default is left to chance: keys and clocks alone differ from row to row",
        f"""SELECT own.name, a.attname FROM own JOIN pg_attribute a ON {_COLUMN}
JOIN pg_attrdef d ON d.adrelid = own.oid AND d.adnum = a.attnum WHERE EXISTS (
    SELECT FROM regexp_matches(d.adbin::text, ':(?:op)?funcid (\\d+)', 'g') called
    JOIN pg_proc p ON p.oid = called[1]::oid WHERE p.provolatile = 'v'
    AND p.proname NOT IN ('nextval', 'gen_random_uuid', 'uuidv7', 'clock_timestamp', 'pg_current_xact_id')
) ORDER BY 1, 2""",
    ),
    Lint(
        "small_sequence",
        "no sequence of keys ends at two thousand million",
        """SELECT s.seqrelid::regclass::text FROM pg_sequence s
JOIN pg_class x ON x.oid = s.seqrelid AND x.relnamespace = 'public'::regnamespace
WHERE s.seqtypid <> 'bigint'::regtype OR s.seqcycle ORDER BY 1""",
    ),
    Lint(
        "switched_off",
        "nothing is switched off: every index is valid, every constraint validated, every trigger enabled, "
        "every table logged",
        """SELECT own.name, x.relname AS part FROM own JOIN pg_index i ON i.indrelid = own.oid
JOIN pg_class x ON x.oid = i.indexrelid WHERE NOT i.indisvalid
UNION ALL SELECT own.name, c.conname FROM own JOIN pg_constraint c ON c.conrelid = own.oid WHERE NOT c.convalidated
UNION ALL SELECT own.name, t.tgname FROM own JOIN pg_trigger t ON t.tgrelid = own.oid WHERE t.tgenabled = 'D'
UNION ALL SELECT own.name, own.name FROM own JOIN pg_class x ON x.oid = own.oid WHERE x.relpersistence <> 'p'
ORDER BY 1, 2""",
    ),
    Lint(
        "hash_partition_gap",
        "the hash partitions of a table take every value",
        """SELECT own.name FROM own JOIN pg_partitioned_table p ON p.partrelid = own.oid AND p.partstrat = 'h'
LEFT JOIN pg_inherits i ON i.inhparent = own.oid LEFT JOIN pg_class part ON part.oid = i.inhrelid
GROUP BY own.name HAVING coalesce(sum(1.0 / (regexp_match(
    pg_get_expr(part.relpartbound, part.oid), 'modulus (\\d+)'))[1]::int), 0) NOT BETWEEN 0.999999 AND 1.000001
ORDER BY 1""",
    ),
    Lint(
        "range_partition_gap",
        "a row that no range partition takes lands in a default one",
        """SELECT own.name FROM own JOIN pg_partitioned_table p ON p.partrelid = own.oid
WHERE p.partstrat = 'r' AND p.partdefid = 0 ORDER BY 1""",
    ),
    Lint(
        "search_path_of_function",
        "every function fixes its search_path, so that nobody can put a table of another schema in its way",
        """SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
AND NOT coalesce(array_to_string(p.proconfig, ' ') LIKE '%search_path=%', false)
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') ORDER BY 1""",
    ),
    Lint(
        "policy_without_effect",
        "row-level security is on where policies stand, and policies stand where it is on",
        """SELECT own.name FROM own
WHERE own.relrowsecurity <> EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = own.oid) ORDER BY 1""",
    ),
    Lint(
        "setting_read_per_row",
        "no policy asks for a setting once for every row",
        """SELECT own.name, p.polname FROM own JOIN pg_policy p ON p.polrelid = own.oid
WHERE regexp_replace(
    concat(pg_get_expr(p.polqual, own.oid), ' ', pg_get_expr(p.polwithcheck, own.oid)),
    'SELECT \\(*(NULLIF\\()?current_setting\\(', '', 'g'
) LIKE '%current_setting(%' ORDER BY 1, 2""",
    ),
    Lint(
        "open_to_public",
        "nothing is granted to PUBLIC: neither a table nor a function that runs as its owner",
        """SELECT own.name, g.privilege_type FROM own JOIN pg_class x ON x.oid = own.oid
CROSS JOIN LATERAL aclexplode(x.relacl) g WHERE g.grantee = 0
UNION ALL SELECT p.proname, g.privilege_type FROM pg_proc p
CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g
WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef AND g.grantee = 0
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') ORDER BY 1, 2""",
    ),
    Lint(
        "repeated_columns",
        "no columns repeat under numbered names, as phone1 and phone2 would",
        f"""SELECT own.name, regexp_replace(a.attname, '_?[0-9]+$', '') AS stem FROM own
JOIN pg_attribute a ON {_COLUMN} AND a.attname ~ '[0-9]$'
GROUP BY 1, 2 HAVING count(*) > 1 ORDER BY 1, 2""",
    ),
    Lint(
        "attribute_value_pairs",
        "no table keeps names of attributes beside their values, where every type and rule is lost",
        f"""SELECT own.name FROM own JOIN pg_attribute a ON {_COLUMN}
WHERE a.attname ~ '^(attribute|property|field|parameter|key|option)(_name|_key)?$|^(attribute_|property_|field_)?value$'
GROUP BY 1 HAVING count(*) FILTER (WHERE a.attname ~ 'value$') > 0
AND count(*) FILTER (WHERE a.attname !~ 'value$') > 0 ORDER BY 1""",
    ),
)
"""In the order of the document. `agents.schema_design.lints` says which rows a design answers with, and why."""

ON_DELETE = (
    OWN
    + """SELECT own.name, c.conname, CASE c.confdeltype WHEN 'a' THEN 'no action' WHEN 'r' THEN 'restrict'
    WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' ELSE 'set default' END
FROM own JOIN pg_constraint c ON c.conrelid = own.oid WHERE c.contype = 'f' AND c.conparentid = 0 ORDER BY 1, 2"""
)
"""What each foreign key does when its parent row goes."""
