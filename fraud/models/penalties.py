"""What a panel thinks of the facts, and the penalty with its procedure (CSS L. 114-17, R. 114-10 to R. 114-14)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from fraud.models.cases import ControlCase
from fraud.models.evidence import EvidenceItem


class QualificationOutcome(models.TextChoices):
    FRAUD = "FRAUD", "Fraude : l’intention est établie"
    FAULT = "FAULT", "Ni bonne foi, ni intention établie"
    GOOD_FAITH = "GOOD_FAITH", "Bonne foi"


class Qualification(models.Model):
    """What the panel was asked, and what it thinks once two members think the same. Never one person, never a score."""

    case = models.ForeignKey(ControlCase, on_delete=models.PROTECT, related_name="qualifications")
    question = models.CharField(max_length=1000)
    asked_by = models.CharField(max_length=150)
    asked_on = models.DateField()
    outcome = models.CharField(max_length=10, choices=QualificationOutcome, blank=True)
    decided_on = models.DateField(null=True)

    class Meta:
        verbose_name = "qualification"
        constraints = [
            models.UniqueConstraint(name="qualification_one_asked", fields=["case"], condition=Q(outcome="")),
            models.CheckConstraint(
                name="qualification_dated",
                condition=Q(outcome="", decided_on=None) | (~Q(outcome="") & Q(decided_on__isnull=False)),
            ),
        ]


class IntentEvidence(models.Model):
    """What shows that somebody meant it; without one, there is no fraud."""

    qualification = models.ForeignKey(Qualification, on_delete=models.PROTECT, related_name="intent")
    text = models.CharField(max_length=500)
    item = models.ForeignKey(EvidenceItem, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "preuve de l’intention"
        constraints = [models.CheckConstraint(name="intent_says_something", condition=~Q(text=""))]


class PanelSeat(models.Model):
    """One member's own view, with its reason."""

    qualification = models.ForeignKey(Qualification, on_delete=models.PROTECT, related_name="seats")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="panel_seats")
    outcome = models.CharField(max_length=10, choices=QualificationOutcome)
    reason = models.CharField(max_length=1000)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "avis d’un membre de la commission"
        constraints = [
            models.UniqueConstraint(name="panel_seat_once", fields=["qualification", "member"]),
            models.CheckConstraint(name="panel_seat_reasoned", condition=~Q(reason="")),
        ]


class PenaltyState(models.TextChoices):
    PROPOSED = "PROPOSED", "À signer"
    NOTIFIED = "NOTIFIED", "Envisagée, la personne peut répondre"
    DECIDED = "DECIDED", "Prononcée"
    WARNED = "WARNED", "Avertissement"
    DROPPED = "DROPPED", "Sans suite"
    APPEALED = "APPEALED", "En recours, avis attendu"
    OPINION_GIVEN = "OPINION_GIVEN", "Avis rendu, décision attendue"
    UPHELD = "UPHELD", "Maintenue après recours"
    CANCELLED = "CANCELLED", "Retirée après recours"
    ABANDONED = "ABANDONED", "Abandonnée, délai passé"
    IN_COURT = "IN_COURT", "Devant le tribunal"
    FINAL = "FINAL", "Définitive"
    ANNULLED = "ANNULLED", "Annulée"


P = PenaltyState
PENALTY_MOVES = {
    P.PROPOSED: {P.NOTIFIED, P.DROPPED},
    P.NOTIFIED: {P.DECIDED, P.WARNED, P.DROPPED},
    P.DECIDED: {P.APPEALED, P.IN_COURT, P.FINAL, P.ANNULLED},
    P.WARNED: {P.APPEALED, P.IN_COURT, P.FINAL, P.ANNULLED},
    P.APPEALED: {P.OPINION_GIVEN, P.ANNULLED},
    P.OPINION_GIVEN: {P.UPHELD, P.CANCELLED, P.ABANDONED, P.ANNULLED},
    P.UPHELD: {P.IN_COURT, P.FINAL, P.ANNULLED},
    P.IN_COURT: {P.FINAL, P.ANNULLED},
    P.FINAL: {P.ANNULLED},
    P.DROPPED: set(),
    P.CANCELLED: set(),
    P.ABANDONED: set(),
    P.ANNULLED: set(),
}
PENALTY_OVER = frozenset({P.FINAL, P.DROPPED, P.CANCELLED, P.ABANDONED, P.ANNULLED})
# Those that leave no sanction behind: the facts may be looked at again.
PENALTY_FALLEN = frozenset({P.DROPPED, P.CANCELLED, P.ABANDONED, P.ANNULLED})


class Ground(models.TextChoices):
    """What is punished, as the rule names it (fraud.rules.penalty)."""

    WRONG_DECLARATION = "WRONG_DECLARATION", "Déclaration inexacte ou incomplète (1°)"
    UNDECLARED_CHANGE = "UNDECLARED_CHANGE", "Changement non déclaré (2°)"
    CONCEALED_WORK = "CONCEALED_WORK", "Travail dissimulé (3°)"
    MANOEUVRES = "MANOEUVRES", "Manœuvres pour obtenir des sommes non dues (4°)"
    OBSTRUCTION = "OBSTRUCTION", "Obstacle à une vérification (5°)"


