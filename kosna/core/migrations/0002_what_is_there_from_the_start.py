"""The public holidays that no rule foretells, as the library ``holidays`` lists them for Korea, and the
table of counters."""

from datetime import date
from typing import Any

from django.core.management import call_command
from django.db import migrations


HOLIDAYS = [
    ("2026-02-16", "설날 전날", "The day preceding Korean New Year"),
    ("2026-02-17", "설날", "Korean New Year"),
    ("2026-02-18", "설날 다음날", "The second day of Korean New Year"),
    ("2026-03-02", "삼일절 대체공휴일", "Substitute holiday for Independence Movement Day"),
    ("2026-05-24", "부처님오신날", "Buddha's Birthday"),
    ("2026-05-25", "부처님오신날 대체공휴일", "Substitute holiday for Buddha's Birthday"),
    ("2026-06-03", "지방선거일", "Local Election Day"),
    ("2026-08-17", "광복절 대체공휴일", "Substitute holiday for Liberation Day"),
    ("2026-09-24", "추석 전날", "The day preceding Chuseok"),
    ("2026-09-25", "추석", "Chuseok"),
    ("2026-09-26", "추석 다음날", "The second day of Chuseok"),
    ("2026-10-05", "개천절 대체공휴일", "Substitute holiday for National Foundation Day"),
    ("2027-02-06", "설날 전날", "The day preceding Korean New Year"),
    ("2027-02-07", "설날", "Korean New Year"),
    ("2027-02-08", "설날 다음날", "The second day of Korean New Year"),
    ("2027-02-09", "설날 대체공휴일", "Substitute holiday for Korean New Year"),
    ("2027-05-03", "노동절 대체공휴일", "Substitute holiday for Labor Day"),
    ("2027-05-13", "부처님오신날", "Buddha's Birthday"),
    ("2027-07-19", "제헌절 대체공휴일", "Substitute holiday for Constitution Day"),
    ("2027-08-16", "광복절 대체공휴일", "Substitute holiday for Liberation Day"),
    ("2027-09-14", "추석 전날", "The day preceding Chuseok"),
    ("2027-09-15", "추석", "Chuseok"),
    ("2027-09-16", "추석 다음날", "The second day of Chuseok"),
    ("2027-10-04", "개천절 대체공휴일", "Substitute holiday for National Foundation Day"),
    ("2027-10-11", "한글날 대체공휴일", "Substitute holiday for Hangul Day"),
    ("2027-12-27", "성탄절 대체공휴일", "Substitute holiday for Christmas Day"),
    ("2028-01-26", "설날 전날", "The day preceding Korean New Year"),
    ("2028-01-27", "설날", "Korean New Year"),
    ("2028-01-28", "설날 다음날", "The second day of Korean New Year"),
    ("2028-04-12", "국회의원 선거일", "National Assembly Election Day"),
    ("2028-05-02", "부처님오신날", "Buddha's Birthday"),
    ("2028-10-02", "추석 전날", "The day preceding Chuseok"),
    ("2028-10-04", "추석 다음날", "The second day of Chuseok"),
    ("2028-10-05", "추석 대체공휴일", "Substitute holiday for Chuseok"),
]


def load(apps, schema_editor):
    Holiday = apps.get_model("core", "Holiday")
    Holiday.objects.bulk_create(
        [
            Holiday(day=date.fromisoformat(day), name_ko=name_ko, name_en=name_en)
            for day, name_ko, name_en in HOLIDAYS
        ],
        ignore_conflicts=True,
    )


def create(apps: Any, schema_editor: Any) -> None:
    """Where rate limits are counted, unless CACHE_URL names another place."""
    call_command(
        "createcachetable", "core_cache", database=schema_editor.connection.alias, verbosity=0
    )


class Migration(migrations.Migration):
    replaces = [
        ("core", "0004_holidays_of_2026_to_2028"),
        ("core", "0005_counts_table"),
    ]
    dependencies = [("core", "0001_squashed")]
    operations = [
        migrations.RunPython(load, migrations.RunPython.noop),
        migrations.RunPython(create, migrations.RunPython.noop),
    ]
