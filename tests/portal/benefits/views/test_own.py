"""A parent's own ARS and AEEH: linked by number, one answer per child past 16, a receipt, nobody else's family."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from portal.accounts.models import Door, FamilyLink, LinkedBy, User
from portal.batches.models import Run
from portal.benefits.models import Award, EnteredFacts, Schooling
from portal.exchange.models import FileOrigin, ReceivedFile
from tests.aripa.agents import client_of, on_day, text_of
from tests.portal.access import DAY
from tests.portal.benefits.rows import family_in, row, take_in

pytestmark = pytest.mark.django_db
HOME, PAGE = "/famille/prestations/", "/famille/prestations/scolarite/"
# 97.95 % of the BMAF of 2026 (478.16), less CRDS.
WHOLE_NET = "466,02 €"


@pytest.fixture(autouse=True)
def here(settings: Any, tmp_path: Path) -> None:
    on_day(settings, DAY)
    family_in(tmp_path)
    take_in(tmp_path, "benefit-children", young(), name="young")


def young() -> dict[str, str]:
    """A sister of nine, of whom nothing is asked."""
    return row(
        "benefit-children", child_id="K2", first_name="Lina", birth_date="2017-06-21", dependent_from="2017-06-21"
    )


def parent(name: str = "maud", subject: str = "family:CAF63/0123456") -> Client:
    user = User.objects.create(username=name, door=Door.FAMILY)
    claims = {"given_name": "Maud", "family_name": "LEFEVRE", "birthdate": "1985-03-14"}
    SocialAccount.objects.create(user=user, provider="franceconnect", uid=name, extra_data=claims)
    if subject:
        FamilyLink.objects.create(user=user, subject=subject, since=date(2026, 1, 1), how=LinkedBy.BENEFICIARY_NO)
    return client_of(user)


def fields(client: Client, **told: str) -> dict[str, str]:
    """The form as the page gives it, with what is told of the only child asked."""
    child = client.get(PAGE).context["children"][0]
    return {"key": str(uuid4()), f"read-{child['pk']}": child["read"]} | {
        f"{name}-{child['pk']}": value for name, value in told.items()
    }


def answer(client: Client, **told: str) -> Any:
    return client.post(PAGE, fields(client, **told), follow=True)


def test_the_boy_of_seventeen_is_awaited_with_a_deadline_and_what_a_yes_brings() -> None:
    client = parent()

    page = text_of(client.get(HOME))
    asked = client.get(PAGE)

    assert "Une réponse est attendue de vous" in page
    assert "mardi 15 août 2028" in page
    assert WHOLE_NET in page
    # Lina's alone while nobody answered: 426.87 of 2026.
    assert "426,87 €" in page
    assert [one["asked"].child.name for one in asked.context["children"]] == ["Enzo"]
    assert WHOLE_NET in text_of(asked)


@pytest.mark.parametrize(
    ("born", "asked"),
    [("2008-09-15", False), ("2008-09-16", True), ("2010-12-31", True), ("2011-01-01", False)],
)
def test_those_past_sixteen_in_the_year_and_not_eighteen_on_15_september_are_asked(
    tmp_path: Path,
    born: str,
    asked: bool,  # noqa: FBT001
) -> None:
    cells = {"birth_date": born, "dependent_from": born, "updated_at": "2026-08-02T06:00:00+02:00"}
    take_in(tmp_path, "benefit-children", row("benefit-children", **cells), name="born")

    assert bool(parent().get(PAGE).context["children"]) is asked


def test_a_yes_enters_as_the_family_says_it_and_gives_a_receipt() -> None:
    page = answer(parent(), answer="SCHOOL")

    one = Schooling.objects.get()
    assert (one.child_id, one.status, one.source, one.declared_on) == ("K1", "SCHOOL", "FAMILY", DAY)
    assert ReceivedFile.objects.get(pk=one.file_id).origin == FileOrigin.FAMILY
    assert EnteredFacts.objects.get().number in text_of(page)
    assert "Rien n’est attendu de vous" in text_of(page.client.get(HOME))


def test_sent_twice_the_first_receipt_is_shown() -> None:
    client = parent()
    form = fields(client, answer="SCHOOL")

    first, second = client.post(PAGE, form), client.post(PAGE, form, follow=True)

    assert first["Location"] in second.redirect_chain[0][0]
    assert "Rien n’a été fait deux fois" in text_of(second)
    assert Schooling.objects.count() == 1


def test_the_answer_is_changed_again_before_the_payment() -> None:
    client = parent()
    answer(client, answer="SCHOOL")

    answer(client, answer="NONE")

    assert [one.status for one in Schooling.objects.order_by("pk")] == ["SCHOOL", "NONE"]
    assert Schooling.objects.get(known_until=None).status == "NONE"


def test_the_same_answer_again_enters_nothing() -> None:
    client = parent()
    answer(client, answer="SCHOOL")

    again = answer(client, answer="SCHOOL")

    assert again.status_code == 422
    assert "Rien n’a changé" in text_of(again)
    assert Schooling.objects.count() == 1


@pytest.mark.parametrize("pay", ["", "beaucoup", "12345678"])
def test_an_apprentice_without_a_pay_is_asked_for_it(pay: str) -> None:
    page = answer(parent(), answer="APPRENTICE", pay=pay)

    assert page.status_code == 422
    assert "par exemple 740,50" in text_of(page)
    assert Schooling.objects.count() == 0


def test_an_apprentice_with_a_pay_enters_in_cents() -> None:
    answer(parent(), answer="APPRENTICE", pay="740,5 €")

    assert Schooling.objects.get().monthly_pay_cents == 740_50


def test_no_answer_is_no_declaration() -> None:
    page = answer(parent())

    assert page.status_code == 422
    assert "Répondez pour un enfant au moins" in text_of(page)


def paid(run_at: Any) -> Award:
    """The family's ARS, issued by a run that began at that moment: the moment of its issue is what pages read."""
    run = Run.objects.create(
        kind="ars-year", month=date(2026, 8, 1), ordinal=1, day=DAY, parameters_digest="", rule_version="1",
        started_at=run_at, issued_at=run_at,
    )  # fmt: skip
    return Award.objects.create(
        run=run, slice_number=0, benefit="ARS", fund="CAF63", beneficiary_no="0123456", territory="METROPOLE",
        month=date(2026, 8, 1), status="PAID", children=2, gross_cents=897_37, crds_cents=4_48, net_cents=892_89,
        paid_cents=892_89, facts={},
    )  # fmt: skip


