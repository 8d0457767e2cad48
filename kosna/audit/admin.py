from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from kosna.accounts.admin import FactorAdmin, UserAdmin
from kosna.accounts.models import User
from kosna.audit.actions import record
from kosna.audit.models import Entry, Seal
from kosna.core.admin import ReadOnlyAdmin


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    people = ("actor_id",)
    list_display = ("at", "actor", "verb", "target", "branch")
    list_select_related = ("branch",)
    search_fields = ("actor", "target", "verb")


@admin.register(Seal)
class SealAdmin(ReadOnlyAdmin):
    list_display = ("position", "entry", "hash")
    list_select_related = ("entry",)


class RecordedUserAdmin(UserAdmin):
    """Who closes an account or makes an operator stands in the record like everybody else."""

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        now = {name: getattr(obj, name) for name in form.changed_data}
        record("accounts.change_account", obj, by=request.user, subjects=[obj], **now)


class RecordedFactorAdmin(FactorAdmin):
    def delete_model(self, request: HttpRequest, obj: Authenticator) -> None:
        record("accounts.remove_factor", obj.user, by=request.user, subjects=[obj.user])
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for factor in queryset.select_related("user"):
            self.delete_model(request, factor)


for model, recorded in ((User, RecordedUserAdmin), (Authenticator, RecordedFactorAdmin)):
    admin.site.unregister(model)
    admin.site.register(model, recorded)
