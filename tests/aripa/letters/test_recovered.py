"""The account of a recovery, its clearance, the decisions and controls of ASF: asked by the days, to the cent."""

import pytest

from portal.letters.models import LetterJob
from tests.aripa.letters.test_contents import assert_holds, written
from tests.aripa.own.cases import besson, faure, live, paid
from tests.aripa.rows import day, event_row
from tests.aripa.views.test_no_title import without_title

pytestmark = pytest.mark.django_db


def recovered(case: str = "FAURE-1") -> None:
    """The debit of January came back, forced on 5 February; an order on the 9th, refused on the 20th."""
    faure(case)
    event_row("2026-01-15", "DEBIT_RETURNED", case, month="2026-01", reason="AM04", amount_cents=250_00)
    event_row("2026-01-20", "NOTICE_RECEIVED", case, letter="L08", party="DEBTOR", effective_on="2026-01-20")
    event_row("2026-02-09", "RECOVERY_DECISION", case, reason="DIRECT_PAYMENT", ref="ACME SARL")
    event_row("2026-02-20", "GARNISHEE_ANSWER", case, ref="ACME SARL", reason="NOT_HELD")


def test_a_tool_that_failed_is_told_without_whom_it_asked() -> None:
    recovered()
    live(day("2026-02-20"))

    found = written("FAURE-1", "L17", "CREDITOR")

    assert_holds(
        found, "Dernier rappel envoyé le 16/01/2026, pour janvier 2026", "Recouvrement forcé depuis le 05/02/2026",
        "Paiement direct, décidé le 09/02/2026", "janvier 2026 250,00 € 0,00 € 250,00 €", "0,00 € recouvrés sur 250,00 €",
        "Paiement direct : aucun argent n’a pu être pris par ce moyen (le 20/02/2026)",
        "Le prélèvement pour janvier 2026 a été rejeté par la banque", "Le recouvrement continue",
    )  # fmt: skip
    assert not [one for one in ("ACME", "Riom", "Marché", "provision", "Meunier", "Sandra") if one in found]


def test_all_is_paid_and_both_read_it() -> None:
    recovered()
    event_row("2026-03-02", "PAYMENT_RECEIVED", "FAURE-1", means="OFFICER", amount_cents=250_00)
    live(day("2026-03-31"))

    account, clearance = written("FAURE-1", "L17", "CREDITOR"), written("FAURE-1", "L18", "DEBTOR")

    assert_holds(account, "janvier 2026 250,00 € 250,00 € 0,00 €", "Tout est recouvré", "recouvré aussitôt")
    assert "n’a pas abouti" not in account
    # 7.5 % of 250 euros: the fee of an officer's receipt is the debtor's, and in no letter of the creditor.
    assert_holds(
        clearance, "mardi 3 mars 2026", "Il reste 18,75 € de frais", "six mois payés de suite", "continue d’être payée"
    )
    assert "18,75" not in account
    assert LetterJob.objects.filter(kind="aripa.L17").count() == 2
    assert LetterJob.objects.filter(kind="aripa.L18").count() == 1


def test_the_months_to_come_are_mentioned_only_while_they_are_called() -> None:
    recovered()
    event_row("2026-02-16", "UNABLE_TO_PAY", "FAURE-1", reason="2a")
    event_row("2026-03-02", "PAYMENT_RECEIVED", "FAURE-1", means="TRANSFER", amount_cents=250_00)
    live(day("2026-03-31"))

    found = written("FAURE-1", "L18", "DEBTOR")

    assert_holds(found, "entièrement payés")
    assert not [one for one in ("continue d’être payée", "six mois payés", "de frais") if one in found]


