"""MariaDB's error numbers as SQLSTATEs that say what was broken.

MariaDB gives most violations one SQLSTATE, 23000, or even HY000; these are the standard's subclasses, as PostgreSQL
has them.
"""

STATES: dict[int, str] = {
    1048: "23502", 1263: "23502", 1364: "23502",  # NOT NULL, no default
    1216: "23503", 1217: "23503", 1451: "23503", 1452: "23503",
    1022: "23505", 1062: "23505", 1169: "23505", 1586: "23505",
    4025: "23514", 3819: "23514", 1369: "44000",  # CHECK; a view's CHECK OPTION
    1264: "22003", 1690: "22003", 1406: "22001", 1365: "22012",
    1265: "22023", 1292: "22023", 1366: "22023", 1411: "22023", 1526: "23514", 4038: "22023", 1231: "22023",
    1044: "42501", 1045: "42501", 1142: "42501", 1143: "42501", 1227: "42501", 1370: "42501", 1410: "42501",
    1348: "42501", 1471: "42501", 1698: "42501", 1419: "42501", 1959: "42501", 3530: "42501",
    1146: "42P01", 1051: "42P01", 1054: "42703", 1091: "42704", 1176: "42704", 1193: "42704",
    1205: "55P03", 1213: "40P01", 1969: "57014", 1792: "25006",
}  # fmt: skip
"""What is not here keeps the SQLSTATE that the server sent: a SIGNAL's, or a syntax error's 42000.

1526 is a row that no partition takes, which PostgreSQL calls a violated check as well; 1348 and 1471 are views that
may not be written; 1959 and 3530 are roles that the session may not take.
"""

BY_STATE: dict[str, tuple[str, ...]] = {
    state: tuple(str(number) for number, other in STATES.items() if other == state) for state in STATES.values()
}
"""The error numbers of each SQLSTATE."""
