"""A model of worlds: it reads the prompt it is sent, lets the rules write, and errs as often as it is told.

Everything it knows stands in the prompts of this campaign, as for any model.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.scripted_model import faults as calls
from tests.scripted_model.replies import Asked, Reply
from worldgen import phases, rules
from worldgen.answers.resolving import phases_table
from worldgen.planning.part import source_of
from worldgen.rules.brief import Brief, Fact, Line, Locks, PlayerCharacter, Row

SECTION = re.compile(r"<(data-\w+) title='([^']*)' code='([^']*)'>\n(.*?)\n</\1>", re.DOTALL)
FENCE = re.compile(r"data-[0-9a-f]{12}")
TABLE = re.compile(r"Task: .*?\b(?:rows?|rows) of (\w+)")
CODE = re.compile(r"\b[a-z]{3}\d{2,}\b")

#: Faults of a call, and of each row of an answer, as WORLD 11 has them.
CALL_FAULTS = {
    "bad_json": 0.01, "truncated": 0.01, "refusal": 0.005, "rate_limited": 0.02,
    "overloaded": 0.01, "late": 0.01,
}  # fmt: skip
ROW_FAULTS = {
    "missing_field": 0.02, "bad_enum": 0.02, "unknown_code": 0.05, "partial_name": 0.03,
    "duplicate_name": 0.03, "missing_row": 0.01, "duplicate_code": 0.01,
}  # fmt: skip
SHARED_FIELDS = ("code", "row", "name")


class WorldModel:
    """Answers prompts of the world kinds. `faults` names rates of `CALL_FAULTS` and `ROW_FAULTS`.

    As an `answer` of a `ScriptedModel` it takes what the server was asked; `reply` takes prompt and
    schema alone. `rows` counts the rows it has written well and the rows it has spoiled.
    """

    def __init__(self, *, seed: int = 1, faults: Mapping[str, float] | None = None) -> None:
        self.seed, self.faults = seed, dict(faults or {})
        self._lines: dict[str, dict[str, dict[str, Line]]] = defaultdict(lambda: defaultdict(dict))
        self._asked: dict[str, int] = defaultdict(int)
        self.good = self.spoiled = 0

    def __call__(self, asked: Asked) -> Reply:
        content = asked.body["messages"][0]["content"]
        prompt = content if isinstance(content, str) else "".join(p["text"] for p in content)
        return self.reply(prompt, asked.schema or {})

    def reply(self, prompt: str, schema: dict[str, Any]) -> Reply:
        """An answer, or one of the faults of a call."""
        self._asked[prompt] += 1
        plain = FENCE.sub("data", prompt)  # the fence differs from project to project
        key = f"{self.seed} {self._asked[prompt]} {plain}".encode()
        dice = random.Random(hashlib.sha256(key).digest())  # noqa: S311
        data = self.data(prompt, schema)
        self._spoil(data, schema, dice)
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=float)
        for name in CALL_FAULTS:
            if dice.random() < self.faults.get(name, 0.0):
                return _faulty(name, text)
        return Reply(text=text)

    # -- good answers ---------------------------------------------------------------------------

    def data(self, prompt: str, schema: dict[str, Any]) -> Any:
        """What the rules write for this prompt."""
        told = _sections(prompt)
        names = schema.get("properties", {})
        if "facts" in names:
            return _facts(prompt)
        brief = self._brief(told)
        wanted = _to_write(told)
        if "lines" in names:
            return {"lines": self._roster(brief, [entry["code"] for entry in wanted])}
        found = TABLE.search(prompt)
        assert found, prompt[-400:]
        table = found[1]
        if "row" in names["rows"]["items"]["properties"]:
            return {"rows": self._repaired(brief, table, told["Refused rows"], names)}
        if not phases.tables()[table].code_prefix:
            codes = set(wanted[0][f"from {source_of(table)}"] or ())
            return {"rows": self._relations(brief, table, codes)}
        return {"rows": self._rows(brief, table, wanted)}

    def _brief(self, told: dict[str, list[tuple[str, str]]]) -> Brief:
        text = told["Campaign"][0][1]
        campaign = json.loads(text)
        lines = self._lines[text]
        for table, code, line in _lines(told.get("Rosters", [("", "")])[0][1]):
            lines[table][code] = line
        rows: dict[str, dict[str, Row]] = defaultdict(dict)
        for title, parts in told.items():
            if title.startswith("Row of "):
                rows[title.removeprefix("Row of ")].update({k: json.loads(t) for k, t in parts})
        names = ("name", "premise", "genre", "tone", "technology_level", "magic_level",
                 "rules_system", "party_level", "size")  # fmt: skip
        return Brief(
            random_seed=self.seed,
            locks=Locks(**campaign["locks"]),
            characters=_party(told),
            rosters={table: dict(found) for table, found in lines.items()},
            rows={t: r for t, r in rows.items() if t in phases.tables()},
            **{name: campaign[name] for name in names},
        )

    def _roster(self, brief: Brief, codes: list[str]) -> list[dict[str, Any]]:
        found: dict[str, Line] = {}
        rosters = dict(brief.rosters)
        for phase in phases.PHASES:
            if any(phases_table(code) in phase.tables for code in codes):
                written = rules.write_roster(phase.code, replace(brief, rosters=rosters))
                for table, lines in written.items():
                    rosters[table] = {line["code"]: line for line in lines}
                    found.update(rosters[table])
        return [
            {name: found[code].get(name) or "" for name in ("code", "name", "line", "parent")}
            for code in codes
            if code in found
        ]

    def _rows(self, brief: Brief, table: str, wanted: list[dict[str, Any]]) -> list[Row]:
        lines = dict(brief.rosters.get(table, {}))
        for entry in wanted:
            facts = list(entry.get("facts") or ())
            line = lines.get(entry["code"], {"line": entry.get("line") or ""})
            name = line.get("name") or f"Late {table.rstrip('s')} {entry['code']}"
            lines[entry["code"]] = {**line, "code": entry["code"], "name": name, "facts": facts}
        brief = replace(brief, rosters={**_upto(brief, table), table: lines})
        rows = rules.write_rows(table, [entry["code"] for entry in wanted], brief)
        for row, entry in zip(rows, wanted, strict=True):
            _grant(table, row, " ".join(entry.get("wanted") or ()))
        return rows

    def _relations(self, brief: Brief, table: str, codes: set[str]) -> list[Row]:
        rows = rules.write_relations(table, brief)
        return [row for row in rows if not codes or row[_source(table)] in codes]

    def _repaired(
        self, brief: Brief, table: str, told: list[tuple[str, str]], names: dict[str, Any]
    ) -> list[Row]:
        refused = [json.loads(line) for line in told[0][1].splitlines()]
        fields = [n for n in names["rows"]["items"]["properties"] if n != "row"]
        if phases.tables()[table].code_prefix:
            good = {r["code"]: r for r in self._rows(brief, table, refused)}
            found = [(entry, good.get(entry["code"])) for entry in refused]
        else:
            rows = rules.write_relations(table, brief)
            found = [(entry, _nearest(rows, entry)) for entry in refused]
        return [
            {"row": entry["row"], **{name: row[name] for name in fields if name in row}}
            for entry, row in found
            if row is not None
        ]

    # -- faults ---------------------------------------------------------------------------------

    def _spoil(self, data: Any, schema: dict[str, Any], dice: random.Random) -> None:
        """Err in some rows of an answer, each at most once."""
        rows = data.get("rows") if isinstance(data, dict) else None
        rows = rows if rows is not None else data.get("lines") if isinstance(data, dict) else None
        if not rows:
            return
        kept = []
        for row in rows:
            fault = self._drawn(dice)
            self.good, self.spoiled = self.good + (not fault), self.spoiled + bool(fault)
            if fault == "missing_row":
                continue
            if fault:
                self._spoil_row(fault, row, rows, schema, dice)
            kept.append(row)
            if fault == "duplicate_code":
                kept.append(dict(row))
        rows[:] = kept

    def _drawn(self, dice: random.Random) -> str:
        drawn = dice.random()
        for name in ROW_FAULTS:
            drawn -= self.faults.get(name, 0.0)
            if drawn < 0:
                return name
        return ""

    def _spoil_row(
        self,
        fault: str,
        row: Row,
        rows: list[Row],
        schema: dict[str, Any],
        dice: random.Random,
    ) -> None:
        links = [
            n for n, v in row.items() if isinstance(v, str) and CODE.fullmatch(v) and n != "code"
        ]
        match fault:
            case "missing_field":
                free = [name for name in row if name not in SHARED_FIELDS]
                if free:
                    row.pop(dice.choice(free))
            case "bad_enum":
                words = _enums(schema)
                if fit := [name for name in row if name in words]:
                    row[dice.choice(fit)] = "no such word"
            case "unknown_code" if links:
                name = dice.choice(links)
                row[name] = f"{row[name].rstrip('0123456789')}99"
            case "partial_name" if links:
                name = dice.choice(links)
                known = self._named(row[name])
                row[name] = known.split()[-1] if known else "Nobody Known"
            case "duplicate_name" if "name" in row and len(rows) > 1:
                row["name"] = next(r["name"] for r in rows if r is not row and "name" in r)

    def _named(self, code: str) -> str:
        for tables in self._lines.values():
            for lines in tables.values():
                if code in lines:
                    return str(lines[code]["name"])
        return ""


def _faulty(name: str, text: str) -> Reply:
    match name:
        case "bad_json":
            return Reply(name=name, text=text.rstrip(']}" ') + ",,")
        case "truncated":
            return Reply(name=name, text=text[: len(text) // 2], stop_reason="max_tokens")
        case "refusal":
            return Reply(name=name, text="I can't", stop_reason="refusal", category="general_harms")
        case "rate_limited":
            return calls.rate_limited(after=0)
        case "overloaded":
            return calls.overloaded()
    return Reply(name=name, text=text, cut_after=200)


def _sections(prompt: str) -> dict[str, list[tuple[str, str]]]:
    """Title to the codes and texts of its sections."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for _, title, code, text in SECTION.findall(prompt):
        found[title].append((code, text))
    return found


