"""How far a signature goes: nobody signs for families that their posting does not open. The database asks the same."""

from collections.abc import Sequence
from datetime import date

from portal.accounts.models import Posting, Role, User
from portal.accounts.permissions import EVERYWHERE
from portal.batches.models import OFFICERS, Run
from portal.batches.selectors import people_by_role


def reaches(user: User, role: Role, run: Run, on: date) -> bool:
    """Whether the postings of `user` in `role` open every family that the run decides for."""
    posted = Posting.objects.in_force_on(on).filter(user_id=user.pk, role=role)
    served = set(posted.values_list("serves", flat=True))
    if "" in served and role in EVERYWHERE:
        return True
    return bool(run.funds) and set(run.funds or []) <= served - {""}


def beyond(user: User, held: Sequence[Role], on: date) -> str:
    """Why an officer of one fund does not sign for all of them, and who does."""
    posted = Posting.objects.in_force_on(on).filter(user_id=user.pk, role__in=held).order_by("pk")
    places = " ; ".join(posting.place for posting in posted)
    people = people_by_role([Role(role) for role in OFFICERS], on)
    who = [f"{' ou '.join(people[role])} ({Role(role).label.lower()})" for role in OFFICERS if role in people]
    signs = f"Le signent : {', puis '.join(who)}." if who else "Demandez l’affectation nationale d’un ordonnateur."
    return f"Cet arrêté décide pour les familles de toutes les caisses, et votre affectation est locale ({places}). {signs}"


def beyond_named(run: Run) -> str:
    """Why a caseworker does not approve for a family of another fund, and who does."""
    funds = ", ".join(run.funds or []) or "plusieurs caisses"
    return (
        f"Cette correction vise une famille de {funds}, que votre affectation n’ouvre pas. "
        "L’approuve une personne de la gestion ou de l’encadrement de cette caisse, ou de Pajemploi."
    )
