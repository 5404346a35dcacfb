"""A log never holds an address that opens something without an account."""

import logging

import pytest

from portal.frame.logs import WithoutSecrets

TOKEN = "q83kQ0xyTzqQ1w2e3r4t5y.Zk9-2mXo_7Lw3nB5vC1xA0sD9fG8hJ7kL6pQ5wE4rT3"


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        (f"/garde/rendez-vous/{TOKEN}/", "/garde/rendez-vous/…/"),
        (f"/garde/rendez-vous/{TOKEN}/agenda.ics", "/garde/rendez-vous/…/agenda.ics"),
        (f"/agendas/{TOKEN}.ics", "/agendas/…"),
        ("/tiers/K7QM-2XPD-9RTV-H3WB-6CNA/", "/tiers/…/"),
        ("/agent/mois/2026-10/signature/", "/agent/mois/2026-10/signature/"),
        ("/simulateurs/childcare_comparison/", "/simulateurs/childcare_comparison/"),
    ],
)
def test_the_secret_of_an_address_is_left_out(path: str, kept: str) -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "%s: %s", ("Not Found", path), None)

    assert WithoutSecrets().filter(record)
    assert record.getMessage() == f"Not Found: {kept}"


def test_the_console_goes_through_it(settings: object) -> None:
    handler = settings.LOGGING["handlers"]["console"]  # type: ignore[attr-defined]
    assert handler["filters"] == ["without_secrets"]
