"""Seals that make the trail tamper-evident: a chained digest over finished transactions, at no cost to the writes.

Triggers keep a trail from being changed by whoever may not drop them; its owner may. So a job seals what is finished
(every transaction below the oldest running one), each seal over the rows and the seal before. A row that is changed,
removed or slipped in later breaks its seal, a rewritten seal breaks the next one, and the newest digest is kept outside
of the database, where the owner of the trail does not write.
"""

from agents.dialects.postgresql import quoted
from agents.naming import constraint_name
from agents.security.basis import Draft, origin_of, role_name
from agents.security.trail import REFUSE, Trail
from contracts.base import Alternative, Decision
from contracts.claims import Returns
from contracts.requirements import Requirements


def seals_name(log: str) -> str:
    """The table of a trail's seals."""
    return f"{log}_seals"


def seals(draft: Draft, requirements: Requirements, made: Trail) -> None:
    """Table, functions and grants of the seals, and the attempts to tamper."""
    table, element = seals_name(made.log), f"audit.{made.log}.seals"
    auditor = quoted(role_name(requirements, "auditor"))
    checks = f"{_digest_name(made)}(text, xid8, xid8), {_broken_name(made)}()"
    statements = (
        ("", _table(made), "One row for each sealed span of transactions", "The table of seals is made"),
        (
            ".by_transaction",
            f"CREATE INDEX {constraint_name('ix', made.log, 'transaction')} ON {made.log} (transaction_id)",
            "A seal reads its own span of the trail",
            "A span of transactions is found by an index",
        ),
        (
            ".digest",
            _digest(made),
            "The digest of a span, the same under every session's settings",
            "Spans have digests",
        ),
        (
            ".seal",
            _seal(made),
            f"Run hourly: SELECT {_seal_name(made)}(); keep its digest elsewhere",
            "Spans are sealed",
        ),
        (".broken", _broken(made), "Empty while the trail is as it was sealed", "Broken seals are found"),
        (
            ".append_only",
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}\n"
            f"    FOR EACH ROW EXECUTE FUNCTION {REFUSE}()",
            "Seals are as append-only as the trail",
            "Seals refuse changes",
        ),
        (
            ".closed",
            f"REVOKE ALL ON FUNCTION {_seal_name(made)}(), {checks} FROM PUBLIC",
            "Only the migrator seals",
            "Nobody else seals",
        ),
        (
            ".auditor",
            f"GRANT EXECUTE ON FUNCTION {checks} TO {auditor}",
            "The auditor checks what the migrator sealed",
            "The auditor may check the seals",
        ),
        (
            ".read",
            f"GRANT SELECT ON {table} TO {auditor}",
            "The auditor compares the newest digest with the one that was kept",
            "The auditor may read the seals",
        ),
    )
    for name, sql, comment, sentence in statements:
        draft.run(f"{element}{name}", sql, comment, f"{made.log}: {sentence[0].lower()}{sentence[1:]}", made.serves)
    _trials(draft, made, element)
    draft.rollback += [
        f"DROP FUNCTION IF EXISTS {_broken_name(made)}()",
        f"DROP FUNCTION IF EXISTS {_seal_name(made)}()",
        f"DROP FUNCTION IF EXISTS {_digest_name(made)}(text, xid8, xid8)",
        f"DROP TABLE IF EXISTS {table}",
    ]
    draft.decisions.append(_decision(requirements, made))


def _seal_name(made: Trail) -> str:
    return f"seal_{made.log}"


def _digest_name(made: Trail) -> str:
    return f"digest_of_{made.log}"


def _broken_name(made: Trail) -> str:
    return f"broken_seals_of_{made.log}"


def _table(made: Trail) -> str:
    table = seals_name(made.log)
    return f"""CREATE TABLE {table} (
    id bigint GENERATED ALWAYS AS IDENTITY,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    from_transaction xid8 NOT NULL,
    to_transaction xid8 NOT NULL,
    digest text NOT NULL,
    CONSTRAINT {constraint_name("pk", table)} PRIMARY KEY (id)
)"""


