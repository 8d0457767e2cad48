"""The few statements that write a checked file all at once, and those that take it back.

``statements`` what they are made of · ``numbering`` members' numbers · ``people`` and ``books``
what is written · ``whole`` all of it · ``taking_back`` the undoing

A hundred thousand members row by row would hold SQLite's one write lock for half a minute; as
INSERT … SELECT from rows that are worked out already it is a few seconds (docs/decisions/0012).
Columns that a statement does not name get their field's default: a new column needs nothing here.
"""

from members.imports.writing.numbering import Numbering, NumbersTaken, give_numbers
from members.imports.writing.statements import insert_select
from members.imports.writing.taking_back import (
    created,
    delete_accounts,
    known,
    take_back,
    unused_accounts,
)
from members.imports.writing.whole import conflicts, write

__all__ = [
    "Numbering",
    "NumbersTaken",
    "conflicts",
    "created",
    "delete_accounts",
    "give_numbers",
    "insert_select",
    "known",
    "take_back",
    "unused_accounts",
    "write",
]
