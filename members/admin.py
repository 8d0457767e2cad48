"""For operators, to look at: terms are changed at the desk, where every change leaves a trace. What
has no page there yet is set here."""

from django.contrib import admin

from kosna.core.admin import ReadOnlyAdmin, RecordedAdmin
from members import models


class RightInline(admin.TabularInline):
    model = models.TierRight
    extra = 0


class RateInline(admin.TabularInline):
    model = models.DuesRate
    extra = 0


class OpeningInline(admin.TabularInline):
    model = models.Opening
    extra = 0


@admin.register(models.Tier)
class TierAdmin(ReadOnlyAdmin):
    list_display = ("name_ko", "holder", "rank", "seats", "is_sawon", "is_open")
    inlines = (RightInline, RateInline)


@admin.register(models.DuesCalendar)
class DuesCalendarAdmin(ReadOnlyAdmin):
    list_display = ("from_year", "due_month", "due_day", "grace_month", "grace_day")


@admin.register(models.MeetingTerms)
class MeetingTermsAdmin(RecordedAdmin):
    list_display = ("kind", "notice_days", "max_proxies", "allows_written")


@admin.register(models.Clock)
class ClockAdmin(ReadOnlyAdmin):
    inlines = (OpeningInline,)


@admin.register(models.Application)
class ApplicationAdmin(ReadOnlyAdmin):
    people = ("applicant_id",)
    list_display = ("number", "status", "tier", "branch", "submitted_at")
    list_filter = ("status", "tier", "branch")
    list_select_related = ("tier", "branch")


@admin.register(models.Member)
class MemberAdmin(ReadOnlyAdmin):
    people = ("user_id",)
    list_display = ("number", "name", "status", "tier", "branch")
    list_filter = ("status", "tier", "branch")
    list_select_related = ("tier", "branch")
    search_fields = ("number", "name")


@admin.register(models.Organisation)
class OrganisationAdmin(ReadOnlyAdmin):
    people = ()
    list_display = ("name", "business_number", "size")
    search_fields = ("name", "business_number")


@admin.register(models.ShareRule)
class ShareRuleAdmin(ReadOnlyAdmin):
    list_display = ("tier", "branch", "percent", "valid_from", "basis")


@admin.register(models.Transfer)
class TransferAdmin(ReadOnlyAdmin):
    people = ("member__user_id",)
    list_display = ("member", "from_branch", "to_branch", "status", "moves_on")


@admin.register(models.TierChange)
class TierChangeAdmin(ReadOnlyAdmin):
    people = ("member__user_id",)
    list_display = ("member", "from_tier", "to_tier", "status", "effective_on")
