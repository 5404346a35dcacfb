"""The indicators of a control programme, each from counts and from nothing else: nobody types a result.

An indicator that cannot be known is `None` with the reason; it is never zero for want of data. Shares are in thousandths,
amounts in cents, delays in tenths of a day, each rounded half up once, here.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields

COUNT, CENTS, SHARE, DAYS = "count", "cents", "share", "days"
HIGHER, LOWER, NEITHER = "higher", "lower", ""
NO_CHECK = "aucun contrôle décidé sur la période"
NOT_KEPT = "aucun dossier de cette année n’est tenu dans le portail"


@dataclass(frozen=True)
class Counts:
    """What was counted of the cases decided in a period.

    `done` decided; `planned` of the programme; `with_effect` that moved money either way; `in_favour` that found money owed
    to the family; `amounts_missing` decided without any amount written; `days` from opening to decision, added up;
    `notices_due` that rested on what others said, `notices_sent` those told of it before the decision (CSS L. 114-21);
    `due_long_ago_cents` and `recovered_cents`: sums asked for whose recovery term ended, and what came back within it;
    `year_cases` those of the whole year, opened or decided, whatever the period counted.
    """

    opened: int = 0
    done: int = 0
    planned: int = 0
    with_effect: int = 0
    in_favour: int = 0
    amounts_missing: int = 0
    owed_by_cents: int = 0
    fraud_cents: int = 0
    owed_to_cents: int = 0
    avoided_cents: int = 0
    days: int = 0
    annulled: int = 0
    complaints: int = 0
    penalties: int = 0
    penalty_cents: int = 0
    replies: int = 0
    notices_due: int = 0
    notices_sent: int = 0
    due_long_ago_cents: int = 0
    recovered_cents: int = 0
    year_cases: int | None = None

    @property
    def is_kept(self) -> bool:
        """Whether the year is kept here at all: without a single case, nought would be a claim about other tools."""
        return self.year_cases != 0


def add_counts(some: Iterable[Counts]) -> Counts:
    """The sum of all but what belongs to the year."""
    rows = list(some)
    names = [one.name for one in fields(Counts) if one.name != "year_cases"]
    return Counts(**{name: sum(getattr(row, name) for row in rows) for name in names})


@dataclass(frozen=True)
class Actual:
    """What an indicator is: a number in its unit, or None and why. `note` completes a known number."""

    value: int | None
    why: str = ""
    note: str = ""


def share_of(part: int, whole: int, *, none: str) -> Actual:
    """`part` of `whole` in thousandths, rounded half up; None when there is nothing to divide."""
    if not whole:
        return Actual(None, none)
    return Actual((2 * 1000 * part + whole) // (2 * whole), note=f"{part} sur {whole}")


def checks_done(counts: Counts) -> Actual:
    """Checks decided; beside those planned."""
    if not counts.is_kept:
        return Actual(None, NOT_KEPT)
    return Actual(counts.done, note=f"{counts.planned} prévus" if counts.planned else "")


def checks_share(counts: Counts) -> Actual:
    """Checks done of those planned."""
    if not counts.is_kept:
        return Actual(None, NOT_KEPT)
    return share_of(counts.done, counts.planned, none="aucun volume prévu")


def hit_rate(counts: Counts) -> Actual:
    """Checks with a financial effect, in either direction, of all checks."""
    return share_of(counts.with_effect, counts.done, none=NO_CHECK)


def positive_share(counts: Counts) -> Actual:
    """Checks that found money owed to the family, of all checks; published beside the money found."""
    return share_of(counts.in_favour, counts.done, none=NO_CHECK)


def _amount(cents: int, counts: Counts) -> Actual:
    if not counts.done:
        return Actual(None, NO_CHECK)
    missing = counts.amounts_missing
    if missing == counts.done:
        return Actual(None, "aucun montant n’est encore écrit dans les dossiers décidés")
    return Actual(cents, note=f"sans {missing} dossier{'s' * (missing > 1)} au montant inconnu" if missing else "")


def overpayments_found(counts: Counts) -> Actual:
    """What families had received in excess, fraud or not."""
    return _amount(counts.owed_by_cents, counts)


def fraud_part(counts: Counts) -> Actual:
    """Of the overpayments, those with a proven intent."""
    return _amount(counts.fraud_cents, counts)


def owed_to_families(counts: Counts) -> Actual:
    """What families had not received."""
    return _amount(counts.owed_to_cents, counts)


def amounts_avoided(counts: Counts) -> Actual:
    """What will not be paid wrongly."""
    return _amount(counts.avoided_cents, counts)


def recovery_rate(counts: Counts) -> Actual:
    """Of the sums whose recovery term ended in the period, what came back within it."""
    return share_of(counts.recovered_cents, counts.due_long_ago_cents, none="aucune somme n’a encore atteint ce terme")


def days_to_decide(counts: Counts) -> Actual:
    """Mean days from opening to decision, in tenths."""
    if not counts.done:
        return Actual(None, NO_CHECK)
    return Actual((2 * 10 * counts.days + counts.done) // (2 * counts.done))


def annulled_share(counts: Counts) -> Actual:
    """Decisions annulled since, by an internal review or a court."""
    return share_of(counts.annulled, counts.done, none=NO_CHECK)


def _number(number: int, counts: Counts) -> Actual:
    return Actual(number) if counts.is_kept else Actual(None, NOT_KEPT)


def penalties_number(counts: Counts) -> Actual:
    return _number(counts.penalties, counts)


def penalties_amount(counts: Counts) -> Actual:
    return _number(counts.penalty_cents, counts)


def complaints_number(counts: Counts) -> Actual:
    """Criminal complaints."""
    return _number(counts.complaints, counts)


def replies_received(counts: Counts) -> Actual:
    """Replies of the people, in writing or heard."""
    return _number(counts.replies, counts)


def notice_share(counts: Counts) -> Actual:
    """Of the cases that rested on what others said, those whose person was told before the decision: all of them, always."""
    none = "aucun dossier décidé ne reposait sur des informations de tiers"
    return share_of(counts.notices_sent, counts.notices_due, none=none)


def false_positive_rate(rejected: int, accepted: int) -> Actual:
    """Of the leads of one rule that somebody read, those put aside."""
    return share_of(rejected, rejected + accepted, none="aucun signal lu")


@dataclass(frozen=True)
class Indicator:
    """One line of the table. `better`: which way is the right one; `blocking`: its target is the law's, not a wish."""

    code: str
    label: str
    unit: str
    actual: Callable[[Counts], Actual]
    better: str = NEITHER
    blocking: bool = False


