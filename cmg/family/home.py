"""The family's first page: one answer first (all is well, or the one alert), then what moves next and what is awaited."""

from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse

from cmg.declaring.windows import window_of
from cmg.family.holds import Hold, hold_of, stopped_words
from cmg.family.household import Household
from cmg.family.months import READY, SENT, STOPPED, OwnMonth, months_to_declare
from cmg.family.movements import Movement
from cmg.family.neighbours import address_of
from cmg.family.people import Owner
from cmg.models import Report
from cmg.remedies.reports import OPEN_REPORTS
from portal.frame.templatetags.portal import long_day, money, month_key, month_name

MONTHS_ON_HOME = 6


@dataclass(frozen=True)
class Alert:
    """What the family must know first: never more than one. `more` is a second gesture (words, address)."""

    title: str
    lines: list[str]
    link: str
    action: str
    more: tuple[str, str, str] | None = None


@dataclass(frozen=True)
class ToDo:
    words: str
    link: str


@dataclass(frozen=True)
class Home:
    alert: Alert | None
    calm: str
    next_movement: Movement | None
    to_do: list[ToDo]
    months: list[OwnMonth]
    owner: Owner
    followed: list[ToDo] = field(default_factory=list)


def home_of(
    home: Household, months: list[OwnMonth], owner: Owner, day: date, others: list[Movement], left: dict[date, int]
) -> Home:  # fmt: skip
    """The first page, from what the family's rows say. `others`: movements outside any month (advances, aids); `left`:
    how many cares are still to be declared, by month."""
    money_lines = [movement for one in months for movement in one.movements] + others
    alerts = [*_failed(money_lines, owner), *_held(home, months, owner), *_stopped(months, owner)]
    to_do = [ToDo(_short(alert), alert.link) for alert in alerts[1:]]
    to_do += _expected(home, months, owner)
    to_do += _declarations(months, left, day) if months else first_things(_declarations(months, left, day))
    coming = sorted((one for one in money_lines if one.is_coming and one.day), key=lambda one: one.day or date.max)
    followed = followed_reports(home.employer_no, months)
    calm = "" if alerts else calm_words(months, bool(to_do), bool(followed))
    return Home(
        alerts[0] if alerts else None,
        calm,
        coming[0] if coming else None,
        to_do,
        months[:MONTHS_ON_HOME],
        owner,
        followed,
    )


def first_things(declarations: list[ToDo]) -> list[ToDo]:
    """What a family looks at on its first visit; last, the month to declare, or when that will be."""
    return [
        ToDo("Vérifier vos droits : les enfants, les dates, les revenus.", address_of("rights")),
        ToDo("Vérifier votre compte bancaire.", address_of("account")),
        *(declarations or [ToDo("Voir quand déclarer votre premier mois de garde.", address_of("declare"))]),
    ]


def _declarations(months: list[OwnMonth], left: dict[date, int], day: date) -> list[ToDo]:
    """``Vous n’avez pas encore déclaré octobre 2026. Dernier jour : jeudi 5 novembre 2026.``"""
    untouched, found = months_to_declare(months, left), []
    for month, count in left.items():
        last, name = long_day(window_of(month, day).last_day), month_name(month)
        cares = "1 garde" if count == 1 else f"{count} gardes"
        words = (
            f"Vous n’avez pas encore déclaré {name}."
            if month in untouched
            else f"Il reste {cares} à déclarer pour {name}."
        )
        found.append(ToDo(f"{words} Dernier jour : {last}.", address_of("declare")))
    return found


def followed_reports(employer_no: str, months: list[OwnMonth]) -> list[ToDo]:
    """What the family reported and that is not answered, with its date; an alert tells of those that stop a debit."""
    told = {one.report.pk for one in months if one.state == STOPPED and one.report is not None}
    found = Report.objects.filter(employer_no=employer_no, state__in=OPEN_REPORTS).exclude(pk__in=told).order_by("pk")
    return [
        ToDo(f"Signalement {one.number} : réponse avant le {long_day(one.first_answer_by)}.",
             reverse("cmg:own_follow", args=[one.number]))
        for one in found
    ]  # fmt: skip


