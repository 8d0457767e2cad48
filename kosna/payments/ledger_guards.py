"""The database keeps the books with us. An entry says what its cause says: no more, no less, in its
order, branch and account, and of a refund only while that is done. And what moved money is
committed together with its entry, or not at all.

The second half waits for the commit. PostgreSQL has deferred constraint triggers for it. SQLite has
none, but it defers foreign keys: there a trigger writes down which entry is owed, and that row
refers to the entry.

SQLite builds an altered table anew, and complains of triggers that speak of the old one. A
migration that alters a table of payments puts ``taken_away`` before and ``set_up`` after it.

PostgreSQL plans a function's queries once a session: what it planned for an empty table, to read
all of it, would be slow when a first bank file has filled it. It is told to look into the indexes.
"""

from typing import Any

from kosna.core.triggers import OnTables

# What is wrong with the row NEW of a table; the same words on both databases.
ENTRY = {
    "an entry says what its payment says": """NEW.payment_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM payments_payment cause JOIN payments_order o ON o.id = cause.order_id
        WHERE cause.id = NEW.payment_id AND cause.order_id = NEW.order_id
        AND cause.amount = NEW.amount AND o.branch_id = NEW.branch_id
        AND NEW.account = 'cash:' || cause.provider)""",
    "an entry says what its refund says": """NEW.refund_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM payments_refund cause
        JOIN payments_payment p ON p.id = cause.payment_id
        JOIN payments_order o ON o.id = cause.order_id
        WHERE cause.id = NEW.refund_id AND cause.order_id = NEW.order_id AND cause.status = 'done'
        AND NEW.amount = CASE NEW.turn % 2 WHEN 1 THEN -cause.amount ELSE cause.amount END
        AND NEW.turn = 1 + (
            SELECT COUNT(*) FROM payments_ledgerentry e WHERE e.refund_id = NEW.refund_id)
        AND o.branch_id = NEW.branch_id AND NEW.account = 'cash:' || p.provider)""",
    "the entries of a line stay within it": """NEW.line_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM payments_bankline cause
        JOIN payments_bankaccount a ON a.id = cause.account_id
        WHERE cause.id = NEW.line_id AND a.branch_id = NEW.branch_id
        AND NEW.account = 'unidentified:bank'
        AND (NEW.turn > 1 OR NEW.amount = cause.incoming)
        AND NEW.turn = 1 + (
            SELECT COUNT(*) FROM payments_ledgerentry e WHERE e.line_id = NEW.line_id)
        AND NEW.amount + (
            SELECT COALESCE(SUM(e.amount), 0) FROM payments_ledgerentry e
            WHERE e.line_id = NEW.line_id) BETWEEN 0 AND cause.incoming)""",
}
OUTGOING = {
    "an outgoing line is of the amount that it bears out": """NOT EXISTS (
        SELECT 1 FROM payments_bankline l WHERE l.id = NEW.line_id AND l.outgoing = COALESCE(
            (SELECT amount FROM payments_payout WHERE id = NEW.payout_id),
            (SELECT amount FROM payments_refund WHERE id = NEW.refund_id)))""",
    "this line shows a returned deposit": """EXISTS (
        SELECT 1 FROM payments_depositreturn WHERE evidence_id = NEW.line_id)""",
}
RETURN = {
    "this line bears out a payout or a refund": """EXISTS (
        SELECT 1 FROM payments_outgoingmatch
        WHERE line_id = NEW.evidence_id AND unmatched_at IS NULL)""",
}
# Each looks at its table's rows before they are inserted.
GUARDS = {"ledgerentry": ENTRY, "outgoingmatch": OUTGOING, "depositreturn": RETURN}


def _postgres_guard(table: str, faults: dict[str, str]) -> str:
    raises = "\n".join(
        f"    IF {fault} THEN RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation'; END IF;"
        for words, fault in faults.items()
    )
    return f"""
CREATE FUNCTION payments_{table}_says_its_cause() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
BEGIN
{raises}
    RETURN NEW;
END $$;
CREATE TRIGGER payments_{table}_cause BEFORE INSERT ON payments_{table}
    FOR EACH ROW EXECUTE FUNCTION payments_{table}_says_its_cause();
"""


def _sqlite_guard(table: str, faults: dict[str, str]) -> str:
    aborts = "\n".join(
        f"    SELECT RAISE(ABORT, '{words}') WHERE {fault};" for words, fault in faults.items()
    )
    return f"BEFORE INSERT ON payments_{table} BEGIN\n{aborts}\n    END"


