from datetime import timedelta

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "members.directory"

    def ready(self) -> None:
        from kosna.core import jobs
        from members.directory import actions, held, kept

        jobs.register("directory.expire_due", every=timedelta(hours=1), run=actions.expire_due)
        jobs.register("directory.refold", every=timedelta(hours=1), run=actions.refold)
        held.tell()
        kept.tell()
