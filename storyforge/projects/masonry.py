"""Writes the walls into the database: compares what stands with what `walls` wants, and mends it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from django.core.checks import CheckMessage, Warning  # noqa: A004 - Django's name
from django.db import connection, models, transaction
from django.db.backends.utils import truncate_name
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from storyforge.accounts.models import User
from storyforge.core.acting import Door, acting_as
from storyforge.projects.models import Membership, Project
from storyforge.projects.roles import ALLOWED, Action
from storyforge.projects.walls import NAME_LENGTH, Link, Wall, personal_walls, wall_of, walls

POLICIES = ("wall_delete", "wall_insert", "wall_read", "wall_update")

ME = SQL("NULLIF(current_setting('app.user', true), '')::bigint")
# In parentheses of their own, so that PostgreSQL asks once a statement and not once a row.
OPEN_DOOR = SQL("(SELECT current_setting('app.system', true)) IN ({doors})")
MEMBER = SQL(
    "{column} = ANY (ARRAY(SELECT project_id FROM {membership}"
    " WHERE user_id = {me} AND role IN ({roles})))"
)
ADDRESSEE = SQL("{column} = (SELECT email FROM {people} WHERE id = {me})")
# With one policy for reading and writing a viewer could delete: DELETE looks at USING only.
POLICY = SQL("CREATE POLICY {name} ON {table} FOR {command}{using}{check}")

STATE = """
SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity,
       coalesce(obj_description(c.oid, 'pg_class'), ''),
       array(SELECT polname::text FROM pg_policy WHERE polrelid = c.oid ORDER BY polname),
       array(SELECT conname::text FROM pg_constraint WHERE conrelid = c.oid AND conname LIKE 'wall\\_%'),
       array(SELECT attname::text FROM pg_attribute
             WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped),
       (SELECT jsonb_agg((SELECT jsonb_agg(attname) FROM pg_attribute
                          WHERE attrelid = c.oid AND attnum = ANY (conkey)))
        FROM pg_constraint WHERE conrelid = c.oid AND contype = 'f' AND cardinality(conkey) > 1)
FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
"""

_migrating = ExitStack()


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What a table has now."""

    forced: bool
    comment: str
    policies: list[str]
    constraints: list[str]
    columns: list[str]
    keys: list[list[str]]  # the columns of each foreign key that has several

    def is_tied(self, link: Link) -> bool:
        """Whether a key of several columns holds the link inside the project.

        A narrower one does, too, where what it shares is held itself: (campaign, x) with (project, campaign).
        """
        held = {"project_id"}
        while more := [key for key in self.keys if held & set(key) and not held >= set(key)]:
            held.update(*more)
        return link.column in held


def open_for_migrations(**_: Any) -> None:
    """Before `migrate`: data migrations read and write all rows."""
    _migrating.enter_context(acting_as(None, door=Door.ADMIN))


def build(**_: Any) -> None:
    """After `migrate`: mend what differs, in one transaction. A second time it changes nothing."""
    with _migrating.pop_all(), acting_as(None, door=Door.ADMIN), transaction.atomic():
        there = standing()
        built = [wall for wall in _all() if wall.table in there]
        named = {link.to for wall in built for link in _to_tie(wall, there[wall.table])}
        for wall in built:
            _raise(wall, there[wall.table], is_named=wall.table in named)
        for wall in built:
            _tie(wall, there[wall.table])


def faults() -> list[str]:
    """What is missing of the walls, one line each; empty when all stand."""
    there = standing()
    found = []
    for wall in _all():
        now = there.get(wall.table)
        if now is None or not _stands(wall, now):
            found.append(f"{wall.table}: row security")
        else:
            loose = [link for link in wall.links if not now.is_tied(link)]
            found += [f"{link.table}: {link.column} reaches other projects" for link in loose]
    return found


def _all() -> list[Wall]:
    return [*walls(), *personal_walls()]


