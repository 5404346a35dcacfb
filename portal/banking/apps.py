from django.apps import AppConfig
from django.core.checks import register


class BankingConfig(AppConfig):
    name = "portal.banking"
    label = "banking"
    verbose_name = "Banque"

    def ready(self) -> None:
        from portal.banking.checks import check_bank_settings

        register(check_bank_settings)
