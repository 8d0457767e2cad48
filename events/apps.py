from datetime import timedelta

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"

    def ready(self) -> None:
        from events import actions, came, held, holding, kept, ordered
        from events.actions.telling import REQUEST_LINK, WAITING_LINK
        from events.api.devices import credential_of_device
        from kosna.api import actions as api
        from kosna.core import batches, jobs
        from kosna.mail import post
        from kosna.payments import payables
        from members import keys, standing

        payables.register(
            actions.PAYABLE,
            on_paid=actions.on_paid,
            on_refunded=actions.on_refunded,
            on_expired=actions.on_expired,
            on_unpaid=actions.on_unpaid,
            terms=standing.terms,
            giving_up=payables.GivingUp(quote=actions.quote, page="tickets:order-cancel"),
            hold_ends=holding.hold_ends,
            names_page="tickets:order-places",
            opens=ordered.opens,
            holders=ordered.holders,
            on_proven=actions.on_proven,
            counts_once_proven=actions.counts_once_proven,
        )
        payables.register(
            actions.BOOTH_PAYABLE,
            on_paid=actions.on_booth_paid,
            on_refunded=actions.on_booth_refunded,
            on_expired=actions.on_booth_expired,
            on_unpaid=actions.on_booth_unpaid,
            terms=standing.terms,
            giving_up=payables.GivingUp(quote=actions.quote_booths, page="me:booth-give-up"),
        )
        payables.register(
            actions.CHANGE_PAYABLE,
            on_paid=actions.on_change_paid,
            on_refunded=actions.on_change_refunded,
            on_expired=actions.on_change_expired,
            on_unpaid=actions.on_change_unpaid,
            terms=standing.terms,
            giving_up=payables.GivingUp(quote=actions.quote_of_change, page="tickets:order-cancel"),
            hold_ends=holding.change_hold_ends,
        )
        keys.register(
            "events.event", held=came.held, names=came.names, shown=came.shown, wanted=came.WANTED
        )
        jobs.register("events.end_vouchers", every=timedelta(minutes=1), run=actions.end_vouchers)
        api.register(credential_of_device)
        # After payments.expire_due, of an app named before: what it gives back is offered at once.
        jobs.register("events.serve_lists", every=timedelta(minutes=1), run=actions.serve_lists)
        jobs.register("events.send_links", every=timedelta(minutes=5), run=actions.send_links)
        jobs.register("events.remind_names", every=timedelta(hours=1), run=actions.remind_names)
        morning = timedelta(hours=23)  # 08:00 in Korea
        jobs.register(
            "events.remind_reviewers",
            every=timedelta(days=1),
            run=actions.remind_reviewers,
            at=morning,
        )
        jobs.register(
            "events.remind_attendees",
            every=timedelta(days=1),
            run=actions.remind_attendees,
            at=morning,
        )
        jobs.register("events.erase_people", every=timedelta(days=1), run=actions.erase_people)
        post.register_secret(WAITING_LINK, actions.waiting_link)
        post.register_secret(REQUEST_LINK, actions.request_link)
        batches.register(actions.BADGES, run=actions.run_badges)
        batches.register(actions.CERTIFICATES, run=actions.run_certificates, is_members=True)
        held.tell()
        kept.tell()
