"""The national common directory: who may look, what was looked up, what came back in a few figures, and what it was worth.

Nothing of an answer is kept but which categories it held, how many lines each, and its fingerprint. What must never be is also
refused by the database (migration 0007): a look-up without motive, reference or authorisation; of somebody linked; any change.
"""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q

from fraud.models.cases import ControlCase
from fraud.models.words import listed
from fraud.rules.rncps import MODE_WORDS, MOTIVE_WORDS, REFERENCE_WORDS
from portal.accounts.models import days

USER = settings.AUTH_USER_MODEL


class RncpsAuthorisation(models.Model):
    """An individual authorisation to look people up, by an act: the right of the posting alone does not suffice.

    `valid_to`, `ended_on`: first day no longer covered. Ended once, never changed otherwise.
    """

    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="rncps_authorisations")
    fund = models.CharField(max_length=8)
    motives = ArrayField(models.CharField(max_length=14, choices=listed(MOTIVE_WORDS)))
    act_no = models.CharField(max_length=40)
    act_dated = models.DateField()
    valid_from = models.DateField()
    valid_to = models.DateField()
    given_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    form_key = models.UUIDField(unique=True)
    ended_on = models.DateField(null=True)
    ended_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "habilitation au répertoire"
        constraints = [
            models.CheckConstraint(name="rncps_authorisation_half_open", condition=Q(valid_to__gt=F("valid_from"))),
            models.CheckConstraint(name="rncps_authorisation_by_another", condition=~Q(given_by=F("user"))),
            models.CheckConstraint(name="rncps_authorisation_has_motives", condition=Q(motives__len__gt=0)),
            models.CheckConstraint(
                name="rncps_authorisation_ended_by_somebody",
                condition=Q(ended_on=None) | (Q(ended_by__isnull=False) & ~Q(end_reason="")),
            ),
            ExclusionConstraint(
                name="rncps_authorisation_one_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("fund", RangeOperators.EQUAL),
                    (days("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
                condition=Q(ended_on=None),
            ),
        ]
        indexes = [models.Index(name="rncps_authorisation_user", fields=["user", "valid_from"])]


class RncpsOrderState(models.TextChoices):
    """An answer that does not come at once: that of one person later, or of a list."""

    TO_VISA = "TO_VISA", "Attend le visa"
    VISA_REFUSED = "VISA_REFUSED", "Visa refusé"
    VISA_GIVEN = "VISA_GIVEN", "Visa donné, à demander"
    ORDERED = "ORDERED", "Demandé au répertoire"
    READY = "READY", "Réponse prête"
    SHOWN = "SHOWN", "Réponse montrée"
    EXPIRED = "EXPIRED", "Réponse perdue"


S = RncpsOrderState
ORDER_MOVES = {
    S.TO_VISA: {S.VISA_GIVEN, S.VISA_REFUSED},
    S.VISA_REFUSED: set(),
    S.VISA_GIVEN: {S.ORDERED},
    S.ORDERED: {S.READY, S.EXPIRED},
    S.READY: {S.SHOWN, S.EXPIRED},
    S.SHOWN: set(),
    S.EXPIRED: set(),
}


class RncpsOrder(models.Model):
    """A deferred look-up or a collective list. `people`: who is asked about, encrypted, erased once the directory has it."""

    officer = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="rncps_orders")
    fund = models.CharField(max_length=8)
    mode = models.CharField(max_length=10, choices=listed(MODE_WORDS))
    motive = models.CharField(max_length=14, choices=listed(MOTIVE_WORDS))
    reference = models.CharField(max_length=40)
    purpose = models.CharField(max_length=500, blank=True)
    categories = ArrayField(models.CharField(max_length=12))
    count = models.PositiveIntegerField()
    people = models.BinaryField(default=bytes)
    state = models.CharField(max_length=12, choices=RncpsOrderState)
    asked_at = models.DateTimeField()
    asked_on = models.DateField()
    form_key = models.UUIDField(unique=True)
    visa_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    visa_at = models.DateTimeField(null=True)
    visa_reason = models.CharField(max_length=500, blank=True)
    ticket = models.CharField(max_length=64, blank=True)
    kept_until = models.DateField(null=True)

    class Meta:
        verbose_name = "demande différée au répertoire"
        constraints = [
            models.CheckConstraint(name="rncps_order_visa_by_another", condition=~Q(visa_by=F("officer"))),
            models.CheckConstraint(
                name="rncps_list_needs_a_visa",
                condition=~Q(mode="COLLECTIVE")
                | Q(state="TO_VISA")
                | (Q(visa_by__isnull=False, visa_at__isnull=False) & ~Q(visa_reason="")),
            ),
        ]
        indexes = [
            models.Index(name="rncps_order_officer", fields=["officer", "id"]),
            models.Index(name="rncps_order_state", fields=["state", "id"]),
        ]


class RncpsOrderMove(models.Model):
    """One move of an order. Never changed."""

    order = models.ForeignKey(RncpsOrder, on_delete=models.PROTECT, related_name="moves")
    before = models.CharField(max_length=12, choices=RncpsOrderState, blank=True)
    after = models.CharField(max_length=12, choices=RncpsOrderState)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = "étape d’une demande différée"
        indexes = [models.Index(name="rncps_order_move", fields=["order", "id"])]


class RncpsConsultation(models.Model):
    """One look-up of one person, or one refused attempt. Written before the directory is asked; never changed, never removed.

    `person_key`: of the vault for a number, keyed hash of name and birth date for an identity; empty when nobody was named yet.
    `refusal` is empty for what was asked; then motive, reference and authorisation are there, the database says so too.
    """

    form_key = models.UUIDField()
    officer = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="rncps_consultations")
    authorisation = models.ForeignKey(RncpsAuthorisation, on_delete=models.PROTECT, null=True, related_name="+")
    fund = models.CharField(max_length=8)
    motive = models.CharField(max_length=14, choices=listed(MOTIVE_WORDS), blank=True)
    reference_kind = models.CharField(max_length=5, choices=listed(REFERENCE_WORDS), blank=True)
    reference = models.CharField(max_length=40, blank=True)
    case = models.ForeignKey(ControlCase, on_delete=models.PROTECT, null=True, related_name="rncps_consultations")
    order = models.ForeignKey(RncpsOrder, on_delete=models.PROTECT, null=True, related_name="consultations")
    person_key = models.UUIDField(null=True)
    by_identity = models.BooleanField(default=False)
    mode = models.CharField(max_length=10, choices=listed(MODE_WORDS))
    categories = ArrayField(models.CharField(max_length=12), default=list)
    at = models.DateTimeField()
    dated = models.DateField()
    refusal = models.CharField(max_length=24, blank=True)

    class Meta:
        verbose_name = "consultation du répertoire"
        constraints = [
            models.UniqueConstraint(name="rncps_asked_once", fields=["form_key"], condition=Q(refusal="", order=None)),
            models.CheckConstraint(
                name="rncps_no_look_without_a_reason",
                condition=~Q(refusal="")
                | (
                    ~Q(motive="")
                    & ~Q(reference="")
                    & ~Q(reference_kind="")
                    & Q(authorisation__isnull=False, person_key__isnull=False)
                ),
            ),
        ]
        indexes = [
            models.Index(name="rncps_of_officer", fields=["officer", "id"]),
            models.Index(name="rncps_of_person", fields=["person_key", "id"]),
            models.Index(name="rncps_of_case", fields=["case", "id"]),
            models.Index(name="rncps_of_year", fields=["dated", "fund"]),
        ]


