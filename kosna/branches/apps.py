from django.apps import AppConfig


class BranchesConfig(AppConfig):
    name = "kosna.branches"

    def ready(self) -> None:
        from kosna.branches import held, kept

        held.tell()
        kept.tell()
