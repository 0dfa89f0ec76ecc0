"""After a test that commits, the tables are as the migrations left them.

Django truncates every table and fills content types and permissions anew: one to two seconds with as many
tables as there are here, while a test leaves rows in a few of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.test import TransactionTestCase

APPEND_ONLY = {
    "accounts_auditentry",
    "money_ledgerentry",
}  # refuse DELETE and TRUNCATE; nothing refers to them


@contextmanager
def rows_go_tables_stay() -> Iterator[None]:
    """Within the block, tests that commit are followed by DELETE, where there are rows."""
    tables = set(connection.introspection.table_names())
    tables.remove(MigrationRecorder.Migration._meta.db_table)
    with transaction.atomic():
        first = {table: _as_json(table) for table in _filled(tables)}

    def teardown(_test: TransactionTestCase) -> None:
        with transaction.atomic():
            for table in _filled(tables):
                _empty(table)
            for table, rows in first.items():
                _fill(table, rows)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


def _filled(tables: set[str]) -> list[str]:
    """Those that have rows."""
    asked = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in tables)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [name for (name,) in cursor.fetchall()]


def _as_json(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT json_agg(t)::text FROM "{table}" t')  # noqa: S608
        return str(cursor.fetchone()[0])


def _empty(table: str) -> None:
    with connection.cursor() as cursor:
        if table in APPEND_ONLY:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608
        if table in APPEND_ONLY:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')


def _fill(table: str, rows: str) -> None:
    made = f'json_populate_recordset(NULL::"{table}", %s)'
    with connection.cursor() as cursor:
        cursor.execute(f'INSERT INTO "{table}" SELECT * FROM {made}', [rows])  # noqa: S608
