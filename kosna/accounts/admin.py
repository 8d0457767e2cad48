from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.http import HttpRequest

from kosna.accounts.models import Consent, Policy, User
from kosna.core.admin import ReadOnlyAdmin


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Operators close an account or make an operator; names and passwords stay their owner's."""

    list_display = ("email", "name", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("email", "name")
    fields = ("email", "name", "is_active", "is_superuser", "created_at", "last_login")
    readonly_fields = ("email", "name", "created_at", "last_login")

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Policy)
class PolicyAdmin(admin.ModelAdmin):
    """A new version is a new row: a text that somebody agreed to never changes."""

    list_display = ("kind", "version", "effective_on")
    list_filter = ("kind",)

    def has_change_permission(self, request, obj=None):
        return obj is None

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    list_display = ("user", "policy", "given_at", "withdrawn_at")
    search_fields = ("user__email",)
    list_select_related = ("user", "policy")


@admin.register(Authenticator)
class FactorAdmin(ReadOnlyAdmin):
    """A second factor that was lost is taken away, so that its owner sets up another. What it holds
    is shown to nobody."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)
    search_fields = ("user__email",)
    fields = ("user", "type", "created_at", "last_used_at")

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return True
