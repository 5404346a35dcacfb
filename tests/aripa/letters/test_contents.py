"""What the law wants in each letter, found in its words; and that no letter is written without it."""

import json
import re
from html import unescape

import pytest

from aripa.letters.facts import SPECIFIC
from aripa.letters.kinds import CODES, LETTERS, kind_code
from aripa.models import Notice
from portal.frame.templatetags.portal import NO_BREAK
from portal.letters.kinds import kind_of
from portal.letters.models import LetterJob
from portal.letters.operations import write_letters
from portal.letters.rendering import FactMissing, render_letter
from portal.people.vault import decrypt
from tests.aripa.own.cases import DAY, besson, faure, live, paid, reminded, returned_in_october
from tests.aripa.rows import day, event_row, parent_row, title_row

pytestmark = pytest.mark.django_db
FRAME = {"recipient": ["Anne Martin"], "sender": "Service national des pensions", "case_no": "C1", "party": "CREDITOR",
         "service": "Service national des pensions", "month": "2026-10-01", "pay_iban": "FR76", "pay_name": "Service"}  # fmt: skip


def words_of(html: str) -> str:
    text = unescape(re.sub(r"<[^>]+>", " ", html[html.index("<main>") :]))
    return re.sub(r"[ \n]+", " ", text.replace(NO_BREAK, " "))


def assert_holds(found: str, *wanted: str) -> None:
    assert not [one for one in wanted if one not in found], found


def written(case: str, code: str, to: str) -> str:
    """The words of the last letter of this kind that the run asked for."""
    job = LetterJob.objects.filter(kind=kind_code(code), subject=f"aripa:{case}:{to}").order_by("-pk").first()
    assert job is not None, f"{code} to {to} was not asked for"
    facts = json.loads(decrypt(job.facts))
    return words_of(render_letter(kind_of(job.kind), facts, number="2026-0000001", dated=job.dated).html)


def test_every_code_has_its_kind_its_template_and_its_articles() -> None:
    assert tuple(f"L{number:02d}" for number in range(1, 25) if number != 20) == CODES
    for code, title, template, needs, articles in LETTERS:
        kind = kind_of(kind_code(code))
        assert (kind.title, kind.template, kind.needs, kind.articles) == (
            title,
            template,
            ("recipient", "sender", "case_no", *needs),
            articles,
        )
        with pytest.raises(FactMissing):
            render_letter(kind, {}, number="1", dated=DAY)


@pytest.fixture
def story() -> None:
    faure(indexation="NONE_MENTIONED", rounding="CENT")
    returned_in_october()
    besson()
    paid()
    live()


@pytest.mark.parametrize(("case", "code", "to", "wanted"), [
    ("FAURE-1", "L01", "CREDITOR", ["commence", "signifié", "1074-3", "15 jours", "mois passés", "relevé de compte"]),
    ("FAURE-1", "L01", "DEBTOR", ["commence", "1074-3", "15 jours", "pénalité de 119,00 €", "mandat"]),
    ("FAURE-1", "L05", "CREDITOR", [
        "Lina : 250,00 €", "le 10 de chaque mois", "prélèvement", "jour qui suit sa réception", "suit les prix",
        "samedi 10 janvier 2026", "date de fin", "227-4", "227-3", "Comment l’intermédiation finit"]),
    ("FAURE-1", "L05", "DEBTOR", ["Vous payez la pension à partir du samedi 10 janvier 2026", "7 500 €", "15 000 €"]),
    ("FAURE-1", "L06", "DEBTOR", ["lundi 12 janvier 2026 250,00 €", "FR72ZZZ123456", "M-D-FAURE-1"]),
    ("FAURE-1", "L08", "DEBTOR", ["octobre 2026", "250,00 €", "15 jours", "recouvrement forcé", "R. 582-8", "refusé"]),
    ("FAURE-1", "L16", "CREDITOR", ["250,00 €", "octobre 2026", "rendre", "R. 582-11", "accord écrit", "recours amiable"]),
    ("BESSON-1", "L08", "DEBTOR", ["d’octobre 2026", "Il manque 250,00 €"]),
])  # fmt: skip
def test_letters_of_a_life(story: None, case: str, code: str, to: str, wanted: list[str]) -> None:
    found = written(case, code, to)

    assert not [one for one in wanted if one not in found], found


