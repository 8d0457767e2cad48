from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "members.programmes"

    def ready(self) -> None:
        from members.programmes import held, kept

        held.tell()
        kept.tell()
