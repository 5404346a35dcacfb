"""The day of an end is changed, or repealed, by another order, as long as it has not come; an experiment ends by the law."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from portal.accounts.models import Posting, Role, User
from portal.accounts.permissions import funds_on
from portal.organisations.joint.acting import JointRefused
from portal.organisations.joint.files import open_creation_file, withdraw
from portal.organisations.joint.funds import backs_of, orders_of, staying
from portal.organisations.joint.orders import Ordered, confirm_fund_order
from portal.organisations.joint.selectors import story_of
from portal.organisations.joint.tasks import end_due
from portal.organisations.models import BodyMission, CreationFile, FundOrder, FundReturn, Organisation
from portal.organisations.operations import load_directory
from portal.organisations.serving import competent_for
from tests.aripa.agents import client_of, on_day, text_of
from tests.portal.organisations.test_ending import (
    END,
    ENDS,
    ENTERED,
    EVE,
    conducting,
    confirmed,
    ends_of,
    entered,
    officer,
    working,
)
from tests.portal.organisations.test_experiments import KEPT, experiment, refused
from tests.portal.organisations.test_moving import agent, dossier
from tests.portal.organisations.world import BEGINS, CANTAL, opened

pytestmark = pytest.mark.django_db
LATER = replace(END, reference="Arrêté du 20 juin 2027", ends_on=date(2029, 1, 1))
REPEAL = Ordered("CCSS15", "REPEAL", "Arrêté du 20 juin 2027", date(2027, 6, 1))
NEXT = ENTERED + timedelta(days=20)


def posted_for_the_day_after() -> tuple[User, User]:
    """At the Caf that answers again: a caseworker, and a seat on its board."""
    return agent("odile", "CAF15", since=ENDS), agent("elue", "CAF15", Role.BOARD_MEMBER, since=ENDS)


def test_an_end_typed_for_the_wrong_year_is_postponed_and_files_go_back_on_the_right_day(settings: Any) -> None:
    dossier(1)
    file = working()
    confirmed()
    odile, seated = posted_for_the_day_after()
    told = staying("CCSS15", NEXT, LATER.ends_on)
    assert told is not None
    assert (told.ends, told.people, told.seats) == (
        [("Famille", ENDS, LATER.ends_on), ("Maladie", ENDS, LATER.ends_on)], 1, 1,
    )  # fmt: skip
    order = confirmed(LATER, NEXT)
    assert set(ends_of().values()) == {LATER.ends_on}
    settings.PORTAL_DAY = ENDS
    end_due()
    assert not FundReturn.objects.exists()
    assert competent_for("CAF15", "FAMILY", ENDS) == "CCSS15"
    assert funds_on(odile, ENDS) == ["CAF15"]
    assert Posting.objects.get(user=odile).fund == "CCSS15", "nobody waits at the Caf for files that it does not hold"
    assert not Posting.objects.filter(user=seated).exists()
    settings.PORTAL_DAY = LATER.ends_on
    end_due()
    file.refresh_from_db()
    assert (file.state, file.withdrawn_on) == ("WITHDRAWN", LATER.ends_on)
    assert order.reference in file.withdrawn_because
    assert Posting.objects.get(user=odile, starts_on=LATER.ends_on).fund == "CAF15"
    assert order.reference in backs_of("CCSS15")[0].why


def test_an_end_is_brought_forward_as_well() -> None:
    working()
    confirmed(LATER)
    assert staying("CCSS15", NEXT, ENDS) is None, "nothing goes on for longer"
    confirmed(END, NEXT)
    assert set(ends_of().values()) == {ENDS}


def test_a_repeal_leaves_a_permanent_fund_without_an_end_and_its_story_says_so() -> None:
    working()
    first = confirmed()
    odile, _seated = posted_for_the_day_after()
    order = entered(REPEAL, NEXT)
    assert set(ends_of().values()) == {ENDS}, "nothing changes until another person confirms"
    with pytest.raises(JointRefused, match="une autre personne le confirme"):
        confirm_fund_order(order_pk=order.pk, who=conducting(NEXT))
    confirm_fund_order(order_pk=order.pk, who=officer(NEXT))
    assert set(ends_of().values()) == {None}
    assert Posting.objects.get(user=odile).fund == "CCSS15"
    assert [(one.pk, replaced) for one, _branches, replaced in orders_of("CCSS15")] == [
        (order.pk, False),
        (first.pk, True),
    ]
    told = [event.what for event in story_of(Organisation.objects.get(code="CCSS15"), NEXT)]
    assert f"Un arrêté abroge sa fin : {REPEAL.reference}." in told
    assert f"Un arrêté la finit : {END.reference}." not in told
    assert confirmed(LATER, NEXT + timedelta(days=1)).state == "CONFIRMED", "it may be ended anew"


@pytest.mark.parametrize("order", [LATER, REPEAL])
def test_the_eve_is_the_last_day_on_which_an_end_is_changed(order: Ordered) -> None:
    working()
    confirmed()
    late = entered(order, EVE)
    with pytest.raises(JointRefused):
        confirm_fund_order(order_pk=late.pk, who=officer(ENDS))
    assert set(ends_of().values()) == {ENDS}
    assert confirm_fund_order(order_pk=late.pk, who=officer(EVE))[0].state == "CONFIRMED"
    assert set(ends_of().values()) == {order.ends_on}


def test_what_changes_nothing_is_refused() -> None:
    working()
    with pytest.raises(JointRefused, match="rien à abroger"):
        entered(REPEAL)
    confirmed()
    with pytest.raises(JointRefused, match="finit déjà ce jour-là"):
        entered(replace(LATER, ends_on=ENDS))
    with pytest.raises(JointRefused, match="jour à venir"):
        entered(replace(REPEAL, signed_on=ENTERED + timedelta(days=1)))


def test_an_experiment_is_ended_before_its_day_and_no_later() -> None:
    experiment()
    sooner, between = date(2027, 9, 1), date(2027, 11, 1)
    with pytest.raises(JointRefused, match="rien à abroger"):
        entered(REPEAL)
    confirmed(replace(END, ends_on=sooner))
    for beyond in (ENDS, LATER.ends_on):
        with pytest.raises(JointRefused, match="Seule une pérennisation la prolonge"):
            entered(replace(LATER, ends_on=beyond), NEXT)
    confirmed(replace(LATER, ends_on=between), NEXT)
    assert set(ends_of().values()) == {between}
    confirmed(REPEAL, NEXT)
    assert set(ends_of().values()) == {ENDS}, "the law's own end is not repealed"
    confirmed(replace(KEPT, branches=("FAMILY",)), NEXT)
    assert ends_of() == {"FAMILY": None, "SICKNESS": ENDS}


def test_a_mission_made_permanent_ends_and_its_repeal_gives_no_experiment_back() -> None:
    experiment()
    confirmed(KEPT)
    confirmed(replace(END, ends_on=date(2027, 9, 1)), NEXT)
    confirmed(LATER, NEXT)
    assert set(ends_of().values()) == {LATER.ends_on}
    confirmed(REPEAL, NEXT)
    assert set(ends_of().values()) == {None}


def test_lozere_permanent_since_long_is_ended_postponed_and_kept() -> None:
    load_directory()
    for order in (replace(END, body="CCSS48"), replace(LATER, body="CCSS48"), replace(REPEAL, body="CCSS48")):
        confirmed(order)
        assert set(ends_of("CCSS48").values()) == {order.ends_on}


def test_a_branch_taken_between_the_order_and_its_confirmation_is_not_left_behind() -> None:
    working()
    order = entered()
    load_directory()
    BodyMission.objects.create(
        body_id="CCSS15", branch="COLLECTION", departement="15", former_id="CAF15", starts_on=BEGINS
    )
    with pytest.raises(JointRefused, match="Les missions de la caisse ont changé"):
        confirm_fund_order(order_pk=order.pk, who=officer())


def test_an_end_is_not_repealed_under_a_fund_prepared_for_the_day_after_it() -> None:
    """Its first day would fall on missions that go on. One more branch prepared beside them hinders nothing."""
    working()
    confirmed()
    one_more = replace(CANTAL, branches=("COLLECTION",), proposed_on=ENTERED)
    beside = open_creation_file(proposed=one_more, key=uuid4(), who=conducting(NEXT))[0]
    order = entered(REPEAL, NEXT)
    withdraw(creation_pk=beside.pk, reason="Les conseils ont renoncé.", who=conducting(NEXT))
    instead = opened()
    with pytest.raises(JointRefused, match="Un dossier de création est ouvert"):
        confirm_fund_order(order_pk=order.pk, who=officer(NEXT))
    withdraw(creation_pk=instead.pk, reason="Les conseils ont renoncé.", who=conducting(NEXT))
    assert confirm_fund_order(order_pk=order.pk, who=officer(NEXT))[0].state == "CONFIRMED"


def test_the_database_lets_the_last_order_alone_say_when_a_mission_ends() -> None:
    experiment()
    held = BodyMission.objects.filter(body="CCSS15")
    first = replace(END, ends_on=date(2027, 9, 1))
    confirmed(first)
    confirmed(replace(first, ends_on=date(2027, 11, 1)), NEXT)
    for day in (first.ends_on, None, ENDS):
        with refused("par un arrêté confirmé"), transaction.atomic():
            held.update(ends_on=day)
    confirmed(REPEAL, NEXT)
    for day in (None, first.ends_on):
        with refused("par un arrêté confirmé"), transaction.atomic():
            held.update(ends_on=day)
    with refused("fundorder_end_has_its_day"), transaction.atomic():
        FundOrder.objects.create(
            body_id="CCSS15", kind="REPEAL", branches=["FAMILY"], reference="Arrêté", signed_on=ENTERED, ends_on=ENDS,
            entered_on=NEXT, entered_by=User.objects.get(username="directrice"), form_key=uuid4(),
        )  # fmt: skip


def test_the_page_of_a_fund_that_ends_offers_another_day_and_the_repeal(settings: Any) -> None:
    on_day(settings, ENTERED)
    working()
    client = client_of(User.objects.get(username="directrice"))
    where = "/agent/caisses/communes/CCSS15/"
    assert client.get(f"{where}abroger/").status_code == 409
    confirmed()
    odile, _seated = posted_for_the_day_after()
    page = text_of(client.get(where))
    assert "Inscrire l’arrêté qui change sa fin" in page
    assert "Inscrire l’arrêté qui abroge sa fin" in page
    assert "Celui-ci le remplacera" in text_of(client.get(f"{where}fin/"))
    page = text_of(client.get(f"{where}abroger/"))
    for told in ("sans jour de fin", "1 personne déjà affectée", "1 siège déjà donné"):
        assert told in page, told
    form = {"key": str(uuid4()), "reference": REPEAL.reference, "signed_on": "01/06/2027"}
    sent = client.post(f"{where}abroger/", form)
    assert sent.status_code == 302
    other = client_of(User.objects.get(pk=officer().user_pk))
    page = text_of(other.get(sent["Location"]))
    assert "Abrogation de sa fin" in page
    assert "1 personne déjà affectée" in page
    assert "fixe déjà le dernier jour de cette caisse au 31/12/2027" in page
    assert other.post(f"{sent['Location']}confirmer/", {"key": str(uuid4())}).status_code == 302
    assert "est abrogée" in text_of(other.get(sent["Location"]))
    page = text_of(client.get(where))
    assert "confirmé, puis changé" in page
    assert "Un arrêté la finit" not in page
    replaced = FundOrder.objects.filter(kind="END").get()
    assert "a changé cette fin avant son jour" in text_of(client.get(f"/agent/caisses/arretes/{replaced.pk}/"))
    assert CreationFile.objects.get().state == "LIVE"