def calm_words(months: list[OwnMonth], something_to_do: bool, followed: bool = False) -> str:
    """``Tout est en ordre. Rien ne sera prélevé en octobre. 461,53 € arrivent mercredi 28 octobre 2026.``"""
    coming = next((one for one in months if one.state in (READY, SENT)), None)
    if not months:
        return "Votre dossier est relié. Voici trois choses à vérifier."
    if coming is None:
        start = "Aucun prélèvement ni versement n’est prévu."
        if something_to_do:
            return f"{start} Une chose est à faire de votre côté."
        return start if followed else f"Tout est en ordre. {start}"
    debits = [one for one in coming.coming if one.is_debit]
    credits = [one for one in coming.coming if not one.is_debit]
    said = [one.sentence for one in debits] or [f"Rien ne sera prélevé en {_month(coming)}."]
    said += [_arrives(one) for one in credits]
    return " ".join(said if followed else ["Tout est en ordre.", *said])


def _arrives(one: Movement) -> str:
    if one.day is None:
        return one.sentence
    return f"{money(one.cents)} {'arrivent' if one.cents >= 200 else 'arrive'} le {long_day(one.day)}."


def _month(one: OwnMonth) -> str:
    return month_name(one.month).split(" ")[0]


def _failed(movements: list[Movement], owner: Owner) -> list[Alert]:
    """Money that came back is said before everything else."""
    payments = reverse("cmg:own_payments")
    found = []
    for one in movements:
        title = "Votre banque a refusé un prélèvement" if one.is_debit else "Un versement est revenu"
        lines = [one.sentence, one.what_next] if one.failed else []
        lines += [owner.words] if one.failed and owner.is_open else []
        if one.needs_account:
            more = ("Pour le détail :", payments, "voir ce versement")
            found.append(Alert(title, lines, address_of("account"), "Donner un autre compte", more))
        elif one.failed:
            found.append(Alert(title, lines, payments, "Voir ce paiement"))
    return found


def _held(home: Household, months: list[OwnMonth], owner: Owner) -> list[Alert]:
    holds = [hold for one in months if (hold := hold_of(home, one, owner)) is not None]
    return [_hold_alert(hold) for hold in holds]


def _hold_alert(hold: Hold) -> Alert:
    lines = [hold.amount_words]
    if hold.child:
        lines.append(f"Cela ne concerne que {hold.child} : le reste est réglé.")
    lines += [*hold.reasons, hold.owner.words, hold.todo_words]
    awaited, more = hold.month.awaited_cents, None
    if awaited:
        more = (f"Vous attendez {money(awaited)} :", reverse("cmg:own_advance"), "demander une avance")
    return Alert(hold.title, lines, own_month_address(hold.month.month), "Voir où ça en est", more)


def _stopped(months: list[OwnMonth], owner: Owner) -> list[Alert]:
    return [
        Alert(
            "Nous avons arrêté un prélèvement", [stopped_words(one), owner.words],
            reverse("cmg:own_follow", args=[one.report.number]), "Suivre ce signalement",
        )
        for one in months if one.state == STOPPED and one.report is not None
    ]  # fmt: skip


def _expected(home: Household, months: list[OwnMonth], owner: Owner) -> list[ToDo]:
    found = {}
    for one in months:
        hold = hold_of(home, one, owner)
        for words, page in hold.expected if hold else []:
            found[words] = ToDo(words, address_of(page))
    return list(found.values())


def _short(alert: Alert) -> str:
    return f"{alert.title} : {alert.lines[0]}"


def own_month_address(month: date) -> str:
    return reverse("cmg:own_month", args=[month_key(month)])
