from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"

    def ready(self) -> None:
        from datetime import timedelta

        from kosna.core import batches, jobs
        from kosna.payments import payables
        from members import actions, standing
        from members.actions import claims, files, imports

        payables.register(
            actions.PAYABLE,
            on_paid=actions.dues_paid,
            on_refunded=actions.dues_refunded,
            on_expired=actions.dues_expired,
            terms=standing.terms,
        )
        batches.register(actions.MANY_PAPERS, run=actions.run_many_papers)
        batches.register(actions.REGISTER_FILE, run=files.write_register)
        batches.register(actions.ROLL_FILE, run=files.write_roll)
        batches.register(actions.NOTICES, run=actions.post_notices)
        jobs.register("members.freeze_rolls", every=timedelta(minutes=10), run=actions.freeze_due)
        for kind, run in [
            (imports.READ, imports.read_file),
            (imports.CHECK, imports.check_rows),
            (imports.APPLY, imports.write_rows),
            (imports.UNDO, imports.undo_rows),
            (claims.INVITE, claims.invite_all),
        ]:
            batches.register(kind, run=run, url=imports.import_of)
        jobs.register("members.purge_imports", every=timedelta(hours=1), run=actions.purge_imports)
