from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "kosna.accounts"
