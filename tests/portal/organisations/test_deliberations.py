"""Social action: presented by the direction, in line with a guideline, deliberated once."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from portal.accounts.models import Posting, Role, User
from portal.audit.models import JournalEntry
from portal.organisations.joint.acting import JointRefused
from portal.organisations.joint.deliberations import Presented, enter_deliberation, present_file
from portal.organisations.models import SocialActionDeliberation
from portal.organisations.operations import load_directory
from tests.portal.organisations.world import DAY, director, who

pytestmark = pytest.mark.django_db
GOOD = Presented("CCSS48", "Aide aux vacances des familles", date(2026, 10, 1), "Accès aux loisirs et aux vacances")


def test_a_file_is_presented_then_deliberated_once():
    load_directory()
    key = uuid4()
    made, again = present_file(presented=GOOD, key=key, who=director())
    assert (present_file(presented=GOOD, key=key, who=director()), again) == ((made, True), False)

    with pytest.raises(JointRefused) as refused:
        enter_deliberation(deliberation_pk=made.pk, deliberated_on=date(2026, 9, 30), is_adopted=None, who=director())
    assert sorted(refused.value.errors) == ["deliberated_on", "is_adopted"]
    done, again = enter_deliberation(deliberation_pk=made.pk, deliberated_on=DAY, is_adopted=True, who=director())
    assert (done.is_adopted, again) == (True, False)
    assert enter_deliberation(deliberation_pk=made.pk, deliberated_on=DAY, is_adopted=True, who=director())[1]
    with pytest.raises(JointRefused, match="déjà délibéré"):
        enter_deliberation(deliberation_pk=made.pk, deliberated_on=DAY, is_adopted=False, who=director())
    told = JournalEntry.objects.filter(subject=f"joint.deliberation:{made.pk}").values_list("action", flat=True)
    assert sorted(told) == ["joint.deliberated", "joint.presented"]


@pytest.mark.parametrize(
    ("case", "presented", "field", "words"),
    [
        ("no guideline", replace(GOOD, guideline=""), "guideline", "CSS L. 216-5"),
        ("a Caf is no joint fund", replace(GOOD, body="CAF63"), "body", "Choisissez la caisse commune"),
        ("the eve of its first day", replace(GOOD, presented_on=date(2008, 12, 31)), "body", "pas la branche famille"),
        ("a day to come", replace(GOOD, presented_on=date(2026, 10, 27)), "presented_on", "au plus tard"),
        ("no title", replace(GOOD, title="Aide"), "title", "10 à 200"),
    ],
)
def test_what_is_not_presented(case, presented, field, words):
    load_directory()
    with pytest.raises(JointRefused) as refused:
        present_file(presented=presented, key=uuid4(), who=director())
    assert words in refused.value.errors[field], case
    assert not SocialActionDeliberation.objects.exists()


def test_nobody_presents_but_the_direction():
    load_directory()
    other = User.objects.create(username="adjointe")
    Posting.objects.create(user=other, role=Role.SUPERVISOR, fund="CAF63", starts_on=date(2026, 1, 1))
    with pytest.raises(JointRefused, match="La direction"):
        present_file(presented=GOOD, key=uuid4(), who=who(other))