def test_penalty_plan_order_end_and_suspension() -> None:
    parent_row("P-C1")
    parent_row("D-C1", payment_means="", mandate_ref=None, iban_key=None, birth_name="Durand", first_names="Paul")
    title_row("C1", child_first_name="Zoé")
    event_row("2025-12-05", "INFORMATION", "C1", party="CREDITOR", reason="FULL")
    for on, letter in (("2025-12-02", "L01"), ("2025-12-20", "L03"), ("2026-01-06", "L04")):
        event_row(on, "NOTICE_RECEIVED", "C1", letter=letter, party="DEBTOR", effective_on=on)
    live(day("2026-03-31"))

    assert set(Notice.objects.values_list("code", flat=True)) >= {"L03", "L04"}
    assert_holds(written("C1", "L03", "DEBTOR"), "119,00 €", "10 jours", "observations", "de force")
    l04 = written("C1", "L04", "DEBTOR")
    assert_holds(l04, "119,00 €", "8 jours", "raison", "mise en demeure", "commission de recours")


def test_arrears_their_plan_and_the_end_by_consent() -> None:
    faure("C1", effective_on=day("2025-09-01"))
    for month in ("2025-09", "2025-10"):
        event_row("2026-02-02", "ARREARS_REQUEST", "C1", month=month, child_id="K-C1", amount_cents=250_00)
    event_row("2026-02-05", "PLAN_ACCEPTED", "C1", amount_cents=100_00)
    event_row("2026-02-20", "END_REQUEST", "C1", party="DEBTOR")
    event_row("2026-03-02", "END_CONSENT", "C1", party="CREDITOR")
    live(day("2026-03-02"))

    l09 = written("C1", "L09", "DEBTOR")
    assert_holds(l09, "septembre 2025 250,00 €", "Total 500,00 €", "30 jours", "au moins 50,00 €", "forcé")
    l10 = written("C1", "L10", "CREDITOR")
    assert l10.count("100,00 €") == 5
    assert_holds(l10, "500,00 €", "dix jours", "manquée")
    l13 = written("C1", "L13", "CREDITOR")
    assert_holds(l13, "30 jours", "accord écrit", "silence", "directement")
    l14 = written("C1", "L14", "DEBTOR")
    assert_holds(
        l14, "mercredi 1er avril 2026", "les deux parents sont d’accord", "directement", "atteste", "R. 582-10"
    )


def test_a_direct_payment_and_a_suspension() -> None:
    faure("C1")
    event_row("2026-01-15", "DEBIT_RETURNED", "C1", month="2026-01", reason="AM04", amount_cents=250_00)
    event_row("2026-01-20", "NOTICE_RECEIVED", "C1", letter="L08", party="DEBTOR", effective_on="2026-01-20")
    event_row("2026-02-09", "RECOVERY_DECISION", "C1", reason="DIRECT_PAYMENT", ref="ACME SARL")
    event_row("2026-02-16", "UNABLE_TO_PAY", "C1", reason="1")
    live(day("2026-03-05"))

    order = written("C1", "L11", "GARNISHEE")
    assert_holds(order, "Sandra Meunier", "9 place du Marché 63200 Riom", "n° 25/01234", "L. 213-2", "250,00 €")
    copy = written("C1", "L11", "DEBTOR")
    assert_holds(copy, "ACME SARL", "Principal", "Intérêts", "Frais", "R. 213-6")
    assert all(
        one in written("C1", "L15", "CREDITOR") for one in ("hors d’état", "dimanche 1er mars 2026", "ASF", "juge")
    )


