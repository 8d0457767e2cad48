"""The first and the last day of each member's last stretch of paid days, kept beside the member by
the database itself whenever a period is written, changed or taken away."""

from django.db import migrations, models
from django.db.models import Q

LAST = "COALESCE({0}.ends_on, {far})"
STRETCH = f"""
    (SELECT MAX(p.starts_on) FROM members_period p
     WHERE p.member_id = {{member}} AND p.voided_at IS NULL AND NOT EXISTS
        (SELECT 1 FROM members_period q WHERE q.member_id = p.member_id AND q.voided_at IS NULL
         AND q.starts_on < p.starts_on AND {LAST.format("q", far="{far}")} >= {{before}})),
    (SELECT MAX({LAST.format("p", far="{far}")}) FROM members_period p
     WHERE p.member_id = {{member}} AND p.voided_at IS NULL)
"""
POSTGRES = {"far": "DATE '9999-12-31'", "before": "p.starts_on - 1"}
SQLITE = {"far": "'9999-12-31'", "before": "date(p.starts_on, '-1 day')"}

FUNCTION = """
CREATE FUNCTION members_period_paid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE members_member m SET paid_since = s.since, paid_to = s.til FROM (
        SELECT c.member_id, {stretch} FROM (SELECT DISTINCT member_id FROM changed) c
    ) s (member_id, since, til)
    WHERE m.id = s.member_id AND (m.paid_since, m.paid_to) IS DISTINCT FROM (s.since, s.til);
    RETURN NULL;
END $$
"""
TRIGGERS = {
    "postgresql": """CREATE TRIGGER members_period_paid_{event} AFTER {event} ON members_period
        REFERENCING {row} TABLE AS changed FOR EACH STATEMENT
        EXECUTE FUNCTION members_period_paid()""",
    "sqlite": """CREATE TRIGGER members_period_paid_{event} AFTER {event} ON members_period BEGIN
        UPDATE members_member SET (paid_since, paid_to) = (SELECT {stretch})
        WHERE id = {row}.member_id; END""",
}
EVENTS = [("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")]


def create(apps, editor):
    vendor = editor.connection.vendor
    words = POSTGRES if vendor == "postgresql" else SQLITE
    with editor.connection.cursor() as cursor:
        if vendor == "postgresql":
            cursor.execute(FUNCTION.format(stretch=STRETCH.format(member="c.member_id", **words)))
        for event, row in EVENTS:
            stretch = STRETCH.format(member=f"{row}.member_id", **words)
            cursor.execute(TRIGGERS[vendor].format(event=event, row=row, stretch=stretch))
        stretch = STRETCH.format(member="members_member.id", **words)
        cursor.execute(f"UPDATE members_member SET (paid_since, paid_to) = (SELECT {stretch})")


def drop(apps, editor):
    with editor.connection.cursor() as cursor:
        for event, _row in EVENTS:
            on = " ON members_period" if editor.connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER members_period_paid_{event}{on}")
        if editor.connection.vendor == "postgresql":
            cursor.execute("DROP FUNCTION members_period_paid()")


class Migration(migrations.Migration):
    dependencies = [("members", "0017_share_rules_say_why")]
    operations = [
        migrations.AddField("member", "paid_since", models.DateField(editable=False, null=True)),
        migrations.AddField("member", "paid_to", models.DateField(editable=False, null=True)),
        migrations.RunPython(create, drop),
    ]
