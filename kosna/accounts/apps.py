from datetime import timedelta

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "kosna.accounts"

    def ready(self) -> None:
        from kosna.accounts import held, kept, sessions
        from kosna.core import jobs

        jobs.register(
            "accounts.forget_sessions",
            every=timedelta(days=1),
            run=sessions.SessionStore.clear_expired,
        )
        held.tell()
        kept.tell()