def test_once_paid_with_that_answer_only_the_fund_changes_it() -> None:
    client = parent()
    answer(client, answer="SCHOOL")
    paid(Schooling.objects.get().known_from)

    form = client.get(PAGE)
    child = form.context["children"][0]
    sent = client.post(
        PAGE, {"key": str(uuid4()), f"read-{child['pk']}": child["read"], f"answer-{child['pk']}": "NONE"}
    )

    assert "déjà versée avec votre réponse" in text_of(form)
    assert sent.status_code == 422
    assert Schooling.objects.get().status == "SCHOOL"
    assert "892,89 €" in text_of(client.get(HOME))


def test_an_answer_that_no_run_has_read_is_still_the_familys(tmp_path: Path) -> None:
    client = parent()
    paid("2026-08-18T06:00:00+02:00")
    answer(client, answer="SCHOOL")

    answer(client, answer="NONE")

    assert Schooling.objects.get(known_until=None).status == "NONE"


@pytest.mark.parametrize(
    ("day", "told"), [(date(2026, 7, 14), "s’ouvrent le"), (date(2027, 1, 1), "n’est pas encore connu")]
)
def test_out_of_time_nothing_is_taken(settings: Any, day: date, told: str) -> None:
    client = parent()
    form = fields(client, answer="SCHOOL")
    on_day(settings, day)

    assert told in text_of(client.get(PAGE))
    assert client.post(PAGE, form).status_code == 422
    assert Schooling.objects.count() == 0


def test_another_familys_child_is_not_answered_for(tmp_path: Path) -> None:
    family_in(tmp_path / "b", "0999")
    theirs = parent("other", "family:CAF63/0999")
    form = fields(theirs, answer="SCHOOL")

    assert parent().post(PAGE, form).status_code == 422
    assert Schooling.objects.count() == 0


def test_another_familys_receipt_is_not_there(tmp_path: Path) -> None:
    family_in(tmp_path / "b", "0999")
    answer(parent(), answer="SCHOOL")
    receipt = f"{PAGE}recu/{EnteredFacts.objects.get().form_key}/"

    assert parent("other", "family:CAF63/0999").get(receipt).status_code == 404
    assert parent("nobody", "").get(receipt)["Location"] == HOME


@pytest.mark.parametrize(
    ("number", "linked"), [("0123456", True), ("01 234 56", True), ("0123457", False), ("", False)]
)
def test_a_parent_is_linked_by_civil_status_and_number(number: str, linked: bool) -> None:  # noqa: FBT001
    client = parent(subject="")

    page = client.post(HOME, {"number": number})

    assert page.status_code == (302 if linked else 422)
    assert FamilyLink.objects.filter(subject="family:CAF63/0123456").exists() is linked


def test_the_number_of_somebody_else_links_nothing(tmp_path: Path) -> None:
    family_in(tmp_path / "b", "0999", first_names="Anne")

    page = parent(subject="").post(HOME, {"number": "0999"})

    assert page.status_code == 422
    assert FamilyLink.objects.count() == 0


