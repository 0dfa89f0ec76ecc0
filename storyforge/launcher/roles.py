"""The application's role, its database and the extensions only a superuser can make."""

from __future__ import annotations

from typing import LiteralString

import psycopg
from psycopg import sql

from storyforge.launcher.paths import Home
from storyforge.launcher.postgres import NAME, SUPERUSER

# Every new database is a copy of template1: a test database finds the extensions there too.
EXTENSIONS = ("vector", "pg_trgm", "unaccent")


def provision(home: Home, *, may_create_databases: bool) -> None:
    """Make role, database and extensions where they are missing.

    The role is plain, so that row-level security holds for it: superusers and roles with BYPASSRLS pass
    it in silence. Only tests need `may_create_databases`.
    """
    with _connect(home, "postgres") as connection:
        role = sql.Identifier(NAME)
        if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s"):
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
        connection.execute(
            sql.SQL("ALTER ROLE {} NOSUPERUSER NOBYPASSRLS NOCREATEROLE {}").format(
                role, sql.SQL("CREATEDB" if may_create_databases else "NOCREATEDB")
            )
        )
        fresh = not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s")
    if fresh:
        _create_extensions(home, "template1")
        with _connect(home, "postgres") as connection:
            connection.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(role))
    else:
        _create_extensions(home, NAME)


def recreate(home: Home) -> None:
    """Drop the application's database and make it empty."""
    name = sql.Identifier(NAME)
    with _connect(home, "postgres") as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(name))


def _create_extensions(home: Home, database: str) -> None:
    with _connect(home, database) as connection:
        offered = {
            name for (name,) in connection.execute("SELECT name FROM pg_available_extensions")
        }
        for extension in EXTENSIONS:
            if extension in offered:
                connection.execute(
                    sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension))
                )


def _connect(home: Home, database: str) -> psycopg.Connection[tuple[str]]:
    return psycopg.connect(host=str(home.run), user=SUPERUSER, dbname=database, autocommit=True)


def _exists(connection: psycopg.Connection[tuple[str]], query: LiteralString) -> bool:
    return connection.execute(query, [NAME]).fetchone() is not None