INDICATORS = {
    one.code: one
    for one in (
        Indicator("CHECKS", "Contrôles décidés", COUNT, checks_done, HIGHER),
        Indicator("CHECKS_SHARE", "Part du volume prévu", SHARE, checks_share, HIGHER),
        Indicator("HIT_RATE", "Contrôles avec un effet financier, dans un sens ou dans l’autre", SHARE, hit_rate),
        Indicator("POSITIVE_SHARE", "Contrôles qui ont trouvé un droit non versé", SHARE, positive_share),
        Indicator("OWED_TO", "Rendu ou dû aux familles", CENTS, owed_to_families),
        Indicator("OVERPAYMENTS", "Versé en trop, trouvé", CENTS, overpayments_found),
        Indicator("FRAUD", "dont fraude qualifiée", CENTS, fraud_part),
        Indicator("AVOIDED", "Versements à tort évités", CENTS, amounts_avoided),
        Indicator("RECOVERY", "Recouvré 24 mois après la décision", SHARE, recovery_rate, HIGHER),
        Indicator("DAYS", "Jours de l’ouverture à la décision, en moyenne", DAYS, days_to_decide, LOWER),
        Indicator("ANNULLED", "Décisions annulées ensuite", SHARE, annulled_share, LOWER),
        Indicator("PENALTIES", "Pénalités prononcées", COUNT, penalties_number),
        Indicator("PENALTY_AMOUNT", "Montant des pénalités", CENTS, penalties_amount),
        Indicator("COMPLAINTS", "Plaintes", COUNT, complaints_number),
        Indicator("REPLIES", "Réponses reçues dans le contradictoire", COUNT, replies_received),
        Indicator("NOTICES", "Personnes informées de ce que d’autres ont dit, avant la décision", SHARE, notice_share, HIGHER,
                  blocking=True),
    )
}  # fmt: skip
# The target that no programme chooses (CSS L. 114-21): everybody.
NOTICE_TARGET = 1000


def is_met(indicator: Indicator, value: int | None, target: int | None) -> bool | None:
    """Whether the target is reached; None when there is none, no right way, or nothing known."""
    if value is None or target is None or indicator.better == NEITHER:
        return None
    return value >= target if indicator.better == HIGHER else value <= target
