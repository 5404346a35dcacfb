"""IBAN, BIC and creditor identifier: one character off is refused. The bank settings are checked at start."""

import pytest
from django.test import override_settings

from portal.banking.checks import check_bank_settings
from portal.banking.iban import is_bic_valid, is_creditor_id_valid, is_iban_valid


@pytest.mark.parametrize(("text", "valid"), [
    ("FR1420041010050500013M02606", True), ("FR1420041010050500013M02607", False), ("FR142004101005050001", False),
    ("fr1420041010050500013M02606", False), ("FR14 20041010050500013M02606", False), ("", False),
    ("XX1420041010050500013M02606", False), ("DE89370400440532013000", True),
])  # fmt: skip
def test_iban(text: str, valid: bool) -> None:
    assert is_iban_valid(text) is valid


@pytest.mark.parametrize(("text", "valid"), [
    ("BNPAFRPPXXX", True), ("BNPAFRPP", True), ("BNPAFRPPXX", False), ("BNPAXXPP", False), ("bnpafrpp", False), ("", False),
])  # fmt: skip
def test_bic(text: str, valid: bool) -> None:
    assert is_bic_valid(text) is valid


@pytest.mark.parametrize(("text", "valid"), [
    ("FR72ZZZ123456", True), ("FR72ABC123456", True), ("FR73ZZZ123456", False), ("FR72ZZZ123457", False),
    ("DE98ZZZ09999999999", True), ("FR72ZZZ", False), ("", False),
])  # fmt: skip
def test_creditor_identifier(text: str, valid: bool) -> None:
    assert is_creditor_id_valid(text) is valid


@pytest.mark.parametrize(("settings", "codes"), [
    ({}, []), ({"BANK_ACCOUNT_IBAN": "NL41MOCK0000000002"}, ["banking.E001"]), ({"BANK_ACCOUNT_BIC": "X"}, ["banking.E002"]),
    ({"BANK_CREDITOR_ID": "FR00ZZZ123456"}, ["banking.E003"]), ({"BANK_ACCOUNT_BIC": "MOCKNL2A"}, []),
])  # fmt: skip
def test_a_wrong_bank_setting_stops_the_start(settings: dict[str, str], codes: list[str]) -> None:
    with override_settings(**settings):
        assert [error.id for error in check_bank_settings()] == codes
