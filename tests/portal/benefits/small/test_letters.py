"""What a family reads of a small sum: how much is kept, why it is given up, at once or after twelve months, and by which rule."""

import re
from datetime import date
from uuid import uuid4

import pytest

from portal.accounts.permissions import moment_on
from portal.benefits.models import Award, SmallPaymentPolicy
from portal.benefits.running.explaining import because
from portal.benefits.small.deciding import preview
from portal.benefits.small.ending import give_up_old
from portal.letters.models import Letter, LetterJob
from portal.letters.operations import write_letters
from portal.people.vault import decrypt
from tests.portal.benefits.small.world import FUND, NUMBER, computed, issue, lived

pytestmark = pytest.mark.django_db
US, OTHER = (FUND, NUMBER), ("CAF59", NUMBER)
SEPTEMBER, OCTOBER = date(2025, 9, 1), date(2025, 10, 1)


def gives_up(day: date) -> None:
    SmallPaymentPolicy.objects.create(
        fund=FUND, from_day=day, policy="WAIVE", reason="x", form_key=uuid4(), decided_by="helene", decided_on=day,
        decided_at=moment_on(day),
    )  # fmt: skip


def words(subject: str = f"family:{FUND}/{NUMBER}") -> str:
    text = re.sub(r"<[^>]*>", " ", decrypt(Letter.objects.get(subject=subject).text).decode())
    return " ".join(text.replace("\u00a0", " ").split())


def test_after_twelve_months_the_letter_says_what_the_law_says_and_what_is_our_choice() -> None:
    lived(SEPTEMBER, (*US, 7_00))
    lived(OCTOBER, (*US, 5_00))
    give_up_old(on=date(2026, 11, 1))
    write_letters()
    text = words()

    assert "septembre 2025 : 7,00 €" in text
    assert "Rien ne s’est ajouté" not in text
    assert "avec tout ce qui s’y est ajouté, il ne l’atteint pas" in text
    assert "Le délai de 12 mois, lui, n’est écrit dans aucun de ces textes" in text
    assert "L. 133-3 et D. 133-2" in text
    assert "tribunal judiciaire" in text


def test_a_sum_given_up_at_once_is_told_with_the_rule_of_the_fund_and_another_fund_s_is_not() -> None:
    gives_up(OCTOBER)
    run = lived(OCTOBER, (*US, 22_00), (*OTHER, 22_00))

    assert LetterJob.objects.count() == 1
    assert write_letters() == 1
    text = words()
    for told in (
        "22,00 € vous étaient dus pour octobre 2025", "inférieure à 27,00 €", "règle que notre caisse a choisie",
        "en vigueur depuis le mercredi 1er octobre 2025", "L. 133-3 et D. 133-2", "R. 142-1", "tribunal judiciaire",
    ):  # fmt: skip
        assert told in text, told
    assert "mois entiers" not in text
    said = because(Award.objects.get(run=run, fund=FUND)).replace("\u00a0", " ")
    assert "22,00 € sont abandonnés : sous 27,00 €" in said
    assert "en vigueur depuis le 1er octobre 2025" in said
    kept = because(Award.objects.get(run=run, fund="CAF59")).replace("\u00a0", " ")
    assert "22,00 € sont gardés : sous 27,00 €" in kept


def test_what_a_rise_keeps_is_the_rise_alone() -> None:
    """153.01 were paid before, 158.01 are due: five euros are kept, in the preview of another rule as on the pages."""
    run = computed(OCTOBER, (*US, 5_00))
    Award.objects.filter(run=run).update(gross_cents=158_01, net_cents=158_01, already_cents=153_01)
    issue(run)

    assert preview(fund=FUND, policy="PAY", from_day=date(2025, 11, 1)).last_cents == 5_00
    assert "5,00 € sont gardés" in because(Award.objects.get()).replace("\u00a0", " ")
