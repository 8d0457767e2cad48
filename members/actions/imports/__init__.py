"""Bringing members from a file: read, checked and written by the worker, each step to be started
again after a kill; nothing of a file is written unless all of it is.

``reading`` the file · ``checking`` what each line would become · ``applying`` it ·
``ending`` giving up, taking back, deleting · ``work`` in the background
"""

from members.actions.imports.applying import apply_import, write_rows
from members.actions.imports.checking import (
    check_import,
    check_rows,
    choose,
    faulty_rows,
    merge_certain,
    scope_of,
)
from members.actions.imports.ending import (
    abandon_import,
    obstacles,
    purge_imports,
    undo_import,
    undo_rows,
)
from members.actions.imports.reading import read_file, start_import
from members.actions.imports.work import APPLY, CHECK, READ, UNDO, import_of

__all__ = [
    "APPLY",
    "CHECK",
    "READ",
    "UNDO",
    "abandon_import",
    "apply_import",
    "check_import",
    "check_rows",
    "choose",
    "faulty_rows",
    "import_of",
    "merge_certain",
    "obstacles",
    "purge_imports",
    "read_file",
    "scope_of",
    "start_import",
    "undo_import",
    "undo_rows",
    "write_rows",
]
