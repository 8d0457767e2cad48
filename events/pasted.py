"""A list of people as somebody pastes it from a spreadsheet: name, e-mail and department a line."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from kosna.core.korean import normalise_name, parse_line

MOST_LINES = 300
LONGEST_NAME, LONGEST_ORGANISATION, LONGEST_DEPARTMENT = 80, 60, 100
LONGEST_AFFILIATION = 120  # of both together
HEADINGS = ("이름", "성명", "name")


@dataclass(frozen=True)
class Line:
    """One line of the list, as typed and as read; ``errors`` say what is wrong with it."""

    number: int  # in what was typed, from 1
    text: str
    name: str = ""
    email: str = ""
    department: str = ""
    errors: tuple[str, ...] = ()


def affiliation(organisation: str, department: str) -> str:
    """As it stands on tickets and certificates."""
    return f"{organisation} {department}".strip()


def read(typed: str, organisation: str = "") -> list[Line]:
    """Every line that holds something, a line of headings left out. Cells end at a tab, where the
    line has one, else at a comma; quotation marks hold a comma together, as spreadsheets do.
    ``organisation`` is that of all of them."""
    seen: dict[str, int] = {}
    lines = []
    for number, text in _lines(typed):
        cells = _cells(text)
        name, email, department = [*cells, "", "", ""][:3]
        errors = list(_errors(cells, seen, organisation))
        seen.setdefault(email.lower(), number)
        lines.append(Line(number, text, name, email, department, tuple(errors)))
    return lines


def _lines(typed: str) -> Iterator[tuple[int, str]]:
    is_first = True
    for number, text in enumerate(typed.splitlines(), 1):
        if not text.strip():
            continue
        if is_first and _cells(text)[0].lower() in HEADINGS:
            is_first = False
            continue
        is_first = False
        yield number, text.strip("\r\n")


def _cells(text: str) -> list[str]:
    separator = "\t" if "\t" in text else ","
    row = next(csv.reader([text], delimiter=separator, skipinitialspace=True), [])
    return [normalise_name(cell) for cell in row] or [""]


def _errors(cells: list[str], seen: dict[str, int], organisation: str) -> Iterator[str]:
    if len(cells) > 3 and any(cells[3:]):
        yield _("Name, e-mail and department: this line has %(n)s cells.") % {"n": len(cells)}
    name, email, department = [*cells, "", "", ""][:3]
    if not name:
        yield _("The name is missing.")
    elif len(name) > LONGEST_NAME:
        yield _("The name is too long.")
    yield from _links(name, department)
    if not email:
        yield _("The e-mail address is missing.")
    elif not _is_address(email):
        yield _("“%(email)s” is no e-mail address.") % {"email": email}
    elif email.lower() in seen:
        yield _("The same address stands in line %(n)s.") % {"n": seen[email.lower()]}
    if len(department) > LONGEST_DEPARTMENT:
        yield _("The department is too long.")
    elif len(affiliation(organisation, department)) > LONGEST_AFFILIATION:
        yield _("The organisation and the department are too long together.")


def _links(*cells: str) -> Iterator[str]:
    for cell in cells:
        try:
            parse_line(cell)
        except ValueError as error:
            yield f"{cell[:40]}: {error}"


def _is_address(email: str) -> bool:
    try:
        validate_email(email)
    except ValidationError:
        return False
    return True