@pytest.fixture
def at_mayotte(tmp_path: Path) -> Client:
    """Enzo of seventeen and Lina of nine; nothing is told of either."""
    family_in(tmp_path / "m", "0976", "CAF976")
    own = {"beneficiary_no": "0976", "fund": "CAF976"}
    take_in(tmp_path / "m", "benefit-children", young() | own, name="young-m")
    return parent("mayotte", "family:CAF976/0976")


def of_child(client: Client, name: str, **told: str) -> Any:
    """What the form sends of one child alone."""
    child = next(one for one in client.get(PAGE).context["children"] if one["asked"].child.name == name)
    sent = {f"{field}-{child['pk']}": value for field, value in told.items()}
    return client.post(PAGE, {"key": str(uuid4()), f"read-{child['pk']}": child["read"]} | sent, follow=True)


def test_at_mayotte_the_class_is_asked_of_who_must_declare_and_nobody_guesses_it(at_mayotte: Client) -> None:
    without = of_child(at_mayotte, "Enzo", answer="SCHOOL", cycle="")

    assert without.status_code == 422
    assert "Choisissez l’école, le collège ou le lycée" in text_of(without)
    assert Schooling.objects.count() == 0
    assert of_child(at_mayotte, "Enzo", answer="SCHOOL", cycle="LYCEE").status_code == 200
    assert Schooling.objects.get().cycle == "LYCEE"
    assert of_child(at_mayotte, "Enzo", answer="NONE", cycle="LYCEE").status_code == 200
    assert Schooling.objects.get(known_until=None).cycle is None


def test_at_mayotte_the_class_of_a_child_of_nine_is_asked_and_why(at_mayotte: Client) -> None:
    """89.72 % of the BMAF of 2026, without CRDS at Mayotte: the least that an answer brings."""
    home, page = text_of(at_mayotte.get(HOME)), text_of(at_mayotte.get(PAGE))

    assert "Rien n’est attendu de vous" not in home
    assert (
        "<strong>Lina</strong> : à l’école primaire, au collège ou au lycée ? À Mayotte le montant suit la classe"
        in home
    )
    assert "Votre réponse ajoute au moins 429,01 €" in home
    assert "À Mayotte son montant suit la classe" in page

    assert of_child(at_mayotte, "Lina", cycle="").status_code == 422
    of_child(at_mayotte, "Lina", cycle="PRIMARY")
    one = Schooling.objects.get()
    assert (one.child_id, one.status, one.cycle, one.source) == ("K2", "SCHOOL", "PRIMARY", "FAMILY")
    of_child(at_mayotte, "Lina", cycle="COLLEGE")
    assert Schooling.objects.get(known_until=None).cycle == "COLLEGE"
    of_child(at_mayotte, "Enzo", answer="SCHOOL", cycle="LYCEE")
    assert "Rien n’est attendu de vous" in text_of(at_mayotte.get(HOME))


def test_at_mayotte_a_class_that_the_fund_knows_is_not_asked(tmp_path: Path, at_mayotte: Client) -> None:
    cells = {"beneficiary_no": "0976", "fund": "CAF976", "source": "FUND"}
    take_in(tmp_path / "m", "schooling", row("schooling", cycle="LYCEE", **cells), name="enzo")
    assert [one["asked"].is_awaited for one in at_mayotte.get(PAGE).context["children"]] == [False, True]

    take_in(tmp_path / "m", "schooling", row("schooling", child_id="K2", cycle="PRIMARY", **cells), name="lina")
    assert [one["asked"].child.name for one in at_mayotte.get(PAGE).context["children"]] == ["Enzo"]
    assert "Rien n’est attendu de vous" in text_of(at_mayotte.get(HOME))


def test_elsewhere_the_class_of_a_child_of_nine_is_nobody_s_question() -> None:
    client = parent()
    answer(client, answer="SCHOOL")

    assert [one["asked"].child.name for one in client.get(PAGE).context["children"]] == ["Enzo"]
    assert "Où Enzo apprend" not in text_of(client.get(PAGE))


def test_what_a_rise_keeps_is_the_rise_alone() -> None:
    """153.01 were paid, 158.01 are due: five euros wait, not 158.01."""
    client, ars = parent(), paid("2026-08-18T06:00:00+02:00")
    run = Run.objects.create(
        kind="aeeh-month", month=date(2026, 9, 1), ordinal=2, day=DAY, parameters_digest="", rule_version="1",
        started_at=ars.run.started_at, issued_at=ars.run.started_at,
    )  # fmt: skip
    Award.objects.create(
        run=run, slice_number=0, benefit="AEEH", fund="CAF63", beneficiary_no="0123456", territory="METROPOLE",
        month=run.month, status="DEFERRED", children=1, gross_cents=158_01, crds_cents=0, net_cents=158_01,
        already_cents=153_01, paid_cents=0, facts={},
    )  # fmt: skip

    page = text_of(client.get(HOME))

    assert "5,00 € gardés pour vous" in page
    assert "158,01" not in page
