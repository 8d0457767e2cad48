"""The database itself closes a member's line when the next one is written, refuses one that would
stand before it, and lets nothing else of a line be changed."""

from django.db import migrations, models

from kosna.core.triggers import append_only

POSTGRES = """
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
SQLITE = (
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


def create(apps, editor):
    fields = apps.get_model("members", "RegisterEntry")._meta.concrete_fields
    columns = [field.column for field in fields if field.name != "until"]
    old, new = (", ".join(f'{row}."{name}"' for name in columns) for row in ("OLD", "NEW"))
    with editor.connection.cursor() as cursor:
        if editor.connection.vendor == "postgresql":
            cursor.execute(POSTGRES)
        else:
            for statement in SQLITE:
                cursor.execute(statement.format(old=old, new=new))


class Migration(migrations.Migration):
    dependencies = [("members", "0009_close_earlier_lines")]
    operations = [
        migrations.AddConstraint(
            model_name="registerentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until", None)),
                fields=("member",),
                name="register_one_line_in_force",
            ),
        ),
        migrations.RunPython(create),
        append_only("members_voter", "members_notice", "members_inspectionlook"),
    ]