def look(*, databases: Collection[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Django's check: `manage.py check --database default`, and before each `migrate`.

    A table that is not there yet gets its wall when it is made. Where no database is named, none is asked.
    """
    if not databases:
        return []
    there = standing()
    found = [fault for fault in faults() if fault.partition(":")[0] in there]
    hint = "Run `manage.py migrate`; it builds the walls anew."
    return [
        Warning(f"A wall is missing: {fault}", hint=hint, id="projects.W001") for fault in found
    ]


def standing() -> dict[str, Standing]:
    """Every table of the schema as it is."""
    with connection.cursor() as cursor:
        cursor.execute(STATE)
        return {
            name: Standing(
                forced=forced,
                comment=comment,
                policies=policies,
                constraints=constraints,
                columns=columns,
                keys=json.loads(keys or "[]"),
            )
            for name, forced, comment, policies, constraints, columns, keys in cursor.fetchall()
        }


def _raise(wall: Wall, now: Standing, *, is_named: bool) -> None:
    if wall.parent is not None and "project_id" not in now.columns:
        _run(_inherit(wall, wall.parent))
    if is_named and _key_name(wall) not in now.constraints:
        _run([_key(wall)])
    if not _stands(wall, now):
        _run(_secure(wall, now))


def _to_tie(wall: Wall, now: Standing) -> list[Link]:
    """The links without a key. After a migration to an earlier state some columns are not there."""
    return [link for link in wall.links if link.column in now.columns and not now.is_tied(link)]


def _tie(wall: Wall, now: Standing) -> None:
    _run(_composite(link) for link in _to_tie(wall, now))


def _stands(wall: Wall, now: Standing) -> bool:
    return now.forced and now.comment == _fingerprint(wall) and now.policies == [*POLICIES]


def _fingerprint(wall: Wall) -> str:
    """The policies' text in short, kept as the table's comment."""
    text = "\n".join(p.as_string(None) for p in _policies(wall))
    return f"wall {hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _secure(wall: Wall, now: Standing) -> list[Composable]:
    table = Identifier(wall.table)
    return [
        *(SQL("DROP POLICY {} ON {}").format(Identifier(n), table) for n in now.policies),
        SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY").format(table),
        *_policies(wall),
        SQL("COMMENT ON TABLE {} IS {}").format(table, Literal(_fingerprint(wall))),
    ]


def _policies(wall: Wall) -> list[Composable]:
    """Who reads a row, and who adds, changes and deletes one.

    A project is made by its owner, before they are its member; others who edit in it may lock its row,
    which PostgreSQL counts as a change, and only its owner may change it.
    """
    if wall.person:
        theirs = SQL("({} OR {} = {})").format(_door(wall), Identifier(wall.person), ME)
        return _four(wall, read=theirs, insert=theirs, update=(theirs, theirs), delete=theirs)
    read, edit = (_rule(wall, action) for action in wall.needs)
    if column := getattr(wall.model, "addressee", ""):
        own = ADDRESSEE.format(
            column=Identifier(column), people=Identifier(User._meta.db_table), me=ME
        )
        seen, taken = (SQL("({} OR {})").format(rule, own) for rule in (read, edit))
        return _four(wall, read=seen, insert=edit, update=(edit, edit), delete=taken)
    if wall.model is not Project:
        return _four(wall, read=read, insert=edit, update=(edit, edit), delete=edit)
    mine = SQL("({} OR owner_id = {})").format(_door(wall), ME)
    own = _rule(wall, Action.ADMIN)
    either = SQL("({} OR {})").format(read, mine)
    return _four(wall, read=either, insert=mine, update=(edit, own), delete=own)


def _four(
    wall: Wall,
    *,
    read: Composable,
    insert: Composable,
    update: tuple[Composable, Composable],
    delete: Composable,
) -> list[Composable]:
    def policy(name: str, command: str, using: Composable, check: Composable) -> Composed:
        return POLICY.format(
            name=Identifier(name),
            table=Identifier(wall.table),
            command=SQL(command),
            using=using,
            check=check,
        )

    using, check, none = SQL(" USING ({})"), SQL(" WITH CHECK ({})"), SQL("")
    return [
        policy("wall_read", "SELECT", using.format(read), none),
        policy("wall_insert", "INSERT", none, check.format(insert)),
        policy("wall_update", "UPDATE", using.format(update[0]), check.format(update[1])),
        policy("wall_delete", "DELETE", using.format(delete), none),
    ]


def _rule(wall: Wall, action: Action) -> Composed:
    member = MEMBER.format(
        column=Identifier("id" if wall.model is Project else "project_id"),
        membership=Identifier(Membership._meta.db_table),
        me=ME,
        roles=_list(sorted(ALLOWED[action])),
    )
    return SQL("({} OR {})").format(_door(wall), member)


def _door(wall: Wall) -> Composed:
    return OPEN_DOOR.format(doors=_list([Door.ADMIN, *wall.doors]))


def _list(words: Iterable[str]) -> Composed:
    return SQL(", ").join(Literal(str(word)) for word in words)


def _inherit(wall: Wall, parent: models.ForeignKey[Any, Any]) -> list[Composable]:
    """The hidden column, filled for old rows and by a trigger for new ones."""
    above = wall_of(parent.related_model)
    names = {
        "table": Identifier(wall.table),
        "above": Identifier(above.table),
        "column": Identifier(parent.column),
        "function": Identifier(truncate_name(f"wall_{wall.table}", NAME_LENGTH)),
    }
    statements = (
        "ALTER TABLE {table} ADD COLUMN project_id uuid",
        "UPDATE {table} SET project_id = above.project_id FROM {above} above"
        " WHERE above.id = {table}.{column}",
        "CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " SELECT project_id INTO NEW.project_id FROM {above} WHERE id = NEW.{column};"
        " RETURN NEW; END $$",
        "CREATE TRIGGER wall BEFORE INSERT OR UPDATE OF {column} ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION {function}()",
    )
    return [SQL(s).format(**names) for s in statements]


def _key_name(wall: Wall) -> str:
    return truncate_name(f"wall_key_{wall.table}", NAME_LENGTH)


def _key(wall: Wall) -> Composed:
    """What composite foreign keys point to."""
    return SQL("ALTER TABLE {} ADD CONSTRAINT {} UNIQUE (project_id, id)").format(
        Identifier(wall.table), Identifier(_key_name(wall))
    )


def _composite(link: Link) -> Composed:
    """Deferred like Django's own: rows that name each other may come in any order."""
    return SQL(
        "ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (project_id, {column})"
        " REFERENCES {to} (project_id, id) DEFERRABLE INITIALLY DEFERRED"
    ).format(
        table=Identifier(link.table),
        name=Identifier(link.name),
        column=Identifier(link.column),
        to=Identifier(link.to),
    )


def _run(statements: Iterable[Composable]) -> None:
    """All of them in one message; nothing for none."""
    text = SQL(";\n").join(statements).as_string(None)
    if text:
        with connection.cursor() as cursor:
            cursor.execute(text)
