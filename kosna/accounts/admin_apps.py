"""Stands in INSTALLED_APPS for ``django.contrib.admin``, so that every room registers here."""

from django.contrib.admin.apps import AdminConfig


class OperatorsAdminConfig(AdminConfig):
    default_site = "kosna.accounts.admin_site.OperatorsSite"
