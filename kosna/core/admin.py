"""For operators: to look, not to write. What people do is done, and recorded, at the desk. Who
looks at whose data here, and what is set here, is on record, too: kosna.audit says how."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse

_recorders: dict[str, Callable[..., None]] = {}


def record_with(*, looked: Callable[..., None], written: Callable[..., None]) -> None:
    """The record lies above this room: it says itself how it is written."""
    _recorders.update(looked=looked, written=written)


class WatchedAdmin(admin.ModelAdmin):
    """``people`` are the paths from a row to the ids of those whose data it is, empty where none of
    them has an account; None: the rows hold nobody's data."""

    people: Sequence[str] | None = None

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().change_view(request, *args, **kwargs)
        row = getattr(response, "context_data", {}).get("original")
        if row is not None and self.people is not None:
            _recorders["looked"](request, row, self._people_of([row]))
        return response

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().changelist_view(request, *args, **kwargs)
        page = getattr(response, "context_data", {}).get("cl")
        if page is not None and self.people is not None:
            rows = list(page.result_list)
            label, people = self.opts.label_lower, self._people_of(rows)
            _recorders["looked"](request, request.user, people, list=label, rows=len(rows))
        return response

    def _people_of(self, rows: Iterable[models.Model]) -> set[int]:
        if not self.people:
            return set()
        seen = self.model._base_manager.filter(pk__in=[row.pk for row in rows])
        found = seen.order_by().values_list(*self.people)
        return {pk for pks in found for pk in pks if pk is not None}


class RecordedAdmin(WatchedAdmin):
    """What is added, changed or deleted here is on record: what it was, and what it is."""

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        before = self.model._base_manager.filter(pk=obj.pk).first() if change else None
        super().save_model(request, obj, form, change)
        now = {name: _told(obj, name) for name in form.changed_data}
        if before:
            now = {name: [_told(before, name), value] for name, value in now.items()}
        verb = "operators.change_row" if change else "operators.add_row"
        _recorders["written"](verb, request, obj, now)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        gone = {row.name: _told(obj, row.name) for row in self.opts.fields}
        _recorders["written"]("operators.delete_row", request, obj, gone)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset:
            self.delete_model(request, row)


def _told(row: models.Model, name: str) -> str | int | bool | None:
    value = getattr(row, name)
    return value if value is None or isinstance(value, int) else str(value)[:2000]


class ReadOnlyAdmin(WatchedAdmin):
    def get_exclude(self, request: HttpRequest, obj: object = None) -> list[str]:
        """Files are had where having them is on record: here they would be links, and with files on
        S3 such a link opens the file to whoever has it."""
        files = [row.name for row in self.opts.fields if isinstance(row, models.FileField)]
        return [*(super().get_exclude(request, obj) or ()), *files]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