POSTGRES = """
CREATE FUNCTION payments_payment_is_booked() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM payments_ledgerentry WHERE payment_id = NEW.id) THEN
        RAISE EXCEPTION 'payment % has no entry', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payments_payment_booked AFTER INSERT ON payments_payment
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION payments_payment_is_booked();

CREATE FUNCTION payments_refund_is_booked() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
DECLARE
    key bigint;
    booked numeric;
BEGIN
    IF TG_TABLE_NAME = 'payments_refund' THEN key := NEW.id; ELSE key := NEW.refund_id; END IF;
    SELECT COALESCE(SUM(amount), 0) INTO booked FROM payments_ledgerentry WHERE refund_id = key;
    IF EXISTS (SELECT 1 FROM payments_refund WHERE id = key
               AND booked <> CASE status WHEN 'done' THEN -amount ELSE 0 END) THEN
        RAISE EXCEPTION 'refund % is not what is booked of it', key
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payments_refund_booked AFTER INSERT OR UPDATE ON payments_refund
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION payments_refund_is_booked();
CREATE CONSTRAINT TRIGGER payments_ledgerentry_refund AFTER INSERT ON payments_ledgerentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.refund_id IS NOT NULL)
    EXECUTE FUNCTION payments_refund_is_booked();

CREATE FUNCTION payments_deposit_is_booked() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
DECLARE
    booked numeric;
BEGIN
    SELECT COALESCE(SUM(amount), 0) INTO booked
        FROM payments_ledgerentry WHERE line_id = NEW.line_id;
    IF EXISTS (SELECT 1 FROM payments_deposit WHERE line_id = NEW.line_id AND "left" <> booked) THEN
        RAISE EXCEPTION 'what is left of line % is not what is booked of it', NEW.line_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payments_deposit_booked AFTER INSERT OR UPDATE ON payments_deposit
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_deposit_is_booked();
CREATE CONSTRAINT TRIGGER payments_ledgerentry_line AFTER INSERT ON payments_ledgerentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.line_id IS NOT NULL)
    EXECUTE FUNCTION payments_deposit_is_booked();
"""
POSTGRES_DROP = """
DROP FUNCTION payments_payment_is_booked() CASCADE;
DROP FUNCTION payments_refund_is_booked() CASCADE;
DROP FUNCTION payments_deposit_is_booked() CASCADE;
"""

SQLITE_TABLE = """CREATE TABLE IF NOT EXISTS payments_owedentry (
    id integer PRIMARY KEY,
    payment_id bigint REFERENCES payments_ledgerentry (payment_id)
        ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    refund_id bigint,
    turn integer,
    FOREIGN KEY (refund_id, turn) REFERENCES payments_ledgerentry (refund_id, turn)
        ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED)"""
SQLITE_INDEX = """CREATE INDEX IF NOT EXISTS payments_owedentry_payment
    ON payments_owedentry (payment_id)"""
SQLITE_OTHER = """CREATE INDEX IF NOT EXISTS payments_owedentry_refund
    ON payments_owedentry (refund_id, turn)"""
# The past: which entries of refunds were owed, so that the next one is counted from them.
SQLITE_PAST = """INSERT INTO payments_owedentry (refund_id, turn)
    SELECT refund_id, turn FROM payments_ledgerentry WHERE refund_id IS NOT NULL
    EXCEPT SELECT refund_id, turn FROM payments_owedentry"""
SQLITE = {
    **{f"payments_{table}_cause": _sqlite_guard(table, faults) for table, faults in GUARDS.items()},
    "payments_payment_owes": """AFTER INSERT ON payments_payment BEGIN
        INSERT INTO payments_owedentry (payment_id) VALUES (NEW.id);
    END""",
    "payments_refund_owes_at_once": """AFTER INSERT ON payments_refund
    WHEN NEW.status = 'done' BEGIN
        INSERT INTO payments_owedentry (refund_id, turn) VALUES (NEW.id, 1);
    END""",
    # Into DONE and out of it: each time the next entry is owed.
    "payments_refund_owes": """AFTER UPDATE OF status ON payments_refund
    WHEN (OLD.status = 'done') <> (NEW.status = 'done') BEGIN
        INSERT INTO payments_owedentry (refund_id, turn) SELECT NEW.id, 1 + COUNT(*)
            FROM payments_owedentry WHERE refund_id = NEW.id;
    END""",
}


def install(connection: Any) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table, faults in GUARDS.items():
                cursor.execute(_postgres_guard(table, faults))
            cursor.execute(POSTGRES)
            return
        for statement in (SQLITE_TABLE, SQLITE_INDEX, SQLITE_OTHER, SQLITE_PAST):
            cursor.execute(statement)
        for name, body in SQLITE.items():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            cursor.execute(f"CREATE TRIGGER {name} {body}")


def remove(connection: Any) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in GUARDS:
                cursor.execute(f"DROP FUNCTION payments_{table}_says_its_cause() CASCADE")
            cursor.execute(POSTGRES_DROP)
            return
        for name in SQLITE:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        cursor.execute("DROP TABLE IF EXISTS payments_owedentry")


def set_up() -> OnTables:
    return OnTables(_install, _remove)


def taken_away() -> OnTables:
    return OnTables(_remove, _install)


def _install(apps: Any, editor: Any) -> None:
    install(editor.connection)


def _remove(apps: Any, editor: Any) -> None:
    remove(editor.connection)
