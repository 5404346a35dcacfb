"""The figures that are counts and sums of rows, as a table: what each counts, from which rows, and what it adds up.

A figure and the list behind it are the same condition on the same rows, so that they cannot differ. All the figures of one
table are counted in one pass.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import (
    Count,
    Exists,
    Expression,
    F,
    Func,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
)
from django.db.models.functions import Coalesce

from aripa.models import AsfMonth, Case, Event, Movement, Notice, Order, Term
from aripa.piloting.scope import Scope
from aripa.words import END_REASONS, ORIGINS, RETURNS, TOOLS
from portal.legislation.calendar import months_later

# What became of a term that was ever found unpaid: a notice left for it, it came back, or it still lacks.
EVER_UNPAID = ("RETURNED", "PARTIAL", "UNPAID", "NOTICED", "SETTLED", "FORCED", "RECOVERED")
LACKS = ("RETURNED", "PARTIAL", "UNPAID", "NOTICED", "FORCED")
LIVE = ("LIVE", "LIVE_UNDER_FORCED_RECOVERY", "ENDING_CONSENT_PENDING")
MEANS = {"GARNISHEE": "un tiers (paiement direct)", "OFFICER": "un commissaire de justice", "BENEFIT_FORCED": "une retenue sur prestations",
         "PUBLIC_ACCOUNTANT": "le comptable public"}  # fmt: skip
# Months since the due day: half-open, from the most recent.
AGES = ((0, 1, "moins d’un mois"), (1, 3, "de un à trois mois"), (3, 6, "de trois à six mois"), (6, 12, "de six mois à un an"),
        (12, 24, "de un à deux ans"), (24, 1200, "plus de deux ans"))  # fmt: skip
LACKING = F("due_cents") - F("to_creditor_cents") - F("to_asf_cents")
CASE_OF: Mapping[type[Model], str] = {Case: "pk", Event: "case_no"}


@dataclass(frozen=True)
class Fact:
    """One figure. `what` says in one sentence what is counted; `cents` what is added up; `by_month`: a term of several
    children counts once."""

    key: str
    label: str
    what: str
    model: type[Model]
    where: Callable[[Scope], Q]
    cents: Expression | F | None = None
    whole_terms: bool = False

    @property
    def case(self) -> str:
        return CASE_OF.get(self.model, "case_id")

    def count(self, where: Q | None = None) -> Count:
        if not self.whole_terms:
            return Count(Value(1), filter=where)
        term = Func("case_id", "month", "is_arrears", function="ROW", output_field=TextField())
        return Count(term, distinct=True, filter=where)


@dataclass(frozen=True)
class Figure:
    number: int
    cents: int


def _term(key: str, label: str, what: str, where: Callable[[Scope], Q], cents: Expression | F = LACKING) -> Fact:
    return Fact(key, label, what, Term, where, cents, whole_terms=True)


def _called(scope: Scope) -> Q:
    return scope.within("due_on") & Q(is_arrears=False) & ~Q(status="SUSPENDED")


def _status(*status: str) -> Callable[[Scope], Q]:
    return lambda scope: _called(scope) & Q(status__in=status)


def _moved(key: str, label: str, what: str, *kinds: str) -> Fact:
    return Fact(key, label, what, Movement, lambda scope: scope.within("day") & Q(kind__in=kinds), F("amount_cents"))


def _letter(key: str, label: str, what: str, code: str, to: str = "DEBTOR") -> Fact:
    return Fact(key, label, what, Notice, lambda scope: scope.within("day") & Q(code=code, to=to))


def _asf(key: str, label: str, what: str, kinds: Sequence[str], cents: str = "paid_cents") -> Fact:
    return Fact(key, label, what, AsfMonth, lambda scope: scope.within("paid_on") & Q(kind__in=kinds), F(cents))


def _event(key: str, label: str, what: str, condition: Q, *, sums: bool = False) -> Fact:
    return Fact(
        key, label, what, Event, lambda scope: scope.within("day") & Q(heard_on__isnull=False) & condition,
        F("amount_cents") if sums else None,
    )  # fmt: skip


def _of_origin(code: str, words: str) -> Fact:
    where = lambda scope: scope.within("received_on") & Q(origin=code)  # noqa: E731
    return Fact(
        f"recus-{code.lower()}",
        f"Dossiers reçus : {words}",
        "Dossiers reçus dans la période, selon leur origine.",
        Case,
        where,
    )


def _of_end(code: str, words: str) -> Fact:
    where = lambda scope: scope.within("end_date") & Q(end_reason=code)  # noqa: E731
    return Fact(
        f"fins-{code.lower()}",
        f"Fins : {words}",
        "Dossiers dont la fin tombe dans la période, selon sa cause.",
        Case,
        where,
    )


def _of_age(low: int, high: int, words: str) -> Fact:
    def where(scope: Scope) -> Q:
        newest, oldest = months_later(scope.day, -low), months_later(scope.day, -high)
        return Q(due_on__lte=newest, due_on__gt=oldest, status__in=LACKS)

    return _term(
        f"age-{low}",
        f"Reste dû depuis {words}",
        "Ce qui manque au dernier jour vécu, arriérés compris.",
        where,
    )


def _of_tool(code: str, words: str) -> Fact:
    where = lambda scope: scope.within("decided_on") & Q(tool=code)  # noqa: E731
    return Fact(
        f"moyen-{code.lower()}",
        words,
        "Décisions de la période et arriérés qu’elles demandent.",
        Order,
        where,
        F("arrears_cents"),
    )


CASES = (
    *(_of_origin(code, words) for code, words in ORIGINS.items()),
    Fact("en-place", "Dossiers en place", "Dossiers dont l’intermédiation a lieu, au dernier jour vécu.", Case,
         lambda _scope: Q(state__in=LIVE)),
    Fact("suspendus", "Dossiers suspendus", "Dossiers dont le parent qui paie est hors d’état de payer, au dernier jour vécu.", Case,
         lambda _scope: Q(state="SUSPENDED")),
    Fact("proteges", "Dossiers protégés", "Dossiers où un parent est à protéger, au dernier jour vécu. Ils ne sont dans aucune liste.",
         Case, lambda _scope: Q(violence=True)),
    Fact("a-rendre", "Sommes à rendre par le parent qui reçoit", "Ce qui reste à rendre au dernier jour vécu.", Case,
         lambda _scope: Q(overpaid_cents__gt=0), F("overpaid_cents")),
    *(_of_end(code, words) for code, words in END_REASONS.items()),
)  # fmt: skip
TERMS = (
    _term("appelees", "Échéances appelées", "Échéances dues dans la période, hors dossiers suspendus ; leur montant dû.", _called,
          F("due_cents")),
    _term("impayees", "Échéances impayées", "Celles qui sont revenues, ont eu un rappel ou manquent encore ; leur montant dû.",
          _status(*EVER_UNPAID), F("due_cents")),
    _term("manquantes", "Échéances qui manquent encore", "Échéances de la période ; ce qui en manque au dernier jour vécu.",
          _status(*LACKS)),
    _term("apres-rappel", "Réglées après un rappel, sans recouvrement forcé", "Échéances de la période dont le rappel a suffi.",
          _status("SETTLED"), F("due_cents")),
    _term("forcees", "Passées en recouvrement forcé", "Échéances de la période passées en recouvrement forcé, payées depuis ou non.",
          _status("FORCED", "RECOVERED"), F("due_cents")),
    *(_of_age(*one) for one in AGES),
)  # fmt: skip
MOVEMENTS = (
    _moved("preleve", "Prélèvements partis", "Prélèvements de la période.", "DEBIT"),
    _moved("revenu", "Prélèvements revenus", "Prélèvements que la banque a rendus dans la période.", "DEBIT_RETURN"),
    _moved("recu", "Paiements reçus", "Paiements autres qu’un prélèvement, reçus dans la période.", "RECEIPT"),
    _moved("verse", "Remis aux parents qui reçoivent", "Versements de la période, déductions acceptées comprises ; sans l’ASF.",
           "PAYOUT", "OFFSET"),
    _moved("entre-parents", "Payé d’un parent à l’autre", "Mois réglés sans passer par la caisse.", "BETWEEN"),
    _moved("asf-recouvree", "ASF recouvrée", "Avances d’ASF rendues dans la période par le parent qui paie.", "ASF_REFUND"),
    _moved("trop-verse", "Versé en trop, couvert par la caisse", "Sommes de la période passées au parent qui reçoit, puis annulées.",
           "OVERPAYMENT"),
    _moved("trop-rendu", "Versé en trop, rendu ou déduit", "Ce que les parents ont rendu dans la période.", "OFFSET", "REPAYMENT"),
    _moved("penalite-payee", "Pénalités recouvrées", "Pénalités payées dans la période.", "PENALTY"),
    _moved("frais", "Frais recouvrés", "Frais de procédure et de recouvrement payés dans la période.", "COST", "FEE"),
)  # fmt: skip
LETTERS = (
    _letter("mises-en-place", "Mises en place", "Dossiers mis en place dans la période (L05).", "L05"),
    _letter("avertissements", "Pénalités annoncées", "Courriers L03 partis dans la période.", "L03"),
    _letter("penalites", "Pénalités prononcées", "Courriers L04 partis dans la période.", "L04"),
    _letter("rappels", "Derniers rappels", "Courriers L08 partis dans la période.", "L08"),
    _letter("plans", "Plans acceptés", "Courriers L10 partis dans la période.", "L10"),
    _letter("quatre-mois", "Rappels des quatre mois", "Courriers L23 de la période : ASF sans titre, deux versements faits.", "L23",
            "CREDITOR"),
    _letter("suspensions", "Suspensions", "Courriers L15 partis dans la période.", "L15"),
)  # fmt: skip
ASF = (
    _asf("asf-avancee", "ASF avancée", "Avances payées dans la période, faute de pension.", ("ADVANCE", "PARTIAL_ADVANCE")),
    _asf("asf-recuperable", "dont récupérable", "La part de ces avances que le parent qui paie doit rendre.",
         ("ADVANCE", "PARTIAL_ADVANCE"), "recoverable_cents"),
    _asf("asf-complement", "ASF, compléments", "Compléments payés dans la période : pension payée, plus petite que l’aide.",
         ("TOP_UP",)),
    _asf("asf-acquise", "ASF non récupérable", "Aides payées dans la période qu’aucun parent ne doit rendre.", ("NON_RECOVERABLE",)),
)  # fmt: skip
ORDERS = tuple(_of_tool(code, words) for code, words in TOOLS.items())
EVENTS = (
    *(_event(f"retour-{code.lower()}", f"{code} {words}", "Retours entendus dans la période, selon le motif de la banque.",
             Q(kind="DEBIT_RETURNED", reason=code), sums=True) for code, words in RETURNS.items()),
    *(_event(f"par-{code.lower()}", f"Reçu par {words}", "Paiements de la période venus de ce moyen.",
             Q(kind="PAYMENT_RECEIVED", means=code), sums=True) for code, words in MEANS.items()),
    _event("reclamations", "Réclamations ouvertes", "Réclamations entendues dans la période.", Q(kind="COMPLAINT")),
)  # fmt: skip
FACTS = {one.key: one for one in (*CASES, *TERMS, *MOVEMENTS, *LETTERS, *ASF, *ORDERS, *EVENTS)}


def rows(fact: Fact, scope: Scope) -> QuerySet:
    """The rows that a figure counts."""
    return _within(fact.model, scope).filter(fact.where(scope))


def _within(model: type[Model], scope: Scope) -> QuerySet:
    found: QuerySet = model._default_manager.all()
    if model is Case:
        return found.filter(~Q(state=""), scope.of_funds())
    if model is Event:
        own = Case.objects.filter(scope.of_funds(), pk=OuterRef("case_no"))
        return found.filter(Exists(own))
    return found.filter(scope.of_funds("case__fund"))


def figures(scope: Scope) -> dict[str, Figure]:
    """Every figure of the table: one query a table of rows."""
    found: dict[str, Figure] = {}
    for facts in (CASES, TERMS, MOVEMENTS, LETTERS, ASF, ORDERS, EVENTS):
        found |= _of_one_table(facts, scope)
    return found


def _of_one_table(facts: Sequence[Fact], scope: Scope) -> dict[str, Figure]:
    sums = {f"n{place}": one.count(one.where(scope)) for place, one in enumerate(facts)}
    sums |= {
        f"c{place}": Coalesce(Sum(one.cents, filter=one.where(scope)), 0)
        for place, one in enumerate(facts)
        if one.cents
    }
    given = _within(facts[0].model, scope).aggregate(**sums)
    return {one.key: Figure(given[f"n{place}"], int(given.get(f"c{place}", 0))) for place, one in enumerate(facts)}


def listed(fact: Fact, scope: Scope) -> QuerySet[Case]:
    """The cases behind a figure, each with how many and how much: their sums are the figure's. None is protected."""
    if fact.model is Case:
        found = rows(fact, scope).filter(violence=False).annotate(n=Value(1))
        return found.annotate(cents=fact.cents) if fact.cents is not None else found
    own = rows(fact, scope).filter(**{fact.case: OuterRef("pk")}).order_by().values(fact.case)
    cases = Case.objects.filter(scope.of_funds(), Exists(own), violence=False)
    annotations = {"n": Subquery(own.annotate(n=fact.count()).values("n"))}
    if fact.cents is not None:
        annotations["cents"] = Subquery(own.annotate(sum=Sum(fact.cents)).values("sum"))
    return cases.annotate(**annotations)


def hidden(fact: Fact, scope: Scope) -> int:
    """How many protected cases the figure counts and no list shows."""
    own = rows(fact, scope)
    if fact.model is Case:
        return own.filter(violence=True).count()
    return Case.objects.filter(Exists(own.filter(**{fact.case: OuterRef("pk")})), violence=True).count()


def some(keys: Iterable[str]) -> list[Fact]:
    return [FACTS[key] for key in keys]


def first_day() -> date | None:
    """The day of the first case received: before it nothing is known."""
    return (
        Case.objects.filter(received_on__isnull=False)
        .order_by("received_on")
        .values_list("received_on", flat=True)
        .first()
    )
