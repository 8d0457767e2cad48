from django.apps import AppConfig


class KosnaConfig(AppConfig):
    name = "kosna"