def _digest(made: Trail) -> str:
    return f"""CREATE FUNCTION {_digest_name(made)}(before text, low xid8, high xid8) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET datestyle = 'ISO, YMD'
AS $body$
    SELECT encode(sha256(convert_to(before || coalesce(string_agg(
        encode(sha256(convert_to(entry::text, 'UTF8')), 'hex'), '' ORDER BY entry.id), ''), 'UTF8')), 'hex')
    FROM public.{made.log} AS entry
    WHERE entry.transaction_id >= low AND entry.transaction_id < high
$body$"""


def _seal(made: Trail) -> str:
    table = seals_name(made.log)
    return f"""CREATE FUNCTION {_seal_name(made)}() RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    low xid8;
    high CONSTANT xid8 := pg_snapshot_xmin(pg_current_snapshot());
    before text;
    made text;
BEGIN
    LOCK TABLE public.{table} IN SHARE ROW EXCLUSIVE MODE;
    SELECT to_transaction, digest INTO low, before FROM public.{table} ORDER BY id DESC LIMIT 1;
    made := public.{_digest_name(made)}(coalesce(before, ''), coalesce(low, '0'), high);
    INSERT INTO public.{table} (from_transaction, to_transaction, digest) VALUES (coalesce(low, '0'), high, made);
    RETURN made;
END
$body$"""


def _broken(made: Trail) -> str:
    table = seals_name(made.log)
    return f"""CREATE FUNCTION {_broken_name(made)}() RETURNS SETOF bigint
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $body$
    SELECT seal.id
    FROM (SELECT *, lag(digest, 1, '') OVER (ORDER BY id) AS before FROM public.{table}) AS seal
    WHERE seal.recorded_at > now() - interval '{max(1, made.days - 1)} days'
        AND seal.digest <> public.{_digest_name(made)}(seal.before, seal.from_transaction, seal.to_transaction)
    ORDER BY seal.id
$body$"""


def _trials(draft: Draft, made: Trail, element: str) -> None:
    row = made.forged(transaction_id="'5'")
    table, seal = seals_name(made.log), f"SELECT {_seal_name(made)}()"
    unguarded = (f"ALTER TABLE {made.log} DISABLE TRIGGER USER", f"ALTER TABLE {table} DISABLE TRIGGER USER")
    found = f"SELECT count(*) FROM {_broken_name(made)}()"
    digest = f"{_digest_name(made)}('', from_transaction, to_transaction)"
    forged = f"UPDATE {table} SET digest = {digest} WHERE from_transaction = '0'"
    for name, what, sql, broken in (
        ("intact", "as it was sealed, under another time zone", ("SET LOCAL timezone = 'Asia/Tokyo'",), "0"),
        ("changed", "changed with its triggers off", (f"UPDATE {made.log} SET actor_id = 'somebody else'",), "1"),
        ("removed", "shortened with its triggers off", (f"DELETE FROM {made.log}",), "1"),
        ("added", "lengthened by a forged row", (made.forged(transaction_id="'5'", actor_role="'forged'"),), "1"),
        ("resealed", "changed together with its seal", (f"DELETE FROM {made.log}", forged), "1"),
    ):
        draft.claim(
            f"{element}.{name}",
            f"security.{element}",
            f"Of two seals, {broken if broken != '0' else 'none'} breaks where {made.log} was {what}",
            made.serves,
            Returns(sql=(row, seal, seal, *unguarded, *sql, found), rows=((broken,),)),
        )


def _decision(requirements: Requirements, made: Trail) -> Decision:
    return Decision(
        id=f"security.decision.{made.log}_seals",
        topic=f"Whether somebody tampered with {made.log}",
        choice=f"{_seal_name(made)}() each hour chains a SHA-256 over finished transactions; its newest digest goes to"
        f" the log server, and {_broken_name(made)}() names the seals that no longer fit",
        because=f"the owner of {made.log} can drop a trigger; {round(made.rows_per_day / 24):,} rows an hour are sealed"
        " by one read, and no write waits for it. A load from a dump numbers transactions anew, so the seals of before"
        " it are checked before it",
        alternatives=(
            Alternative(
                name="a digest of the row before in each row",
                refused_because="every writer would wait for the one before it",
            ),
        ),
        origin=origin_of(requirements, made.serves, "a trail that its owner can rewrite proves nothing"),
        serves=made.serves,
    )
