"""What the dashboard of the direction shows of joint funds."""

from datetime import date

from django.urls import reverse

from portal.accounts.models import User
from portal.accounts.permissions import may
from portal.accounts.rights import Right
from portal.frame.steering import Section, Waiting, Way
from portal.frame.templatetags.portal import plural
from portal.organisations.joint.acting import conducted
from portal.organisations.joint.files import OPEN
from portal.organisations.joint.living import files_due
from portal.organisations.joint.returning import returns_due
from portal.organisations.joint.selectors import living_on
from portal.organisations.models import CreationFile, FundOrder, FundOrderState, Organisation


def joint_section(user: User, day: date) -> Section:
    """What exists and what is prepared, for who may see it."""
    if not may(user, Right.SEE_JOINT_FUNDS, day):
        return Section("Caisses communes", [])
    prepared = CreationFile.objects.filter(state__in=OPEN).count()
    said = f"{prepared} {plural('dossier de création,dossiers de création', prepared)}" if prepared else ""
    return Section("Caisses communes", [
        Way("Ce qui existe, ce qui se prépare", reverse("organisations:joint_funds"), said),
        Way("Qui est compétent ?", reverse("organisations:competence")),
    ])  # fmt: skip


def joint_waiting(user: User, day: date) -> list[Waiting]:
    """For the funds of their own départements, or of all at a national posting: a fund whose day has come and that does not work
    yet, or whose files did not go back; an order to confirm; an experiment that ends soon and that nothing made permanent."""
    home, told = reverse("organisations:joint_funds"), []
    if may(user, Right.CONFIRM_JOINT_ORDERS, day):
        orders = FundOrder.objects.filter(state=FundOrderState.ENTERED).exclude(entered_by=user)
        seats = list(orders.values_list("body__seat_departement", flat=True))
        words = "arrêté de caisse commune à confirmer,arrêtés de caisses communes à confirmer"
        told.append(Waiting(_theirs(user, Right.CONFIRM_JOINT_ORDERS, seats, day), words, home))
    if not may(user, Right.FILE_JOINT_FUNDS, day):
        return told
    near = [one.body.seat_departement for one in living_on(day) for each in one.experiments if each.is_near]
    found = (
        (_begin_due(day), "caisse commune à mettre en service,caisses communes à mettre en service"),
        (_end_due(day), "caisse commune finie à rendre,caisses communes finies à rendre"),
        (near, "expérience de caisse commune à rendre permanente,expériences de caisses communes à rendre permanentes"),
    )
    return [*told, *(Waiting(_theirs(user, Right.FILE_JOINT_FUNDS, seats, day), words, home) for seats, words in found)]


def _begin_due(day: date) -> list[str]:
    due = files_due(day)
    return list(CreationFile.objects.filter(pk__in=due).values_list("departement", flat=True)) if due else []


def _end_due(day: date) -> list[str]:
    due = [body for body, _ends_on in returns_due(day)]
    seats = dict(Organisation.objects.filter(pk__in=due).values_list("code", "seat_departement")) if due else {}
    return [seats[body] for body in due]


def _theirs(user: User, right: Right, departements: list[str], day: date) -> int:
    """How many are in the départements where this person acts. Nothing is asked while nothing waits, as on most days."""
    there = conducted(user, day, right) if departements else None
    return sum(1 for one in departements if there is None or one in there)
