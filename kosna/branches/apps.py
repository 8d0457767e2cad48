from django.apps import AppConfig


class BranchesConfig(AppConfig):
    name = "kosna.branches"
