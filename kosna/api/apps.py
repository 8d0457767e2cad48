from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "kosna.api"
    label = "api"
