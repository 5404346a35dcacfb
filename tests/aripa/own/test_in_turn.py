"""What two windows, two parents, or a parent and an agent do of one case at once is done one after the other."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from aripa.models import ActKind, ParentAct
from aripa.own import acts
from aripa.own.entering import NotPossible, Who
from aripa.own.standing import Standing, standing_of
from tests.aripa.own.cases import DAY, events_of, person
from tests.aripa.own.test_acts import PNG, refused, sent
from tests.aripa.rows import NOW

pytestmark = pytest.mark.django_db


def test_another_thing_of_the_same_kind_is_not_given_the_receipt_of_the_first(sandra: Client) -> None:
    """Whoever offers another sum reads that it was not kept; the same again is the first receipt."""
    sent(sandra, "difficulte/FAURE-1/", offer="100", words="")

    assert "Celle-ci n’a pas été gardée" in refused(sandra, "difficulte/FAURE-1/", offer="150", words="")
    assert "Rien n’a été fait deux fois" in sent(sandra, "difficulte/FAURE-1/", offer="100", words="")

    paid_it = {"month": "2026-10", "cents": "250", "paid_on": "2026-10-14", "to": "parent"}
    sent(sandra, "deja-paye/FAURE-1/", **paid_it)
    assert "Celle-ci n’a pas été gardée" in refused(sandra, "deja-paye/FAURE-1/", **paid_it | {"cents": "200"})
    assert "Rien n’a été fait deux fois" in sent(sandra, "deja-paye/FAURE-1/", **paid_it)


def test_a_person_who_answered_first_is_not_overruled_by_a_tap(sandra: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused while the other parent's page was open: no month is settled, and the person's answer stays."""
    sent(sandra, "deja-paye/FAURE-1/", month="2026-10", cents="250,00", paid_on="2026-10-14", to="parent",
         proof=SimpleUploadedFile("releve.png", PNG))  # fmt: skip
    asked = ParentAct.objects.get()
    who, found = Who(person("julien", "P-FAURE-1"), "P-FAURE-1", DAY, NOW), standing_of("P-FAURE-1", "FAURE-1")
    assert found is not None
    read = acts.asked_to_confirm

    def then_refused(found: Standing) -> ParentAct | None:
        """What the tap read, just before the person's answer."""
        seen = read(found)
        ParentAct.objects.filter(pk=asked.pk).update(answer="REFUSED", answered_on=DAY)
        return seen

    monkeypatch.setattr(acts, "asked_to_confirm", then_refused)
    with pytest.raises(NotPossible, match="elle a changé"):
        acts.confirm_paid(found=found, who=who, key=uuid4(), about=asked.pk, received=True)

    assert ParentAct.objects.count() == 1
    assert [kind for kind, _party, _cents in events_of("FAURE-1")] == ["COMPLAINT"]


@pytest.mark.django_db(transaction=True)
def test_two_windows_at_once_ask_once(october: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with a form of its own: both have looked, and found nothing that waits."""
    both, pending = Barrier(2), acts.pending

    def looked(found: Standing, *kinds: ActKind) -> ParentAct | None:
        seen = pending(found, *kinds)
        with contextlib.suppress(BrokenBarrierError):
            both.wait(1)
        return seen

    who, found = Who(person("sandra", "D-FAURE-1"), "D-FAURE-1", DAY, NOW), standing_of("D-FAURE-1", "FAURE-1")
    assert found is not None
    monkeypatch.setattr(acts, "pending", looked)

    def ask(_number: int) -> bool:
        try:
            return acts.ask_end(found=found, who=who, key=uuid4())[1]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as two:
        assert sorted(two.map(ask, range(2))) == [False, True]
    assert events_of("FAURE-1") == [("END_REQUEST", "DEBTOR", None)]