def test_an_account_of_a_protected_case_names_no_tool_and_says_what_went_to_the_advance() -> None:
    besson()
    event_row("2026-01-20", "NOTICE_RECEIVED", "BESSON-1", letter="L08", party="DEBTOR", effective_on="2026-01-20")
    event_row("2026-02-10", "RECOVERY_DECISION", "BESSON-1", reason="WAGE_SEIZURE", ref="EMP-9")
    event_row("2026-03-20", "PAYMENT_RECEIVED", "BESSON-1", means="GARNISHEE", amount_cents=500_00)
    event_row("2026-03-25", "GARNISHEE_ANSWER", "BESSON-1", ref="EMP-9", reason="ENDED")
    live(day("2026-03-25"))

    found = written("BESSON-1", "L17", "CREDITOR")

    # March first, 250 to her; then the advance of February, 199.18; the rest to the oldest of what she lacks, January's.
    assert_holds(
        found, "Moyen de recouvrement, décidé le 10/02/2026", "mars 2026 250,00 € 250,00 € 0,00 € 0,00 €",
        "199,18 € ont remboursé l’allocation", "Moyen de recouvrement : ce moyen a pris fin (le 25/03/2026)",
        "500,00 € recouvrés sur 750,00 €", "janvier 2026 250,00 € 50,82 € 0,00 € 199,18 €", "février 2026 250,00 € 0,00 € 199,18 € 50,82 €",
    )  # fmt: skip
    assert not [one for one in ("Saisie", "EMP", "Marc", "Tissier", "Cournon", "Lavoir") if one in found]


def test_a_decision_of_asf_with_its_calculation_then_its_change() -> None:
    besson()
    paid(until=4)
    live(day("2026-06-05"))

    found = written("BESSON-1", "L21", "CREDITOR")

    assert_holds(
        found, "de mai 2026 : 200,78 €", "avancée, et réclamée au parent qui paie", "ASF d’un mois pour Tom 200,78 €",
        "Pension due pour Tom 250,00 €", "Pension reçue pour Tom 0,00 €", "Aide du mois pour Tom 200,78 €",
        "dont réclamé au parent qui paie 200,78 €", "recours amiable",
    )  # fmt: skip
    assert LetterJob.objects.filter(kind="aripa.L21").count() == 1

    event_row("2026-06-10", "UNABLE_TO_PAY", "BESSON-1", reason="1")
    live(day("2026-08-05"))

    control, change = written("BESSON-1", "L22", "CREDITOR"), written("BESSON-1", "L21", "CREDITOR")
    assert_holds(
        control, "hors d’état de payer", "n’est réclamée à personne", "mercredi 1er juillet 2026", "recours amiable"
    )
    assert "adresse inconnue" not in control
    assert_holds(change, "de juillet 2026 : 200,78 €", "n’est réclamée à personne")
    assert "réclamé au parent" not in change


@pytest.mark.parametrize(("told", "until", "why"), [
    ({"kind": "LONE_PARENT", "reason": "COUPLE", "effective_on": "2026-03-10"}, "2026-04-07", "Sami : une vie en couple"),
    ({"kind": "DEATH", "child_id": "K-N1", "effective_on": "2026-02-10"}, "2026-04-07", "Sami : un décès"),
    (None, "2026-06-05", "Sami : les quatre versements possibles"),
])  # fmt: skip
def test_why_a_right_stops(told: dict | None, until: str, why: str) -> None:
    without_title()
    if told:
        event_row("2026-03-12", case="N1", **told)
    live(day(until))

    found = written("N1", "L21", "CREDITOR")

    assert_holds(found, "Le droit s’arrête", why)


def test_a_top_up_stops_with_a_first_month_that_lacks() -> None:
    besson(cash_share_cents=100_00, monthly_total_cents=100_00)
    for month in (1, 2, 3):
        event_row(f"2026-0{month}-10", "PAYMENT_RECEIVED", "BESSON-1", means="TRANSFER", amount_cents=100_00)
    live(day("2026-04-07"))
    assert_holds(written("BESSON-1", "L21", "CREDITOR"), "un complément est versé une fois par trimestre", "99,18 €")

    live(day("2026-05-05"))

    assert_holds(written("BESSON-1", "L21", "CREDITOR"), "Tom : la pension manque depuis moins d’un mois")


def test_an_advance_stops_with_a_month_that_is_paid() -> None:
    besson()
    paid(until=4)
    event_row("2026-06-10", "PAYMENT_RECEIVED", "BESSON-1", means="TRANSFER", amount_cents=250_00)
    live(day("2026-07-06"))

    assert_holds(
        written("BESSON-1", "L21", "CREDITOR"), "à partir de juin 2026", "Tom : la pension de ce mois a été payée"
    )