class OpinionSense(models.TextChoices):
    KEEP = "KEEP", "Maintenir"
    REDUCE = "REDUCE", "Réduire"
    CANCEL = "CANCEL", "Retirer"


class Penalty(models.Model):
    """A penalty or a warning: facts, limits of its day, and what each step left. `amount_cents` is null for a warning.

    Who proposes it signs none of its acts. `decided_cents` is what stands: revised after an opinion, never upwards.
    """

    case = models.ForeignKey(ControlCase, on_delete=models.PROTECT, related_name="penalties")
    qualification = models.ForeignKey(Qualification, on_delete=models.PROTECT, related_name="penalties")
    ground = models.CharField(max_length=18, choices=Ground)
    since = models.DateField()
    until = models.DateField()
    has_intent = models.BooleanField()
    is_organised_gang = models.BooleanField(default=False)
    minimum_cents = models.BigIntegerField()
    maximum_cents = models.BigIntegerField()
    scale_source = models.CharField(max_length=200)
    amount_cents = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=1000)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_on = models.DateField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    notified_on = models.DateField(null=True)
    reply_until = models.DateField(null=True)
    heard_on = models.DateField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField(null=True)
    decided_cents = models.BigIntegerField(null=True)
    appeal_until = models.DateField(null=True)
    appealed_on = models.DateField(null=True)
    needs_more = models.BooleanField(default=False)
    opinion_until = models.DateField(null=True)
    opinion_on = models.DateField(null=True)
    opinion_sense = models.CharField(max_length=6, choices=OpinionSense, blank=True)
    opinion_text = models.CharField(max_length=1000, blank=True)
    opinion_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    director_until = models.DateField(null=True)
    final_on = models.DateField(null=True)
    state = models.CharField(max_length=13, choices=PenaltyState, default=PenaltyState.PROPOSED)

    class Meta:
        verbose_name = "pénalité"
        constraints = [
            models.UniqueConstraint(
                name="penalty_one_at_once", fields=["case"],
                condition=~Q(state__in=["DROPPED", "CANCELLED", "ABANDONED", "ANNULLED"]),
            ),
            models.CheckConstraint(name="penalty_half_open", condition=Q(until__gt=F("since"))),
            models.CheckConstraint(
                name="penalty_within_the_scale",
                condition=Q(amount_cents=None)
                | Q(amount_cents__gt=0, amount_cents__gte=F("minimum_cents"), amount_cents__lte=F("maximum_cents")),
            ),
            models.CheckConstraint(
                name="penalty_never_above_what_was_told",
                condition=Q(decided_cents=None)
                | Q(decided_cents__gt=0, decided_cents__gte=F("minimum_cents"), decided_cents__lte=F("amount_cents")),
            ),
            models.CheckConstraint(
                name="penalty_signed_by_another",
                condition=(Q(signed_by=None) | ~Q(signed_by=F("proposed_by")))
                & (Q(decided_by=None) | ~Q(decided_by=F("proposed_by"))),
            ),
            models.CheckConstraint(
                name="penalty_notified_first",
                condition=Q(state__in=["PROPOSED", "DROPPED"])
                | Q(notified_on__isnull=False, reply_until__isnull=False, signed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="penalty_heard_first", condition=Q(decided_on=None) | Q(decided_on__gt=F("reply_until"))
            ),
            models.CheckConstraint(
                name="penalty_decided_by_somebody",
                condition=~Q(state__in=["DECIDED", "WARNED", "APPEALED", "OPINION_GIVEN", "UPHELD", "IN_COURT", "FINAL"])
                | Q(decided_by__isnull=False, decided_on__isnull=False),
            ),
        ]  # fmt: skip
        indexes = [models.Index(name="penalty_state", fields=["state", "id"])]


class PenaltyMove(models.Model):
    """One move of a penalty. Never changed, never removed."""

    penalty = models.ForeignKey(Penalty, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=13, choices=PenaltyState, blank=True)
    to_state = models.CharField(max_length=13, choices=PenaltyState)
    at = models.DateTimeField()
    dated = models.DateField()
    by = models.CharField(max_length=150)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = "étape d’une pénalité"
        indexes = [models.Index(name="penalty_move", fields=["penalty", "id"])]


class Complaint(models.Model):
    """A criminal complaint of the fund as civil party (CSS L. 114-9)."""

    case = models.OneToOneField(ControlCase, on_delete=models.PROTECT, related_name="complaint")
    filed_on = models.DateField()
    court = models.CharField(max_length=160)
    reference = models.CharField(max_length=60, blank=True)
    prejudice_cents = models.BigIntegerField()
    threshold_cents = models.BigIntegerField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "plainte"
