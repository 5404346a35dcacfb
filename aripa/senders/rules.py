"""What a sender may send, beside what every row of `titles` must be: CPC 1074-4, CSS R. 582-4-1 (`domain` 3.4)."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

import polars as pl

from aripa.flows.kinds import TITLES
from aripa.flows.titles import JUDICIAL, KIND
from aripa.models import TitleKind
from aripa.rules.calendar import deadline_for_fund
from aripa.rules.figures import first_day_of, number_on
from portal.accounts.models import Mission
from portal.exchange.flows import FlowKind, RowRule

SENDERS = (Mission.CLERK, Mission.LAWYER, Mission.NOTARY)
KINDS: dict[str, tuple[str, ...]] = {
    Mission.CLERK: JUDICIAL,
    Mission.LAWYER: (TitleKind.MUTUAL_CONSENT_AGREEMENT.value, TitleKind.COUNTERSIGNED_DEED.value),
    Mission.NOTARY: (TitleKind.NOTARIAL_DEED.value,),
}
WHO = {
    Mission.CLERK: "Un greffe transmet les décisions et les conventions homologuées",
    Mission.LAWYER: "Un avocat transmet les conventions de divorce et les actes contresignés",
    Mission.NOTARY: "Un notaire transmet les actes qu’il a reçus",
}
# What the senders of a title know, and the law asks of them (CPC 1074-4 II; CSS R. 582-4-1).
NEEDED = {
    "issuer": "Il faut dire qui a rendu ou reçu le titre.",
    "title_date": "Il faut la date du titre.",
    "enforceable_on": "Il faut le jour depuis lequel le titre est exécutoire.",
    "child_first_name": "Il faut le prénom de l’enfant.",
}


def kind_for(mission: Mission, others: Collection[str]) -> FlowKind:
    """The kind `titles` as this sender may send it: all or nothing of a title, and none of those of `others`."""
    return replace(TITLES, rules=(*TITLES.rules, *_rules(mission, others)), together="title_no")


def _rules(mission: Mission, others: Collection[str]) -> tuple[RowRule, ...]:
    needed = NEEDED | ({"minute_no": "Il faut le numéro de minute."} if mission == Mission.CLERK else {})
    return (
        *(RowRule(pl.col(name).is_null(), name, "required", message) for name, message in needed.items()),
        RowRule(
            pl.col("effective_on").is_null() & ~pl.col("cancels_support").fill_null(value=False), "effective_on", "required",
            "Il faut le jour depuis lequel ce montant est dû.",
        ),
        RowRule(
            KIND.is_not_null() & ~KIND.is_in(KINDS[mission]), "kind", "kind_of_another",
            f"{WHO[mission]} : ce titre se transmet autrement.",
        ),
        RowRule(
            pl.col("sender") != mission.value, "sender", "wrong_sender",
            "Un émetteur n’envoie que sous son propre nom.",
        ),
        RowRule(
            pl.col("title_date") > pl.col("received_at"), "title_date", "after_day",
            "Ce titre serait rendu après le jour où la caisse le reçoit.",
        ),
        RowRule(
            pl.col("title_no").is_in(list(others)), "title_no", "title_of_another",
            "Ce numéro de titre est déjà connu, et n’a pas été envoyé par vous.",
        ),
    )  # fmt: skip


def data_due_on(mission: Mission, title_date: str, on: date) -> date | None:
    """The last day on which a court clerk sends the data of a ruling; the others' delay runs from a day that no title
    tells (the certificate of deposit, the deed handed over)."""
    if mission != Mission.CLERK or not title_date:
        return None
    try:
        ruled = date.fromisoformat(title_date)
    except ValueError:
        return None
    return deadline_for_fund(ruled, number_on("clerk_data_days", max(on, first_day_of("clerk_data_days"))))
