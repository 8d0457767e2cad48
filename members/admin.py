"""For operators: tiers, rights, rates and the calendar are set here; people are only looked at."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from members import models


class ReadOnly(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


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
class TierAdmin(admin.ModelAdmin):
    list_display = ("name_ko", "holder", "rank", "seats", "is_sawon", "is_open")
    inlines = (RightInline, RateInline)


@admin.register(models.DuesCalendar)
class DuesCalendarAdmin(admin.ModelAdmin):
    list_display = ("from_year", "due_month", "due_day", "grace_month", "grace_day")


@admin.register(models.Clock)
class ClockAdmin(admin.ModelAdmin):
    inlines = (OpeningInline,)


@admin.register(models.Application)
class ApplicationAdmin(ReadOnly):
    list_display = ("number", "status", "tier", "branch", "submitted_at")
    list_filter = ("status", "tier", "branch")
    list_select_related = ("tier", "branch")


@admin.register(models.Member)
class MemberAdmin(ReadOnly):
    list_display = ("number", "name", "status", "tier", "branch")
    list_filter = ("status", "tier", "branch")
    list_select_related = ("tier", "branch")
    search_fields = ("number", "name")


@admin.register(models.Organisation)
class OrganisationAdmin(ReadOnly):
    list_display = ("name", "business_number", "size")
    search_fields = ("name", "business_number")
