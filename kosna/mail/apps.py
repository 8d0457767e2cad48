from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "kosna.mail"

    def ready(self) -> None:
        from kosna.core import jobs
        from kosna.mail import held, post

        jobs.register("mail.deliver_due", every=None, run=post.deliver_due)
        held.tell()
