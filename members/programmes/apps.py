from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "members.programmes"

    def ready(self) -> None:
        from members import news
        from members.programmes import held, kept, new

        news.register(new.calls)
        held.tell()
        kept.tell()