def _to_write(told: dict[str, list[tuple[str, str]]]) -> list[dict[str, Any]]:
    return [json.loads(line) for _, text in told.get("To write", ()) for line in text.splitlines()]


def _lines(text: str) -> Any:
    table = ""
    for told in text.splitlines():
        if told.startswith("["):
            table = told.strip("[]")
            continue
        code, name, line, *more = [part.strip() for part in f"{told} | ".split(" | ")]
        under = next((m.removeprefix("under ") for m in more if m.startswith("under ")), None)
        facts = next(
            (m.removeprefix("facts ").split(", ") for m in more if m.startswith("facts ")), []
        )
        yield (
            table,
            code,
            {"code": code, "name": name, "line": line, "parent": under, "facts": facts},
        )


def _party(told: dict[str, list[tuple[str, str]]]) -> list[PlayerCharacter]:
    found = []
    for line in told["Player characters"][0][1].splitlines():
        pc = json.loads(line)
        facts = []
        for code, text in pc["facts"].items():
            kind, _, words = text.partition(": ")
            facts.append(Fact(code=code, kind=kind, text=words))
        found.append(
            PlayerCharacter(
                code=pc["code"],
                name=pc["name"],
                race_text=pc["race"],
                class_text=pc["class"],
                level=pc["level"],
                goals=pc["goals"],
                bonds=pc["bonds"],
                facts=facts,
            )
        )
    return found


