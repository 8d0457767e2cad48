from django.contrib import admin

from kosna.branches.models import Appointment, Branch, Proposal, Region
from kosna.core.admin import ReadOnlyAdmin, RecordedAdmin


@admin.register(Region)
class RegionAdmin(RecordedAdmin):
    """Provinces are renamed and merged: the old row gets its last day and a successor."""

    list_display = ("code", "name_ko", "valid_from", "valid_to", "successor")
    list_select_related = ("successor",)

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Branch)
class BranchAdmin(ReadOnlyAdmin):
    list_display = ("code", "name_ko", "status", "opened_on")
    list_filter = ("status",)


@admin.register(Appointment)
class AppointmentAdmin(ReadOnlyAdmin):
    people = ("user_id",)
    list_display = ("user", "role", "branch", "valid_from", "valid_to")
    list_filter = ("role", "branch")
    list_select_related = ("user", "branch")
    search_fields = ("user__email", "user__name")


@admin.register(Proposal)
class ProposalAdmin(ReadOnlyAdmin):
    people = ("user_id",)
    list_display = ("user", "role", "branch", "status", "proposed_by", "decided_by")
    list_filter = ("status", "role", "branch")
    list_select_related = ("user", "branch", "proposed_by", "decided_by")
    search_fields = ("user__email", "user__name")
