from django.apps import AppConfig


class BankingConfig(AppConfig):
    name = "portal.banking"
    label = "banking"
    verbose_name = "Banque"
