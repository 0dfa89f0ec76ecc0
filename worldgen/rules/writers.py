"""Every table and how it is written: the one list that the rest walks."""

from __future__ import annotations

from worldgen.rules import foundations, phase1a, phase1b, phase1c, powers
from worldgen.rules.world import Writer

WRITERS: dict[str, Writer] = {
    **phase1a.WRITERS,
    **foundations.WRITERS,
    **phase1b.WRITERS,
    **phase1c.WRITERS,
    **powers.WRITERS,
}
