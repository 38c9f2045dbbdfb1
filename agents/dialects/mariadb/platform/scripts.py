"""SQL and shell beside the servers: settings, logins without passwords, and their passwords from variables."""

import shlex

from agents.dialects.mariadb.platform.names import (
    BACKUP,
    MONITORING,
    all_logins,
    own_login,
    owner,
    password_variable,
    server_settings,
)
from agents.platform_deployment.connections import logins
from agents.platform_deployment.facts import Facts
from contracts.deployment import Login, ScriptFile

FOLDER = "deploy/database"
SETTINGS = f"{FOLDER}/server.cnf"


def script_files(facts: Facts) -> tuple[ScriptFile, ...]:
    """Settings, logins and passwords."""
    return (
        ScriptFile(path=SETTINGS, text=_server_cnf(facts)),
        ScriptFile(path=f"{FOLDER}/logins.sql", text=_logins_sql(facts)),
        ScriptFile(path=f"{FOLDER}/passwords.sh", text=_passwords_sh(facts)),
    )


def _server_cnf(facts: Facts) -> str:
    lines = [f"{name} = {value}" for name, value in server_settings(facts).items() if "\n" not in value]
    return "\n".join(("# The plan's settings; change the document and hand it over again", "[mariadbd]", *lines)) + "\n"


def quoted(name: str) -> str:
    """A name in backticks, which every sql_mode understands."""
    return "`" + name.replace("`", "``") + "`"


def _logins_sql(facts: Facts) -> str:
    """Runs again without harm; a login without a password yet cannot be used."""
    parts = [_login(login) for login in logins(facts)]
    migrator = facts.role("migrator")
    if migrator:
        parts.append(f"GRANT {quoted(migrator)} TO {quoted(owner(facts))}@'%';")
    here = quoted(own_login(facts, MONITORING))
    parts.append(
        f"-- Reads what the plan's monitoring queries ask, and no row of the application\n"
        f"CREATE USER IF NOT EXISTS {here}@'%' ACCOUNT LOCK;\n"
        f"GRANT PROCESS, SLAVE MONITOR, BINLOG MONITOR ON *.* TO {here}@'%';\n"
        f"GRANT SELECT ON performance_schema.* TO {here}@'%';\n"
        f"GRANT SHOW VIEW ON {quoted(facts.database)}.* TO {here}@'%';"
    )
    if facts.design.backup:
        copies = quoted(own_login(facts, BACKUP))
        parts.append(
            f"-- Copies the server's files and reads its binary log\n"
            f"CREATE USER IF NOT EXISTS {copies}@'%' ACCOUNT LOCK;\n"
            f"GRANT RELOAD, PROCESS, LOCK TABLES, BINLOG MONITOR, REPLICATION SLAVE ON *.* TO {copies}@'%';"
        )
    head = (
        f"-- Logins of {facts.project}: one for each connection pool, which starts as its pool's role and may\n"
        "-- take others by SET ROLE. Each is locked until it has a password, which is never in a file."
    )
    return "\n\n".join((head, *parts)) + "\n"


def _login(login: Login) -> str:
    name = f"{quoted(login.name)}@'%'"
    roles = (login.acts_as, *login.may_become)
    grants = "\n".join(f"GRANT {quoted(role)} TO {name};" for role in roles)
    return (
        f"CREATE USER IF NOT EXISTS {name} ACCOUNT LOCK;\n"
        f"ALTER USER {name} WITH MAX_USER_CONNECTIONS {login.connections};\n"
        f"{grants}\nSET DEFAULT ROLE {quoted(login.acts_as)} FOR {name};"
    )


def _passwords_sh(facts: Facts) -> str:
    """The image's entrypoint may source this file, so it changes no option of the shell."""
    given = ((login, password_variable(login)) for login in all_logins(facts))
    lines = "\n".join(f'give {shlex.quote(login)} "${{{variable}:?}}"' for login, variable in given)
    return _PASSWORDS + lines + "\n"


_PASSWORDS = r"""#!/bin/sh
# Gives the logins their passwords from the environment, and unlocks them; no password reaches a command line.
give() {
    secret="$(printf '%s' "$2" | sed "s/'/''/g; s/\\\\/\\\\\\\\/g")"
    printf "ALTER USER '%s'@'%%' IDENTIFIED BY '%s' ACCOUNT UNLOCK;\n" "$1" "$secret" |
        MYSQL_PWD="$MARIADB_ROOT_PASSWORD" mariadb --protocol=socket --user=root
}
"""
