from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "kosna.retention"

    def ready(self) -> None:
        from kosna.core import batches
        from kosna.retention import actions, kept

        batches.register(actions.DESTROY, run=actions.carry_out, url=actions.url_of_destruction)
        kept.tell()
