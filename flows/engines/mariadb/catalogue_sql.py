"""Questions to MariaDB's information_schema about the current database, in the order in which things were made.

Tables have no number there that counts creations; their order is by time of creation, then by the names that they
refer to, which the reader does not depend on.
"""

QUESTIONS = {
    "tables": """
SELECT table_name AS name, table_comment AS comment
FROM information_schema.tables
WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY create_time, table_name
""",
    "columns": """
SELECT table_name AS of_table, column_name AS name, data_type AS data_type, column_type AS column_type,
    character_maximum_length AS length, numeric_precision AS digits, numeric_scale AS decimals,
    is_nullable AS nullable, column_default AS default_value, extra AS extra, generation_expression AS generated,
    column_comment AS comment
FROM information_schema.columns
WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position
""",
    "keys": """
SELECT k.table_name AS of_table, k.constraint_name AS name, k.column_name AS column_name, c.constraint_type AS kind
FROM information_schema.key_column_usage AS k
JOIN information_schema.table_constraints AS c ON c.table_schema = k.table_schema AND c.table_name = k.table_name
    AND c.constraint_name = k.constraint_name
WHERE k.table_schema = DATABASE() AND c.constraint_type IN ('PRIMARY KEY', 'UNIQUE')
ORDER BY k.table_name, k.constraint_name, k.ordinal_position
""",
    "references": """
SELECT k.table_name AS of_table, k.constraint_name AS name, k.column_name AS column_name,
    k.referenced_table_name AS parent, k.referenced_column_name AS parent_column, r.delete_rule AS on_delete,
    r.update_rule AS on_update
FROM information_schema.key_column_usage AS k
JOIN information_schema.referential_constraints AS r ON r.constraint_schema = k.constraint_schema
    AND r.table_name = k.table_name AND r.constraint_name = k.constraint_name
WHERE k.table_schema = DATABASE() AND k.referenced_table_name IS NOT NULL
ORDER BY k.table_name, k.constraint_name, k.ordinal_position
""",
    "checks": """
SELECT table_name AS of_table, constraint_name AS name, check_clause AS expression
FROM information_schema.check_constraints
WHERE constraint_schema = DATABASE() ORDER BY table_name, constraint_name
""",
    "indexes": """
SELECT table_name AS of_table, index_name AS name, non_unique AS not_unique, column_name AS column_name,
    collation AS direction, index_type AS method
FROM information_schema.statistics
WHERE table_schema = DATABASE() ORDER BY table_name, index_name, seq_in_index
""",
    "triggers": """
SELECT event_object_table AS of_table, trigger_name AS name, action_statement AS body
FROM information_schema.triggers
WHERE trigger_schema = DATABASE() ORDER BY event_object_table, trigger_name
""",
    "partitions": """
SELECT table_name AS of_table, partition_name AS name, partition_method AS method, partition_expression AS expression,
    partition_description AS bounds
FROM information_schema.partitions
WHERE table_schema = DATABASE() ORDER BY table_name, partition_ordinal_position
""",
    "views": """
SELECT table_name AS name, view_definition AS definition, security_type AS security
FROM information_schema.views
WHERE table_schema = DATABASE() ORDER BY table_name
""",
    "functions": """
SELECT r.routine_name AS name, r.dtd_identifier AS returns, r.security_type AS security,
    (SELECT GROUP_CONCAT(p.parameter_name ORDER BY p.ordinal_position) FROM information_schema.parameters p
     WHERE p.specific_schema = r.routine_schema AND p.specific_name = r.specific_name AND p.ordinal_position > 0)
    AS arguments
FROM information_schema.routines AS r
WHERE r.routine_schema = DATABASE() ORDER BY r.routine_name
""",
    "table_rights": """
SELECT user AS role, table_name AS of_table, table_priv AS rights
FROM mysql.tables_priv
WHERE db = DATABASE() AND host = '' AND table_priv <> '' ORDER BY user, table_name
""",
    "column_rights": """
SELECT user AS role, table_name AS of_table, column_name AS column_name, column_priv AS rights
FROM mysql.columns_priv
WHERE db = DATABASE() AND host = '' ORDER BY user, table_name, column_name
""",
    "roles": """
SELECT user AS name
FROM mysql.user
WHERE is_role = 'Y' ORDER BY user
""",
}

MIGRATIONS = """
SELECT version AS version, description AS description, rollback_sql AS rollback
FROM schema_migrations
ORDER BY version
"""
