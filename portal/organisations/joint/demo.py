"""Joint funds of the demonstration: Lozère's, and a file of the Cantal whose boards have voted and which awaits an opinion."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from portal.accounts.models import User
from portal.accounts.permissions import moment_on
from portal.organisations.joint.acting import Who
from portal.organisations.joint.deliberations import Presented, enter_deliberation, present_file
from portal.organisations.joint.files import Entered, Proposed, enter_opinion, enter_vote, open_creation_file
from portal.organisations.models import CreationFile
from portal.organisations.operations import load_directory

DIRECTOR = "helene"
KEY = uuid5(NAMESPACE_URL, "demo:joint:CCSS15")
Say = Callable[[str], object]


def load(on: date, say: Say) -> None:
    """Everything, once: a second call changes nothing; whole or not at all."""
    load_directory()
    director = User.objects.filter(username=DIRECTOR).first()
    if director is None or CreationFile.objects.filter(form_key=KEY).exists():
        return
    with transaction.atomic():
        _cantal(director.pk, on)
        _lozere(director.pk, on)
    say("Caisses communes : la Lozère, et un dossier du Cantal qui attend un avis national.")


def _who(user_pk: int, day: date) -> Who:
    return Who(user_pk, day, moment_on(day))


def _cantal(user_pk: int, on: date) -> None:
    """Proposed in spring, voted in September; one national body has answered, the other not yet."""
    proposed = on - timedelta(days=150)
    asked = Proposed(
        "15", ("SICKNESS", "FAMILY"), "Caisse commune de sécurité sociale du Cantal", "Aurillac", proposed_on=proposed
    )
    file, _again = open_creation_file(proposed=asked, key=KEY, who=_who(user_pk, proposed))
    for body, days in (("CPAM15", 46), ("CAF15", 41)):
        held = on - timedelta(days=days)
        vote = Entered(body, held, True, f"Procès-verbal du {held:%d/%m/%Y}")
        enter_vote(creation_pk=file.pk, vote=vote, who=_who(user_pk, held))
    given = on - timedelta(days=12)
    opinion = Entered("CNAF", given, True, f"Conseil d’administration du {given:%d/%m/%Y}")
    enter_opinion(creation_pk=file.pk, opinion=opinion, who=_who(user_pk, given))


def _lozere(user_pk: int, on: date) -> None:
    """Two files of social action: one adopted, one that waits for the council."""
    for title, guideline, days, adopted in (
        ("Aide aux départs en vacances des familles, saison d’été", "Accès de toutes les familles aux vacances et aux loisirs", 60, 30),
        ("Itinérance d’un relais petite enfance dans la Margeride", "Accueil du jeune enfant dans les territoires ruraux", 10, None),
    ):  # fmt: skip
        day = on - timedelta(days=days)
        presented = Presented("CCSS48", title, day, guideline)
        made, _again = present_file(presented=presented, key=uuid5(KEY, title), who=_who(user_pk, day))
        if adopted is not None:
            decided = on - timedelta(days=adopted)
            enter_deliberation(
                deliberation_pk=made.pk, deliberated_on=decided, is_adopted=True, who=_who(user_pk, decided)
            )
