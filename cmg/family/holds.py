"""Why something does not leave, in the family's words: the reason, what it must do (most often nothing), what comes."""

from dataclasses import dataclass
from datetime import date, timedelta

from cmg.family.household import Household, listed
from cmg.family.months import OwnMonth
from cmg.family.people import Owner
from cmg.reconciliation.catalogue import HOLDING, catalogue
from portal.frame.templatetags.portal import long_day, money, month_name

REASONS_MOST = 2
# What only the family can give: a sentence, and the page where it is given.
EXPECTED = {
    "CMG-021": ("Vérifiez le nombre de jours de votre déclaration.", "declare"),
    "CMG-033": ("Ajoutez votre compte bancaire : votre aide repart dès qu’il est vérifié.", "account"),
    "CMG-034": ("Vérifiez l’agrément de la personne qui garde votre enfant, puis écrivez-nous.", "messages"),
    "CMG-035": ("Vérifiez le type de garde de votre déclaration.", "declare"),
}
UNNAMED = "Votre enfant"
NO_REASON = "Une information de votre dossier est à vérifier."


@dataclass(frozen=True)
class Hold:
    """What a month keeps from leaving. `expected`: what the family must do, with the name of its page; often nothing."""

    month: OwnMonth
    reasons: list[str]
    expected: list[tuple[str, str]]
    owner: Owner
    child: str = ""

    @property
    def title(self) -> str:
        if self.month.stopped_cents:
            return "Nous avons arrêté un prélèvement"
        return "Nous vérifions avant de verser votre aide"

    @property
    def amount_words(self) -> str:
        """The amount in question: never a zero for what is not known."""
        cents = self.month.stopped_cents
        if cents:
            return f"{money(cents)} ne partent pas de votre compte."
        return "Rien n’est prélevé tant que ce n’est pas réglé."

    @property
    def awaited_words(self) -> str:
        """What is planned once it is settled, by the best-known right."""
        awaited, due = self.month.awaited_cents, self.month.due_cents
        if awaited is None or due is None:
            return "Nous ne pouvons pas encore dire le montant de l’aide : votre droit n’est pas connu."
        debit = f"{money(due)} à prélever" if due else "rien à prélever"
        return f"{debit}, {money(awaited)} à verser" if awaited else f"{debit}, pas d’aide à verser"

    @property
    def todo_words(self) -> str:
        return " ".join(words for words, _page in self.expected) or "Vous n’avez rien à faire."


def hold_of(home: Household, one: OwnMonth, owner: Owner) -> Hold | None:
    """The hold of a month; None when nothing of it is held."""
    if not one.held:
        return None
    holding = [code for code in one.codes if catalogue()[code].effect in HOLDING] or one.codes
    reasons = [reason_words(code, home, one, owner) for code in holding]
    if one.report is not None and not holding:
        reasons = [f"Vous nous l’avez signalé (numéro {one.report.number})."]
    expected = [EXPECTED[code] for code in one.codes if code in EXPECTED]
    child = ""
    if one.settled:
        child = listed(disputed_children(home, one))
    return Hold(one, list(dict.fromkeys(reasons))[:REASONS_MOST] or [NO_REASON], expected, owner, child)


def disputed_children(home: Household, one: OwnMonth) -> list[str]:
    """First names of the children whose part waits."""
    held = [child for row in one.held for child in row.declaration.child_ids.split("|")]
    return list(dict.fromkeys(home.child(child) for child in held if home.child(child)))


def reason_words(code: str, home: Household, one: OwnMonth, owner: Owner) -> str:
    """The catalogue's sentence for families, with the child, the person and the date in their places."""
    # A child whom nobody named yet is never told as a brother or sister whose part is settled.
    children = disputed_children(home, one)
    named = listed(children) or UNNAMED
    sentence = catalogue()[code].family
    if len(children) > 1:
        sentence = sentence.replace("{enfant} n’est pas encore relié", "{enfant} ne sont pas encore reliés")
        sentence = sentence.replace("{enfant} est rattaché", "{enfant} sont rattachés")
        sentence = sentence.replace("{enfant} a passé", "{enfant} ont passé")
    if not children and not sentence.startswith("{enfant}"):
        named = named[0].lower() + named[1:]
    sentence = sentence.replace("{enfant}", named).replace("{nom}", owner.name)
    return sentence.replace("{date}", _date_words(code, home, one, owner))


def _date_words(code: str, home: Household, one: OwnMonth, owner: Owner) -> str:
    if code == "CMG-011":
        ends = [right.ends_on for right in home.rights() if right.child_id in one.child_ids and right.ends_on]
        last = max(ends, default=None)
        return long_day(last - timedelta(days=1) if last else _end_of(one.month))
    return long_day(owner.deadline) if owner.deadline else "(date donnée dès que possible par votre responsable)"


def _end_of(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1) - timedelta(days=1)


def stopped_words(one: OwnMonth) -> str:
    """What a report keeps from leaving, before the month is computed again."""
    assert one.report is not None
    return (
        f"Vous avez signalé un problème pour {month_name(one.month)} (numéro {one.report.number}). "
        f"Le prélèvement de ce mois ne part pas. Réponse avant le {long_day(one.report.first_answer_by)}."
    )
