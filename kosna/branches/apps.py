from django.apps import AppConfig


class BranchesConfig(AppConfig):
    name = "kosna.branches"

    def ready(self) -> None:
        from kosna.branches import held, kept
        from kosna.branches.models import appointments_of
        from kosna.core import batches

        batches.offices_by(lambda user: [office.pk for office in appointments_of(user)])
        held.tell()
        kept.tell()
