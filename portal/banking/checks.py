"""The settings of our own bank account are checked at every start: a wrong one would spoil every file."""

from django.conf import settings
from django.core.checks import CheckMessage, Error

from portal.banking.iban import is_bic_valid, is_creditor_id_valid, is_iban_valid


def check_bank_settings(**_kwargs: object) -> list[CheckMessage]:
    """BANK_ACCOUNT_IBAN, PENSIONS_IBAN, BANK_ACCOUNT_BIC (may be empty) and BANK_CREDITOR_ID."""
    found: list[CheckMessage] = []
    if not is_iban_valid(settings.BANK_ACCOUNT_IBAN):
        found.append(
            Error("BANK_ACCOUNT_IBAN is not an IBAN: its length or check digits are wrong.", id="banking.E001")
        )
    if settings.BANK_ACCOUNT_BIC and not is_bic_valid(settings.BANK_ACCOUNT_BIC):
        found.append(Error("BANK_ACCOUNT_BIC is not a BIC of eight or eleven characters.", id="banking.E002"))
    if not is_creditor_id_valid(settings.BANK_CREDITOR_ID):
        found.append(Error("BANK_CREDITOR_ID is not a SEPA creditor identifier: check digits.", id="banking.E003"))
    if not is_iban_valid(settings.PENSIONS_IBAN):
        found.append(Error("PENSIONS_IBAN is not an IBAN: debtors would pay nobody.", id="banking.E004"))
    return found
