from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "kosna.documents"
