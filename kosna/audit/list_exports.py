"""A staff list as a file: what the page shows, for a reason that stays on record.

A list says once what its file holds (``ListExport``) and answers a POST with the very rows of its
page; ``{% export_fold %}`` puts the form below the list.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.accounts.requests import client_ip
from kosna.audit import actions as audit
from kosna.audit.forms import ExportForm
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.exports import csv_response
from kosna.core.sheets import xlsx_response

MOST_IN_XLSX = 10_000  # a few seconds; CSV streams as many as there are

Column = tuple[str | Promise, Callable[[Any], Any]]


@dataclass(frozen=True)
class ListExport:
    """``verb`` is what the record calls it, ``title`` names the file, a column is (heading, row →
    cell), and ``people`` are the paths from a row to the ids of those whose data it is."""

    verb: str
    title: str | Promise
    columns: Sequence[Column]
    people: Sequence[str] = ()

    def answer(
        self,
        request: HttpRequest,
        rows: QuerySet[Any],
        *,
        branch: Branch | None = None,
        of: Model | None = None,
    ) -> HttpResponseBase:
        """``rows`` as Excel or CSV, on record with the ``branch`` that the list is narrowed to, and
        as a list ``of`` what it hangs on: an event, say.
        Raises Refused without a reason, and where they are too many for Excel."""
        asked = ExportForm(request.POST)
        if not asked.is_valid():
            raise Refused(*asked.errors.get("reason", asked.errors.get("format", [])))
        as_xlsx = asked.cleaned_data["format"] == ExportForm.Format.XLSX
        number = rows.count()
        if as_xlsx and number > MOST_IN_XLSX:
            raise Refused(
                _("Excel takes at most %(n)s rows at once. Choose CSV, or filter the list.")
                % {"n": f"{MOST_IN_XLSX:,}"}
            )
        _note(
            self.verb,
            request,
            of=of,
            branch=branch or own_branch(request),
            reason=asked.cleaned_data["reason"],
            subjects=self._people_of(rows),
            rows=number,
        )
        respond, ending = (xlsx_response, "xlsx") if as_xlsx else (csv_response, "csv")
        title = f"{self.title} {of}" if of else self.title
        name = f"{title}-{clock.today():%Y%m%d}.{ending}"
        return respond(name, [(str(heading), cell) for heading, cell in self.columns], rows)

    def _people_of(self, rows: QuerySet[Any]) -> set[int]:
        if not self.people:
            return set()
        found = rows.prefetch_related(None).order_by().values_list(*self.people)
        return {pk for pks in found.iterator(chunk_size=2000) for pk in pks if pk is not None}


def own_branch(request: HttpRequest) -> int | None:
    """The only branch whose rows this person can have taken along; None: there are several."""
    scope = request.scope  # type: ignore[attr-defined]
    return min(scope.branch_ids) if not scope.everywhere and len(scope.branch_ids) == 1 else None


def _note(verb: str, request: HttpRequest, *, of: Model | None, **facts: Any) -> None:
    person = cast(User, request.user)  # staff pages have let nobody else in
    audit.record_seen(
        verb,
        of or person,
        by=person,
        ip=client_ip(request),
        filters={key: value for key, value in request.GET.items() if value and key != "page"},
        **facts,
    )
