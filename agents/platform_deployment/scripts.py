"""SQL and shell beside the configuration: logins without passwords, their passwords from variables, the backup.

Names in these files are identifiers made by `agents.naming`, and text of the document stands in them only behind
`shlex.quote` or in comments of one line.
"""

import shlex

from agents.dialects.postgresql import literal
from agents.platform_deployment.compose import database_name, owner, password_variable
from agents.platform_deployment.connections import logins
from agents.platform_deployment.facts import Facts
from agents.platform_deployment.labels import sql_name
from contracts.deployment import Login, ScriptFile, Variable

DATABASE = "deploy/database"


def script_files(facts: Facts) -> tuple[ScriptFile, ...]:
    """The files that this project needs; a project without roles has no logins to make."""
    found = []
    if logins(facts):
        found += [ScriptFile(path=f"{DATABASE}/logins.sql", text=_logins_sql(facts))]
        found += [ScriptFile(path=f"{DATABASE}/passwords.sh", text=_passwords_sh(facts))]
    if facts.embedded and facts.design.backup:
        found.append(ScriptFile(path="deploy/backup.sh", text=_backup_sh(facts)))
    return tuple(found)


def script_variables(facts: Facts) -> tuple[Variable, ...]:
    """The variables that only a script reads."""
    if not (facts.embedded and facts.design.backup):
        return ()
    return (
        Variable(
            name="BACKUP_DIR",
            example=f"$HOME/backups/{facts.project}",
            meaning="folder of the copies: on another disk than the database, or synchronised to one",
        ),
    )


def _logins_sql(facts: Facts) -> str:
    made = "\n\n".join(_login_sql(login) for login in logins(facts))
    migrator = facts.role("migrator")
    deploy = (
        f"\n\n-- {owner(facts)} runs the migrations: it may become the owner of the tables\n"
        f"GRANT {sql_name(migrator)} TO {sql_name(owner(facts))};"
        if migrator
        else ""
    )
    return f"""\
-- Logins of {facts.project}, one for each connection pool; their passwords are set elsewhere, never in a file.
-- Each inherits nothing and starts as its pool's role, since a row-level policy binds a role and all that inherit
-- from it. SET LOCAL ROLE takes another role for one transaction.
-- Runs again without harm.

{made}{deploy}
"""


def _login_sql(login: Login) -> str:
    name = sql_name(login.name)
    roles = ", ".join(sql_name(role) for role in (login.acts_as, *login.may_become))
    return f"""\
DO $do$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {literal(login.name)}) THEN
        CREATE ROLE {name} LOGIN NOINHERIT;
    END IF;
END
$do$;
ALTER ROLE {name} CONNECTION LIMIT {login.connections};
GRANT {roles} TO {name};
ALTER ROLE {name} SET role = {literal(login.acts_as)};"""


def _passwords_sh(facts: Facts) -> str:
    lines = []
    for login in logins(facts):
        variable = password_variable(facts, login.name)
        lines.append(f"\\getenv password {variable}\nALTER ROLE {sql_name(login.name)} PASSWORD :'password';")
    return f"""\
#!/bin/sh
# Gives the logins their passwords from the environment; psql quotes them, and they reach no command line.
# The image's entrypoint may source this file, so it changes no option of the shell.
psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" <<'SQL'
SET log_statement = 'none';
SET log_min_duration_statement = -1;
{chr(10).join(lines)}
SQL
"""


def _backup_sh(facts: Facts) -> str:
    """The plan's copy through Compose, under a temporary name until it is whole; older copies go afterwards."""
    backup = facts.design.backup
    days = round(backup.kept_days) if backup and backup.kept_days else 7
    name = shlex.quote(database_name(facts))
    login = shlex.quote(owner(facts))
    return f"""\
#!/bin/sh
# A copy of {facts.project}: run it from the project's folder, by cron or by hand. Reads BACKUP_DIR from .env.
# Restore: deploy/backup.sh restore FILE makes the database {database_name(facts)}_restored beside the live one.
set -eu
. ./.env
: "${{BACKUP_DIR:?set it in .env}}"

if [ "${{1:-}}" = restore ]; then
    : "${{2:?name the file of the copy}}"
    docker compose exec -T database createdb --username={login} {name}_restored
    docker compose exec -T database pg_restore --exit-on-error --username={login} --dbname={name}_restored < "$2"
    exit 0
fi

mkdir -p "$BACKUP_DIR"
copy="$BACKUP_DIR"/{shlex.quote(facts.project)}-"$(date +%F)".dump
docker compose exec -T database pg_dump --format=custom --username={login} {name} > "$copy.part"
docker compose exec -T database pg_restore --list < "$copy.part" > /dev/null
mv "$copy.part" "$copy"
find "$BACKUP_DIR" -name {shlex.quote(facts.project + "-*.dump")} -mtime +{days} -delete
"""