@pytest.mark.parametrize(("code", "facts", "wanted"), [
    ("L02", {"reason": "Le document n’est pas exécutoire.", "article": "article L. 582-1"}, ["exécutoire", "L. 582-1", "recours"]),
    ("L07", {"lines": [{"child": "Lina", "old": 250_00, "new": 252_50}], "first_month": "2026-11-01", "base": "99,85", "new": "100,85",
             "steps": [{"label": "x", "value": "252,50 €", "unit": "", "article": "CSS R. 582-7"}]},
     ["250,00 €", "252,50 €", "99,85", "100,85", "novembre 2026", "Annexe"]),
    ("L12", {"ended_on": "2026-10-05", "current_cents": 250_00}, ["lundi 5 octobre 2026", "dernier paiement", "R. 213-12"]),
    ("L17", {"acts": ["Dernier rappel envoyé"], "passed_on_cents": 100_00, "cleared_cents": 90_00, "left_cents": 10_00,
             "months": [{"month": "2026-09-01", "due": 100_00, "passed": 90_00, "left": 10_00}], "due_cents": 100_00,
             "failures": ["Compte fermé"]}, ["Dernier rappel", "100,00 €", "90,00 €", "10,00 €", "Compte fermé", "R. 581-5"]),
    ("L18", {"cleared_on": "2026-10-05"}, ["entièrement payés", "R. 581-5", "n’avez plus"]),
    ("L19", {"sent_on": "2026-10-05", "owed_cents": 600_00}, ["préfet", "seulement le comptable public", "75-618", "600,00 €"]),
    ("L21", {"amount_cents": 200_78, "nature": "Avance.", "lines": [{"child": "Lina", "cents": 200_78}],
             "steps": [{"label": "x", "value": "1", "unit": "", "article": "y"}]},
     ["200,78 €", "L. 523-1", "recours", "Annexe"]),
    ("L22", {"result": "le droit continue.", "since": "2026-10-01"}, ["le droit continue", "D. 523-2", "recours"]),
    ("L23", {"months_left": 2}, ["quatre mois", "reste 2 mois", "R. 523-3", "juge"]),
    ("L24", {"parents": ["A", "B"], "children": [{"child": "Lina", "cents": 177_00, "visiting": "classique", "born": "2017-05-02"}],
             "index": "chaque année", "signed_on": "2026-10-05", "director": "H. Marchetti",
             "received_on": "2026-09-01", "request": [["Les enfants", [["Lina", "177,00 €"]]]], "signatures": ["A, le 1er"]},
     ["Lina", "177,00 €", "classique", "nul si", "remplace", "exécutoire le jour", "H. Marchetti", "Trois originaux", "L. 111-3",
      "Annexe : la demande des deux parents", "reçue le mardi 1er septembre 2026", "A, le 1er"]),
])  # fmt: skip
def test_letters_that_people_ask_for(code: str, facts: dict, wanted: list[str]) -> None:
    found = words_of(render_letter(kind_of(kind_code(code)), FRAME | facts, number="1", dated=DAY).html)

    assert not [one for one in wanted if one not in found], found


def test_a_letter_says_what_was_true_on_its_day_when_many_days_are_lived_at_once() -> None:
    faure()
    returned_in_october()
    reminded()
    event_row("2026-10-22", "PAYMENT_RECEIVED", "FAURE-1", means="TRANSFER", amount_cents=250_00)
    live()

    assert "Il manque 250,00 € sur 250,00 €" in written("FAURE-1", "L08", "DEBTOR")
    job = LetterJob.objects.get(kind="aripa.L08")
    assert (job.dated, job.key) == (day("2026-10-16"), "aripa:FAURE-1:6:L08")


def test_a_life_asks_for_its_letters_once() -> None:
    faure("A")
    returned_in_october("A")
    live(day("2026-10-31"))
    at_once = _facts("A")
    assert {one for one, _day in at_once} == {"L01", "L05", "L06", "L08", "L16"}
    assert LetterJob.objects.count() == 7


def _facts(case: str) -> dict[tuple[str, str], bytes]:
    jobs = LetterJob.objects.filter(subject__startswith=f"aripa:{case}:")
    return {(job.kind[-3:], str(job.dated)): decrypt(job.facts) for job in jobs}


def test_a_letter_that_cannot_be_told_stops_no_money(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A figure that the law lacks on that day, or a mistake of ours: the day goes on, the letter is a failure to see."""

    def lost(_told: object) -> dict:
        raise ZeroDivisionError

    monkeypatch.setitem(SPECIFIC, "L08", lost)
    faure()
    returned_in_october()
    live()

    write_letters()

    failed = LetterJob.objects.get(state="FAILED")
    assert (failed.kind, failed.subject) == ("aripa.L08", "aripa:FAURE-1:DEBTOR")
    assert "Il manque" in failed.last_error
    assert Notice.objects.filter(code="L08").count() == 1
    assert "letter L08 of case FAURE-1" in caplog.text
    caplog.clear()  # this one was wanted: any other fails the test that meets it
