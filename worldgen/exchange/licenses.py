"""What the licenses of open rules documents ask to be said."""

from __future__ import annotations

from collections.abc import Iterable

SRD_5_1_NAME = "SRD 5.1"
#: The words of worlds follow it: abilities, skills, kinds of creatures, conditions, damage.
SRD_5_1 = (
    'This work includes material from the System Reference Document 5.1 ("SRD 5.1") by Wizards of the'
    " Coast LLC, available at https://dnd.wizards.com/resources/systems-reference-document. The SRD 5.1"
    " is licensed under CC-BY-4.0, https://creativecommons.org/licenses/by/4.0/legalcode."
)


def sentences(others: Iterable[str] = ()) -> list[str]:
    """Every sentence once, that of the SRD first."""
    return list(dict.fromkeys([SRD_5_1, *others]))
