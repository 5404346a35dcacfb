"""Which columns each kind of event uses, and what it may say in them: the rules of the rows of `events`."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from portal.exchange.flows import RowRule

PARENTS = ("CREDITOR", "DEBTOR")
ASKING = (*PARENTS, "BOTH")
# Law 5.2: what a bank answers to a debit.
RETURN_CODES = ("AM04", "AC04", "AC01", "AC06", "AG01", "MD01", "MD06", "MD07", "MS02", "MS03", "SL01")
LETTERS = tuple(f"L{number:02d}" for number in range(1, 25))
PAYERS = (
    "TRANSFER", "CARD", "CHEQUE", "BENEFIT_CONSENT", "BENEFIT_FORCED", "GARNISHEE", "OFFICER", "PUBLIC_ACCOUNTANT",
)  # fmt: skip
# D. 523-2: the findings that a debtor cannot pay.
UNABLE = ("1", *(f"2{letter}" for letter in "abcdefghijk"), "3", "4")
# CSS L. 523-1. A right of code E opens without a claim.
ASF_CODES = ("A1", "A2", "B1", "B2", "C1", "C2", "C3", "D")
WITHOUT_OPENING_DAY = ("C1", "D")
WITH_OPENING_DAY = tuple(code for code in ASF_CODES if code not in WITHOUT_OPENING_DAY)
TOOLS = ("DIRECT_PAYMENT", "BENEFIT_WITHHOLDING", "WAGE_SEIZURE", "BANK_SEIZURE", "PUBLIC_RECOVERY")


@dataclass(frozen=True)
class Use:
    """What an event of one kind needs, what it may say besides, and among which values it chooses."""

    needs: tuple[str, ...] = ()
    allows: tuple[str, ...] = ()
    party: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()


USES = {
    "REQUEST": Use(("party",), ("reason",), ASKING, ("UNPAID",)),
    "INFORMATION": Use(("party", "reason"), (), ASKING, ("FULL", "PARTIAL", "REFUSED")),
    "NOTICE_RECEIVED": Use(("letter", "party", "effective_on"), ("month",)),
    "OBSERVATIONS_ACCEPTED": Use(),
    "DEBIT_RETURNED": Use(("month", "reason", "amount"), (), (), RETURN_CODES),
    "PAYMENT_RECEIVED": Use(("amount", "means"), ("month",)),
    # Beyond the published list: what the portal's own pages tell of a month that did not pass through the fund.
    "PAID_BETWEEN_PARENTS": Use(("month", "amount"), ("effective_on",)),
    "EXPENSE": Use(("amount", "reason"), ("effective_on",), (), ("SERVICE", "OFFICER")),
    "BANK_DETAILS": Use(("party",), (), ASKING),
    "MOVE": Use(("party",), (), PARENTS),
    "DEATH": Use(("effective_on",), ("party", "child_id"), PARENTS),
    "LONE_PARENT": Use(("reason", "effective_on"), (), (), ("COUPLE", "ALONE")),
    "ASF_CLAIM": Use(("reason",), ("effective_on", "child_id"), (), ASF_CODES),
    "JUDGE_APPLIED": Use(),
    "UNABLE_TO_PAY": Use(("reason",), (), (), UNABLE),
    "ABLE_TO_PAY": Use((), ("reason",), (), UNABLE),
    "VIOLENCE": Use(),
    "ARREARS_REQUEST": Use(("month", "child_id", "amount")),
    "PLAN_ACCEPTED": Use(("amount",)),
    "RECOVERY_DECISION": Use(("reason",), ("ref", "amount"), (), TOOLS),
    "GARNISHEE_ANSWER": Use(("ref", "reason"), (), (), ("ACCEPTED", "NOT_HELD", "ENDED")),
    "RELEASE_REQUEST": Use(),
    "COMPLAINT": Use(),
    "COMPLAINT_CLOSED": Use(),
    "END_REQUEST": Use(("party",), (), ASKING),
    "END_CONSENT": Use(("party",), (), ASKING),
    "END_REFUSAL": Use(("party",), (), ASKING),
    "OFFSET_CONSENT": Use(),
    "CREDITOR_REPAID": Use(("amount",)),
}
NEEDED = {
    "party": "Il faut dire de quel parent il s’agit.",
    "reason": "Le motif manque.",
    "letter": "Il faut dire quel courrier a été reçu (L01 à L24).",
    "effective_on": "La date d’effet manque : la date de l’évènement n’en tient pas lieu.",
    "month": "Le mois manque.",
    "amount": "Le montant manque : ce qui n’est pas connu ne vaut pas zéro.",
    "means": "Le moyen de paiement manque.",
    "child_id": "Il faut dire de quel enfant il s’agit.",
    "ref": "La référence du tiers manque.",
}
LACKING = " Cet évènement ne veut rien dire sans."
KIND, DAY = pl.col("kind"), pl.col("day")


def _of(kinds: Iterable[str]) -> pl.Expr:
    return KIND.is_in(list(kinds))


def _needed(column: str) -> RowRule:
    kinds = [kind for kind, use in USES.items() if column in use.needs]
    return RowRule(_of(kinds) & pl.col(column).is_null(), column, "required", NEEDED[column] + LACKING)


def _empty(column: str) -> RowRule:
    kinds = [kind for kind, use in USES.items() if column not in (*use.needs, *use.allows)]
    message = "Cette cellule ne sert pas à ce genre d’évènement : elle doit rester vide."
    return RowRule(_of(kinds) & pl.col(column).is_not_null(), column, "not_expected", message)


def _chosen(kind: str, column: str, values: tuple[str, ...]) -> RowRule:
    message = f"Pour {kind}, cette cellule contient l’un de {', '.join(values)}."
    return RowRule((kind == KIND) & ~pl.col(column).is_in(values), column, "bad_value", message)


EVENT_RULES = (
    *(_needed(column) for column in NEEDED),
    *(_empty(column) for column in NEEDED),
    *(_chosen(kind, "party", use.party) for kind, use in USES.items() if use.party),
    *(_chosen(kind, "reason", use.reason) for kind, use in USES.items() if use.reason),
    RowRule(
        (KIND == "NOTICE_RECEIVED") & (pl.col("effective_on") > DAY),
        "effective_on",
        "after_day",
        "Le courrier aurait été reçu après le jour où la caisse l’apprend.",
    ),
    RowRule(
        (KIND == "NOTICE_RECEIVED") & (pl.col("letter") != "L08") & pl.col("month").is_not_null(),
        "month",
        "not_expected",
        "Le mois ne sert que pour le courrier L08 : la cellule doit rester vide.",
    ),
    RowRule(
        (KIND == "DEATH") & (pl.col("effective_on") > DAY),
        "effective_on",
        "after_day",
        "Le décès serait postérieur au jour où la caisse l’apprend.",
    ),
    RowRule(
        (KIND == "DEATH") & pl.col("party").is_null() & pl.col("child_id").is_null(),
        "party",
        "required",
        "Il faut dire qui est décédé : un parent ou un enfant.",
    ),
    RowRule(
        (KIND == "DEATH") & pl.col("party").is_not_null() & pl.col("child_id").is_not_null(),
        "child_id",
        "not_expected",
        "Un évènement dit le décès d’une seule personne : le parent ou l’enfant.",
    ),
    RowRule(
        (KIND == "ASF_CLAIM") & pl.col("reason").is_in(WITH_OPENING_DAY) & pl.col("effective_on").is_null(),
        "effective_on",
        "required",
        "Il faut la date de ce qui ouvre le droit (décès, filiation, fin de l’entretien).",
    ),
    RowRule(
        (KIND == "ASF_CLAIM") & pl.col("reason").is_in(WITHOUT_OPENING_DAY) & pl.col("effective_on").is_not_null(),
        "effective_on",
        "not_expected",
        "Pour C1 et D, le droit dépend des paiements : la cellule doit rester vide.",
    ),
    RowRule(
        (KIND == "RECOVERY_DECISION") & (pl.col("reason") == "DIRECT_PAYMENT") & pl.col("ref").is_null(),
        "ref",
        "required",
        "Un paiement direct s’adresse à un tiers : il faut sa référence.",
    ),
    RowRule(
        (KIND != "RECOVERY_DECISION") & (pl.col("amount") == 0),
        "amount",
        "zero",
        "Le montant est de zéro : il n’y a rien à enregistrer.",
    ),
    RowRule(
        (KIND == "VIOLENCE") & pl.col("text").is_not_null(),
        "text",
        "facts_of_violence",
        "Rien des faits de violence n’est transmis ni conservé : vider cette cellule.",
    ),
)
