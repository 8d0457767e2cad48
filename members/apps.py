from datetime import timedelta

from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"

    def ready(self) -> None:
        from kosna.core import batches, jobs
        from kosna.mail import post
        from kosna.payments import buyers, payables, treasury
        from members import (
            actions,
            balances,
            businesses,
            closing,
            held,
            kept,
            owed,
            shares,
            standing,
        )
        from members.actions import (
            assessments,
            billing,
            claims,
            files,
            imports,
            inspections,
            notices,
            unpaid,
        )

        sharing = payables.Sharing(rule=shares.share_of, tier_names=shares.tier_names)
        payables.register(
            actions.PAYABLE,
            on_paid=actions.dues_paid,
            on_refunded=actions.dues_refunded,
            on_expired=actions.dues_expired,
            on_unpaid=unpaid.dues_unpaid,
            terms=standing.terms,
            sharing=sharing,
        )
        buyers.register(businesses.business_of)
        treasury.register(owed.dues_owed)
        batches.register(actions.MANY_PAPERS, run=actions.run_many_papers)
        jobs.register(
            "members.send_due_notices", every=timedelta(days=1), run=actions.send_due_notices
        )
        batches.register(
            assessments.PREVIEW, run=assessments.preview, url=assessments.url_of_assessment
        )
        batches.register(
            assessments.BOOK, run=assessments.book_assessment, url=assessments.url_of_assessment
        )
        jobs.register(
            "members.recount_returned", every=timedelta(hours=1), run=balances.recount_returned
        )
        batches.register(notices.SEND, run=notices.send_notices, url=notices.url_of_dues)
        batches.register(billing.BILLS, run=billing.print_bills, url=notices.url_of_dues)
        payables.register(
            actions.TIER_PAYABLE,
            on_paid=actions.tier_change_paid,
            on_refunded=actions.tier_change_refunded,
            on_expired=actions.tier_change_expired,
            on_unpaid=unpaid.tier_change_unpaid,
            terms=standing.terms,
            sharing=sharing,
        )
        jobs.register("members.rest_cards", every=timedelta(hours=1), run=actions.rest_cards)
        jobs.register("members.move_due", every=timedelta(minutes=10), run=actions.move_due)
        jobs.register("members.take_due", every=timedelta(minutes=10), run=actions.take_due)
        batches.register("members.close_branch", run=closing.run, url=closing.url)
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
        post.register_secret(claims.CLAIM_LINK, claims.claim_link)
        post.register_secret(inspections.INSPECTION_LINK, inspections.inspection_link)
        held.tell()
        kept.tell()
