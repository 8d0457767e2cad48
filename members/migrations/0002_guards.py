"""The register and the roll of votes stay as they were written, and paid days are kept.

The database itself closes a member's line when the next one is written, refuses one that would
stand before it, and lets nothing else of a line be changed. It keeps the first and the last day of
each member's last stretch of paid days beside the member, whenever a period is written, changed or
taken away."""

from django.db import migrations

from kosna.core.triggers import OnTables, append_only

REGISTER_POSTGRES = """
CREATE FUNCTION members_register_close() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM members_registerentry
               WHERE member_id = NEW.member_id AND until IS NULL AND "on" > NEW."on") THEN
        RAISE EXCEPTION 'the register has a later line of member %', NEW.member_id;
    END IF;
    UPDATE members_registerentry SET until = NEW."on"
        WHERE member_id = NEW.member_id AND until IS NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER members_registerentry_close BEFORE INSERT ON members_registerentry
    FOR EACH ROW EXECUTE FUNCTION members_register_close();
CREATE TRIGGER members_registerentry_no_update BEFORE UPDATE ON members_registerentry
    FOR EACH ROW WHEN (OLD.until IS NOT NULL OR to_jsonb(OLD) - 'until' <> to_jsonb(NEW) - 'until')
    EXECUTE FUNCTION kosna_append_only();
CREATE TRIGGER members_registerentry_no_delete BEFORE DELETE ON members_registerentry
    FOR EACH ROW EXECUTE FUNCTION kosna_append_only();
"""
REGISTER_SQLITE = (
    """CREATE TRIGGER members_registerentry_close BEFORE INSERT ON members_registerentry BEGIN
    SELECT RAISE(ABORT, 'the register has a later line of this member')
        FROM members_registerentry
        WHERE member_id = NEW.member_id AND until IS NULL AND "on" > NEW."on";
    UPDATE members_registerentry SET until = NEW."on"
        WHERE member_id = NEW.member_id AND until IS NULL;
    END""",
    """CREATE TRIGGER members_registerentry_no_update BEFORE UPDATE ON members_registerentry
    WHEN OLD.until IS NOT NULL OR ({old}) IS NOT ({new})
    BEGIN SELECT RAISE(ABORT, 'members_registerentry is append-only'); END""",
    """CREATE TRIGGER members_registerentry_no_delete BEFORE DELETE ON members_registerentry
    BEGIN SELECT RAISE(ABORT, 'members_registerentry is append-only'); END""",
)


def guard_register(apps, editor):
    fields = apps.get_model("members", "RegisterEntry")._meta.concrete_fields
    columns = [field.column for field in fields if field.name != "until"]
    old, new = (", ".join(f'{row}."{name}"' for name in columns) for row in ("OLD", "NEW"))
    with editor.connection.cursor() as cursor:
        if editor.connection.vendor == "postgresql":
            cursor.execute(REGISTER_POSTGRES)
        else:
            for statement in REGISTER_SQLITE:
                cursor.execute(statement.format(old=old, new=new))


LAST = "COALESCE({0}.ends_on, {far})"
STRETCH = f"""
    (SELECT MAX(p.starts_on) FROM members_period p
     WHERE p.member_id = {{member}} AND p.voided_at IS NULL AND NOT EXISTS
        (SELECT 1 FROM members_period q WHERE q.member_id = p.member_id AND q.voided_at IS NULL
         AND q.starts_on < p.starts_on AND {LAST.format("q", far="{far}")} >= {{before}})),
    (SELECT MAX({LAST.format("p", far="{far}")}) FROM members_period p
     WHERE p.member_id = {{member}} AND p.voided_at IS NULL)
"""
PAID_POSTGRES = {"far": "DATE '9999-12-31'", "before": "p.starts_on - 1"}
PAID_SQLITE = {"far": "'9999-12-31'", "before": "date(p.starts_on, '-1 day')"}

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


def keep_paid_days(apps, editor):
    vendor = editor.connection.vendor
    words = PAID_POSTGRES if vendor == "postgresql" else PAID_SQLITE
    with editor.connection.cursor() as cursor:
        if vendor == "postgresql":
            cursor.execute(FUNCTION.format(stretch=STRETCH.format(member="c.member_id", **words)))
        for event, row in EVENTS:
            stretch = STRETCH.format(member=f"{row}.member_id", **words)
            cursor.execute(TRIGGERS[vendor].format(event=event, row=row, stretch=stretch))
        stretch = STRETCH.format(member="members_member.id", **words)
        cursor.execute(f"UPDATE members_member SET (paid_since, paid_to) = (SELECT {stretch})")


def drop_paid_days(apps, editor):
    with editor.connection.cursor() as cursor:
        for event, _row in EVENTS:
            on = " ON members_period" if editor.connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER members_period_paid_{event}{on}")
        if editor.connection.vendor == "postgresql":
            cursor.execute("DROP FUNCTION members_period_paid()")


class Migration(migrations.Migration):
    replaces = [
        ("members", "0004_append_only"),
        ("members", "0010_register_closes_its_lines"),
        ("members", "0013_charges_append_only"),
        ("members", "0018_last_paid_days"),
    ]
    dependencies = [("members", "0001_tables")]
    operations = [
        append_only(
            "members_voter",
            "members_notice",
            "members_inspectionlook",
            "members_charge",
            "members_handover",
        ),
        migrations.RunPython(guard_register),
        OnTables(keep_paid_days, drop_paid_days),
    ]