class Outcome(models.TextChoices):
    ANSWERED = "ANSWERED", "Réponse reçue"
    UNKNOWN_PERSON = "UNKNOWN_PERSON", "Personne inconnue du répertoire"
    AMBIGUOUS = "AMBIGUOUS", "Plusieurs personnes possibles"
    REFUSED_THERE = "REFUSED_THERE", "Refusé par le répertoire"
    TOO_MANY = "TOO_MANY", "Trop de demandes"
    UNAVAILABLE = "UNAVAILABLE", "Répertoire indisponible"
    WITHHELD = "WITHHELD", "Réponse non montrée"
    EXPIRED = "EXPIRED", "Réponse perdue"


class RncpsResult(models.Model):
    """What came back, in a few figures: lines by category, fingerprint, and where it came from. Never the answer itself.

    `person_key`: of the number that the directory gave for an identity. `withheld`: why an answer was not shown.
    """

    consultation = models.OneToOneField(RncpsConsultation, on_delete=models.PROTECT, related_name="result")
    outcome = models.CharField(max_length=14, choices=Outcome)
    lines = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64, blank=True)
    directory_no = models.CharField(max_length=64, blank=True)
    provenance = models.JSONField(default=dict)
    person_key = models.UUIDField(null=True)
    withheld = models.CharField(max_length=24, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "résultat d’une consultation"
        constraints = [
            models.CheckConstraint(
                name="rncps_answer_has_a_fingerprint", condition=~Q(outcome="ANSWERED") | ~Q(sha256="")
            ),
        ]


class Worth(models.TextChoices):
    """What the body that serves the benefit said of the lead."""

    CONFIRMED = "CONFIRMED", "Confirmé par l’organisme"
    CONTRADICTED = "CONTRADICTED", "Démenti par l’organisme"
    NOT_USED = "NOT_USED", "Nous n’en tirons rien"


class RncpsConfirmation(models.Model):
    """What became of a lead. Without it, no adverse end of its case: the database refuses the move."""

    consultation = models.OneToOneField(RncpsConsultation, on_delete=models.PROTECT, related_name="confirmation")
    worth = models.CharField(max_length=12, choices=Worth)
    in_favour = models.BooleanField(default=False)
    body = models.CharField(max_length=160, blank=True)
    said = models.CharField(max_length=1000)
    answered_on = models.DateField()
    noted_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        verbose_name = "confirmation d’une piste"
        constraints = [
            models.CheckConstraint(
                name="rncps_confirmed_by_a_body", condition=~Q(said="") & (Q(worth="NOT_USED") | ~Q(body=""))
            ),
        ]


class AlertKind(models.TextChoices):
    LINKED = "LINKED", "Consultation de soi, d’un proche ou d’un collègue tentée"
    SAME_NAME = "SAME_NAME", "Personne du même nom de famille que l’agent"
    DAILY_VOLUME = "DAILY_VOLUME", "Beaucoup de consultations en un jour"
    DAILY_LIMIT = "DAILY_LIMIT", "Nombre de consultations d’une journée atteint"
    MONTHLY_VOLUME = "MONTHLY_VOLUME", "Beaucoup de consultations en un mois"
    MISMATCH = "MISMATCH", "Réponse sur une autre personne"
    AUTHORISATION_ENDS = "AUTHORISATION_ENDS", "Habilitation bientôt finie"
    REPORT_DUE = "REPORT_DUE", "Rapport au Parlement bientôt dû"
    REPORT_OVERDUE = "REPORT_OVERDUE", "Rapport au Parlement en retard"


class Verdict(models.TextChoices):
    NOTHING = "NOTHING", "Rien d’anormal"
    INCIDENT = "INCIDENT", "Incident de sécurité"


class RncpsAlert(models.Model):
    """Something that a person must read, once (`key`). Read by data protection, with a verdict."""

    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=20, choices=AlertKind)
    fund = models.CharField(max_length=8, blank=True)
    officer = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    told = models.CharField(max_length=300)
    raised_on = models.DateField()
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True)
    said = models.CharField(max_length=500, blank=True)
    read_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "alerte du répertoire"
        constraints = [
            models.CheckConstraint(
                name="rncps_alert_read_by_another",
                condition=Q(verdict="") | (Q(read_by__isnull=False, read_at__isnull=False) & ~Q(said="")),
            ),
            models.CheckConstraint(name="rncps_alert_not_ones_own", condition=~Q(read_by=F("officer"))),
        ]
        indexes = [models.Index(name="rncps_alert_list", fields=["verdict", "id"])]
