"""Encrypted values on a real table: sealed, bound, found, rotated, and what happens where one of these is missing."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from agents.envelopes import BLIND, SEALED
from agents.security.envelopes.envelopes import Envelopes
from agents.verification import proof
from contracts.claims import Evidence, SealedColumn, Seals
from flows.engines import sealing
from flows.engines.postgresql import observations_on
from flows.engines.server import Server
from tests.engines.conftest import experiment, silent

PATIENTS = f"""CREATE TABLE patients (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number text NOT NULL CHECK (number ~ '{SEALED}'),
    number_index text NOT NULL UNIQUE CHECK (number_index ~ '{BLIND}'),
    policy text CHECK (policy ~ '{SEALED}')
)"""
ROWS = """INSERT INTO patients (number, number_index, policy)
    SELECT 'v1.k0.AAAAAAAAAAAAAAAA.' || lpad(g::text, 32, '0'), lpad(g::text, 64, '0'), NULL
    FROM generate_series(1, 60) AS g"""
TRIAL = Seals(
    table="patients",
    key="id",
    columns=(SealedColumn(column="number", index="number_index"), SealedColumn(column="policy")),
)
LEAK = """CREATE FUNCTION copy_of_patient() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN INSERT INTO copies VALUES ('Zürich 00000 pol'); RETURN NEW; END $body$;
CREATE TRIGGER leak AFTER UPDATE ON patients FOR EACH ROW EXECUTE FUNCTION copy_of_patient()"""


def judged(server: Server, script: dict[str, str], trial: Seals = TRIAL) -> Evidence:
    asked = experiment({**script}, {"sealed": trial}, {"rows": ROWS})
    return proof(asked, observations_on(server, asked, silent)).evidence[0]


@pytest.mark.parametrize("server", ["embedded", "remote"], indirect=True)
def test_sealed_values_stay_sealed(server: Server) -> None:
    found = judged(server, {"patients": PATIENTS})
    assert (found.verdict, found.observed) == (
        "holds",
        "plain text is refused with 23514; 80 sealed values open again; none opens in another row or column or when it"
        " was changed; equality finds its row by the blind index; 6 batches of a rotation leave none under the old key;"
        " no plain text in a dump of 1 tables",
    )


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ({"patients": re.sub(r"policy text CHECK .*", "policy text", PATIENTS)}, "not refused: policy = '1234567890'"),
        ({"patients": PATIENTS.replace("number text NOT NULL CHECK", "number varchar(60) NOT NULL CHECK")}, "22001"),
        (
            {"patients": PATIENTS, "copies": "CREATE TABLE copies (text text)", "leak": LEAK},
            "not dumped: plain text stands in copies",
        ),
    ],
)
def test_a_table_that_does_not_keep_them_is_found(embedded: Server, script: dict[str, str], why: str) -> None:
    found = judged(embedded, script)
    assert (found.verdict, why in found.observed) == ("fails", True), found.observed


class _Unbound(Envelopes):
    """Forgets where an envelope belongs."""

    def seal(self, table: str, column: str, row: object, text: str) -> str:
        return super().seal("", "", "", text)

    def open(self, table: str, column: str, row: object, envelope: str) -> str:
        return super().open("", "", "", envelope)


class _Salted(Envelopes):
    """A digest that differs between two calls finds nothing."""

    calls = 0

    def index(self, table: str, column: str, text: str) -> str:
        self.calls += 1
        return super().index(table, column, f"{text}{self.calls}")


class _Stuck(Envelopes):
    """A rotation that stops after its first batch."""

    def rotate(self, connection: Any, table: str, key: str, column: str, after: object, size: int = 500) -> object:
        return super().rotate(connection, table, key, column, after, size) if after == -1 else None


class _Clear(Envelopes):
    """Opens whatever it is given, and so would never notice a change."""

    def open(self, table: str, column: str, row: object, envelope: str) -> str:
        return "Zürich 00000 num"


@contextmanager
def written_like(kind: type[Envelopes], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setattr(sealing.envelopes, "Envelopes", kind)
        yield


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (_Unbound, "not bound: the value of number in row 1 opens as number of row 2"),
        (_Salted, "not found: number_index finds 0 rows for a value of one row"),
        (_Stuck, "not rotated: 50 of 80 values are left under the old key"),
        (_Clear, "not opened: 79 of 80 values came back otherwise"),
    ],
)
def test_code_that_does_not_keep_its_word_is_found(
    embedded: Server, kind: type[Envelopes], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with written_like(kind, monkeypatch):
        found = judged(embedded, {"patients": PATIENTS})
    assert (found.verdict, found.observed) == ("fails", why)


def test_two_rows_are_too_few_to_move_a_value(embedded: Server) -> None:
    asked = experiment({"patients": PATIENTS}, {"sealed": TRIAL}, {"rows": ROWS.replace("60", "2")})
    found = proof(asked, observations_on(embedded, asked, silent)).evidence[0]
    assert (found.verdict, found.observed) == ("fails", "not opened: patients has 2 rows, and three are needed")
