from django.apps import AppConfig


class CommunityConfig(AppConfig):
    name = "members.community"

    def ready(self) -> None:
        from members.community import held, kept

        held.tell()
        kept.tell()
