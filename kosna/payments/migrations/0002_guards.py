"""What moved money, and what was decided about it, stays as it was written.

The database takes no entry for a month that somebody prepared, approved or locked, none that is
booked in another month of Seoul than its statement's, and lets a locked statement rest.

SQLite is shown whole seconds: it would round the last microsecond of a month into the next.

Who books waits for who closes the month, and the other way round: on PostgreSQL the entry's trigger
shares a lock on the statement, on SQLite there is one writer at a time.
"""

from django.db import migrations

from kosna.core.triggers import OnTables, append_only, frozen
from kosna.payments import ledger_guards

POSTGRES = """
CREATE FUNCTION payments_month_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE found payments_statement%ROWTYPE;
BEGIN
    SELECT * INTO found FROM payments_statement WHERE id = NEW.statement_id FOR SHARE;
    IF found.status <> 'draft' OR EXISTS (
        SELECT 1 FROM payments_statement later WHERE later.branch_id = found.branch_id
        AND later.month > found.month AND later.status <> 'draft'
    ) THEN
        RAISE EXCEPTION 'the month of statement % is closed', found.id
            USING ERRCODE = 'check_violation';
    END IF;
    IF date_trunc('month', NEW.booked_at AT TIME ZONE 'Asia/Seoul')::date <> found.month THEN
        RAISE EXCEPTION 'booked at %, outside the month of statement %', NEW.booked_at, found.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_shareentry_month BEFORE INSERT ON payments_shareentry
    FOR EACH ROW EXECUTE FUNCTION payments_month_is_open();
CREATE TRIGGER payments_statement_no_update BEFORE UPDATE ON payments_statement
    FOR EACH ROW WHEN (OLD.status = 'locked' OR OLD.branch_id <> NEW.branch_id
                       OR OLD.month <> NEW.month)
    EXECUTE FUNCTION kosna_append_only();
CREATE TRIGGER payments_statement_no_delete BEFORE DELETE ON payments_statement
    FOR EACH ROW WHEN (OLD.status <> 'draft') EXECUTE FUNCTION kosna_append_only();
"""
SQLITE = (
    """CREATE TRIGGER payments_shareentry_month BEFORE INSERT ON payments_shareentry BEGIN
    SELECT RAISE(ABORT, 'the month of this statement is closed') FROM payments_statement found
        WHERE found.id = NEW.statement_id AND (found.status <> 'draft' OR EXISTS (
            SELECT 1 FROM payments_statement later WHERE later.branch_id = found.branch_id
            AND later.month > found.month AND later.status <> 'draft'));
    SELECT RAISE(ABORT, 'booked outside the month of its statement') FROM payments_statement found
        WHERE found.id = NEW.statement_id
        AND strftime('%Y-%m-01', substr(NEW.booked_at, 1, 19), '+9 hours') <> found.month;
    END""",
    """CREATE TRIGGER payments_statement_no_update BEFORE UPDATE ON payments_statement
    WHEN OLD.status = 'locked' OR OLD.branch_id <> NEW.branch_id OR OLD.month <> NEW.month
    BEGIN SELECT RAISE(ABORT, 'payments_statement is locked'); END""",
    """CREATE TRIGGER payments_statement_no_delete BEFORE DELETE ON payments_statement
    WHEN OLD.status <> 'draft'
    BEGIN SELECT RAISE(ABORT, 'payments_statement is closed'); END""",
)


def create(apps, editor):
    with editor.connection.cursor() as cursor:
        for statement in [POSTGRES] if editor.connection.vendor == "postgresql" else SQLITE:
            cursor.execute(statement)


class Migration(migrations.Migration):
    replaces = [
        ("payments", "0002_append_only"),
        ("payments", "0009_months_are_sealed"),
    ]
    dependencies = [("payments", "0001_tables")]
    operations = [
        append_only(
            "payments_payment",
            "payments_ledgerentry",
            "payments_moneyrule",
            "payments_bankline",
            "payments_depositreturn",
            "payments_proofissue",
            "payments_shareentry",
            "payments_payout",
            "payments_taking",
        ),
        frozen("payments_orderline", "amount", "vat_class", "vat"),
        frozen(
            "payments_noteddeposit",
            "order_id",
            "amount",
            "received_at",
            "depositor",
            "nonce",
            "noted_at",
            "noted_by_id",
        ),
        frozen("payments_refund", "amount", "order_id", "payment_id"),
        frozen("payments_outgoingmatch", "line_id", "payout_id", "refund_id"),
        frozen("payments_till", "branch_id", "occasion", "day", "keeper_id", "opened_at"),
        OnTables(create),
        ledger_guards.set_up(),
    ]
