"""The rules of single tables that look at other rows: X01 and on, for rows of every writer.

Each names the tables it reads, finds what breaks it in plain data, and says what code can mend by itself.
"""

from worldgen.checking.across import people as people
from worldgen.checking.across import peoples as peoples
from worldgen.checking.across import places as places
from worldgen.checking.across import quests as quests
from worldgen.checking.across import things as things
