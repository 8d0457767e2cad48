from datetime import timedelta

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _

from kosna.accounts.models import Consent, Policy, User
from kosna.core import clock
from kosna.core.admin import ReadOnlyAdmin, RecordedAdmin, WatchedAdmin


@admin.register(User)
class UserAdmin(WatchedAdmin):
    """Operators close an account or make an operator; names and passwords stay their owner's."""

    people = ("pk",)
    list_display = ("email", "name", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("email", "name")
    fields = ("email", "name", "is_active", "is_superuser", "created_at", "last_login")
    readonly_fields = ("email", "name", "created_at", "last_login")

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class PolicyForm(forms.ModelForm):
    """What replaces another text is announced first (terms of use, article 6)."""

    NOTICE = timedelta(days=7)
    ANNOUNCED = (Policy.Kind.TERMS, Policy.Kind.PRIVACY)

    def clean(self):
        facts = super().clean()
        kind, day = facts.get("kind"), facts.get("effective_on")
        first = clock.today() + self.NOTICE
        replaces = kind in self.ANNOUNCED and Policy.objects.filter(kind=kind).exists()
        if replaces and day and day < first:
            reason = _("A change is announced 7 days before. Choose %(day)s or a later day.")
            self.add_error("effective_on", reason % {"day": first.isoformat()})
        return facts


@admin.register(Policy)
class PolicyAdmin(RecordedAdmin):
    """A new version is a new row: a text that somebody agreed to never changes."""

    form = PolicyForm
    list_display = ("kind", "version", "effective_on")
    list_filter = ("kind",)

    def has_change_permission(self, request, obj=None):
        return obj is None

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    people = ("user_id",)
    list_display = ("user", "policy", "given_at", "withdrawn_at")
    search_fields = ("user__email",)
    list_select_related = ("user", "policy")


@admin.register(Authenticator)
class FactorAdmin(ReadOnlyAdmin):
    """A second factor that was lost is taken away, so that its owner sets up another. What it holds
    is shown to nobody."""

    people = ("user_id",)
    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)
    search_fields = ("user__email",)
    fields = ("user", "type", "created_at", "last_used_at")

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return True