def _facts(prompt: str) -> dict[str, Any]:
    """The facts that the rules read in the backstory of the prompt."""
    [(_, text)] = _sections(prompt)["Backstory"]
    names = ("kind", "text", "must_use")
    return {"facts": [{name: fact[name] for name in names} for fact in rules.facts_of(text)]}


def _upto(brief: Brief, table: str) -> dict[str, Any]:
    code = phases.phase_of(table).code
    return {t: lines for t, lines in brief.rosters.items() if phases.phase_of(t).code <= code}


def _source(table: str) -> str:
    return str(phases.links(phases.tables()[table])[0].name)


def _grant(table: str, row: Row, words: str) -> None:
    """What a targeted call wants of the row."""
    for code in CODE.findall(words):
        target = phases_table(code)
        match table, target:
            case ("shops" | "taverns", "locations"):
                row.update(location=code, building=None)
            case ("deities", "pantheons"):
                row.update(pantheon=code)
            case ("encounters", "quest_hooks"):
                row.update(quest=code)
            case ("economic_systems" | "legal_systems", "geography_regions"):
                row["regions"] = sorted({*row["regions"], code})
            case ("pantheons", "cultures"):
                row["cultures"] = sorted({*row["cultures"], code})


def _nearest(rows: list[Row], entry: dict[str, Any]) -> Row | None:
    """The rows of the rules that agree with most of what was refused."""
    given = {**(entry.get("key") or {}), **entry["fields"]}
    scored = [(sum(row.get(k) == v for k, v in given.items()), -i) for i, row in enumerate(rows)]
    return rows[-max(scored)[1]] if scored else None


def _enums(schema: dict[str, Any]) -> set[str]:
    rows = schema.get("properties", {}).get("rows", {}).get("items", {}).get("properties", {})
    definitions = schema.get("$defs", {})

    def is_enum(part: dict[str, Any]) -> bool:
        if "$ref" in part:
            part = definitions.get(part["$ref"].rpartition("/")[2], {})
        return "enum" in part

    return {name for name, part in rows.items() if is_enum(part)}
