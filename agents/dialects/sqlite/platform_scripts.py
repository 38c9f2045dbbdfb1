"""SQL, shell and the pipeline beside the container: run by the machine's own `sqlite3`, by the owner of the file.

Names in these files are identifiers and slugs; text of the document stands in them in comments of one line alone.
"""

import re

from agents.platform_deployment.facts import Facts, group
from agents.platform_deployment.knowledge import knowledge
from agents.platform_deployment.pipeline import SUITE, database_job, workflow
from contracts.deployment import ConfigurationFile, ScriptFile

CONNECTION = "deploy/database/connection.sql"
SCHEMA = "deploy/database/schema.sql"
_PLAIN = re.compile(r"-?\w+")


def file_name(facts: Facts) -> str:
    """The file's name in production, as the document has it; the database's name where that is no plain one."""
    named = group(facts.design, "production", "database").get("file", "")
    return named if re.fullmatch(r"[A-Za-z0-9_]+\.db", named) else f"{facts.database}.db"


def stem(facts: Facts) -> str:
    """The file's name without its ending."""
    return file_name(facts).removesuffix(".db")


def connection_sql(facts: Facts) -> ScriptFile:
    """What every connection says before its first statement; values that are no plain word are left out."""
    settings = {**facts.settings, **facts.production}
    lines = [f"PRAGMA {name} = {value};" for name, value in settings.items() if _PLAIN.fullmatch(value)]
    head = "-- Said in every connection, before its first statement; a new file fixes the first of them"
    return ScriptFile(path=CONNECTION, text="\n".join((head, *lines)) + "\n")


def _head(facts: Facts) -> str:
    return f"""\
set -eu
. ./.env
: "${{{facts.prefix}_DATA_DIR:?set it in .env}}"
umask 077
file="${facts.prefix}_DATA_DIR/{file_name(facts)}"
"""


def migrate_sh(facts: Facts) -> ScriptFile:
    """Makes the file where there is none; a file that is there is told about and left alone."""
    text = f"""\
#!/bin/sh
# Makes {file_name(facts)} from {SCHEMA}: run it from the project's folder before the first start. A file that is there
# already stays as it is; later steps are recorded in schema_migrations, each between BEGIN IMMEDIATE and COMMIT.
{_head(facts)}
if [ -e "$file" ]; then
    echo "$file stands at step $(sqlite3 "$file" 'PRAGMA user_version')"
    exit 0
fi
mkdir -p "${facts.prefix}_DATA_DIR"
chmod 0700 "${facts.prefix}_DATA_DIR"
rm -f "$file.new" "$file.new-wal" "$file.new-shm"
sqlite3 -bail "$file.new" '.read {CONNECTION}' '.read {SCHEMA}' > /dev/null
test "$(sqlite3 "$file.new" 'PRAGMA integrity_check')" = ok
test -z "$(sqlite3 "$file.new" 'PRAGMA foreign_key_check')"
mv "$file.new" "$file"
echo "$file was made at step $(sqlite3 "$file" 'PRAGMA user_version')"
"""
    return ScriptFile(path="deploy/migrate.sh", text=text)


def backup_sh(facts: Facts) -> ScriptFile:
    """The plan's copy while the file is in use, under another name until it is sound; older copies go afterwards."""
    backup = facts.design.backup
    days = round(backup.kept_days) if backup and backup.kept_days else 7
    text = f"""\
#!/bin/sh
# A copy of {file_name(facts)}: run it from the project's folder, by cron or by hand. Reads BACKUP_DIR from .env.
# deploy/backup.sh restore FILE makes {stem(facts)}_restored.db beside the live file.
{_head(facts)}: "${{BACKUP_DIR:?set it in .env}}"

if [ "${{1:-}}" = restore ]; then
    : "${{2:?name the file of the copy}}"
    restored="${facts.prefix}_DATA_DIR/{stem(facts)}_restored.db"
    cp "$2" "$restored"
    test "$(sqlite3 "$restored" 'PRAGMA integrity_check')" = ok
    test -z "$(sqlite3 "$restored" 'PRAGMA foreign_key_check')"
    exit 0
fi

mkdir -p "$BACKUP_DIR"
copy="$BACKUP_DIR/{facts.project}-$(date +%F).db"
rm -f "$copy.part"
into="$(printf '%s' "$copy.part" | sed "s/'/''/g")"
sqlite3 -bail "$file" ".timeout 5000" "VACUUM INTO '$into'"
test "$(sqlite3 "$copy.part" 'PRAGMA integrity_check')" = ok
mv "$copy.part" "$copy"
find "$BACKUP_DIR" -name '{facts.project}-*.db' -mtime +{days} -delete
"""
    return ScriptFile(path="deploy/backup.sh", text=text)


def shipped_sh(facts: Facts) -> ScriptFile:
    """The restore from the shipped log; the copies themselves are Litestream's."""
    text = f"""\
#!/bin/sh
# Litestream copies {file_name(facts)} by itself. deploy/backup.sh restore [2026-11-01T12:00:00Z] makes
# {stem(facts)}_restored.db beside the live file, as of that moment or of the last shipped change.
{_head(facts)}
test "${{1:-}}" = restore || {{ echo "usage: deploy/backup.sh restore [MOMENT]" >&2; exit 2; }}
restored="{stem(facts)}_restored.db"
rm -f "${facts.prefix}_DATA_DIR/$restored"
if [ -n "${{2:-}}" ]; then set -- -timestamp "$2"; else set --; fi
docker compose run --rm litestream restore -config /etc/litestream.yml "$@" \\
    -o "/data/$restored" /data/{file_name(facts)}
test "$(sqlite3 "${facts.prefix}_DATA_DIR/$restored" 'PRAGMA integrity_check')" = ok
test -z "$(sqlite3 "${facts.prefix}_DATA_DIR/$restored" 'PRAGMA foreign_key_check')"
test -e "$file" && echo "compare its rows with those of $file"
"""
    return ScriptFile(path="deploy/backup.sh", text=text)


def pipeline_file(facts: Facts) -> ConfigurationFile:
    """The schema forward, back and forward again, then the validation suite; nothing has to be started for it."""
    actions = knowledge("images")["actions"]
    apply = f"sqlite3 -bail pipeline.db '.read {CONNECTION}' '.read {SCHEMA}' > /dev/null\n"
    left = (
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' "
        "AND name NOT IN ('schema_migrations', 'sqlite_sequence')"
    )
    back = (
        "sqlite3 -bail pipeline.db 'SELECT rollback_sql FROM schema_migrations ORDER BY version DESC' > rollback.sql\n"
        "sqlite3 -bail pipeline.db < rollback.sql\n"
        f'test "$(sqlite3 pipeline.db "{left}")" = 0\n'
        "sqlite3 pipeline.db 'DROP TABLE IF EXISTS schema_migrations; PRAGMA user_version = 0'\n"
    )
    ways = [{"name": "Take every migration back", "run": back}, {"name": "Apply them again", "run": apply}]
    suite = f"python -m pip install --requirement {SUITE}/requirements.txt\npython -m pytest {SUITE}\n"
    steps = [
        {"name": "The shell", "run": "sudo apt-get install --yes sqlite3\n"},
        {"name": "Apply the schema", "run": apply},
        *(ways if facts.design.catalogue.migrations else []),
        {"uses": actions["python"], "with": {"python-version": "3.12"}},
        {"name": "Validation suite", "run": suite},
    ]
    return workflow(facts, {"database": database_job(steps)})
