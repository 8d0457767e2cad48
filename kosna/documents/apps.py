from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "kosna.documents"

    def ready(self) -> None:
        from kosna.documents import held, kept

        held.tell()
        kept.tell()
