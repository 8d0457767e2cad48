from datetime import timedelta

from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "kosna.mail"

    def ready(self) -> None:
        from kosna.core import jobs
        from kosna.mail import held, kept, post

        jobs.register("mail.deliver_due", every=None, run=post.deliver_due)
        held.tell()
        kept.tell()
        jobs.register(
            "mail.empty_closed", every=timedelta(hours=1), run=kept.empty_mails_of_closed_accounts
        )
