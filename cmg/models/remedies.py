"""What makes a family whole: advances, refunds, sums paid in excess, the emergency board, reports.

Each has its table of moves; a move is journaled (`portal.casework.moves`). Four eyes are checked by the database:
whoever proposed an act of the threshold or more does not decide it.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


def four_eyes(name: str) -> models.CheckConstraint:
    """An act under four eyes is decided by somebody else than its author."""
    return models.CheckConstraint(
        name=name, condition=Q(four_eyes=False) | Q(decided_by="") | ~Q(decided_by=F("proposed_by"))
    )


class Origin(models.TextChoices):
    ASKED = "ASKED", "Demandé par la famille"
    PROPOSED = "PROPOSED", "Proposé par un agent"
    AUTOMATIC = "AUTOMATIC", "Délai dépassé : proposé par le portail"


class AdvanceState(models.TextChoices):
    PROPOSED = "PROPOSED", "Proposée"
    GRANTED = "GRANTED", "Accordée"
    PAID = "PAID", "Versée"
    PARTLY_NETTED = "PARTLY_NETTED", "Déduite en partie"
    NETTED = "NETTED", "Déduite en entier"
    REFUSED = "REFUSED", "Refusée"
    CANCELLED = "CANCELLED", "Annulée"
    CONVERTED_TO_OVERPAYMENT = "CONVERTED_TO_OVERPAYMENT", "Devenue une somme versée en trop"
    WAIVED = "WAIVED", "Abandonnée"


class Advance(models.Model):
    """Money paid before the right is fixed (acompte): granted = netted + outstanding + converted + waived, always."""

    SUBJECT = "cmg.advance"
    MOVES = {
        "PROPOSED": {"GRANTED", "REFUSED", "CANCELLED"},
        "GRANTED": {"PAID", "CANCELLED"},
        # A transfer that the bank sent back is cancelled: the family never had it.
        "PAID": {"PARTLY_NETTED", "NETTED", "CONVERTED_TO_OVERPAYMENT", "WAIVED", "CANCELLED"},
        "PARTLY_NETTED": {"PARTLY_NETTED", "NETTED", "CONVERTED_TO_OVERPAYMENT", "WAIVED"},
        "NETTED": set(),
        "REFUSED": set(),
        "CANCELLED": set(),
        "CONVERTED_TO_OVERPAYMENT": set(),
        "WAIVED": set(),
    }  # fmt: skip

    employer_no = models.CharField(max_length=40)
    fund = models.CharField(max_length=8, blank=True)
    amount_cents = models.BigIntegerField()
    estimate_cents = models.BigIntegerField()
    netted_cents = models.BigIntegerField(default=0)
    converted_cents = models.BigIntegerField(default=0)
    waived_cents = models.BigIntegerField(default=0)
    share_percent = models.SmallIntegerField(null=True)
    state = models.CharField(max_length=24, choices=AdvanceState, default=AdvanceState.PROPOSED)
    origin = models.CharField(max_length=9, choices=Origin)
    reason = models.CharField(max_length=300)
    refusal = models.CharField(max_length=300, blank=True)
    four_eyes = models.BooleanField()
    proposed_by = models.CharField(max_length=150)
    proposed_on = models.DateField()
    decided_by = models.CharField(max_length=150, blank=True)
    decided_on = models.DateField(null=True)
    end_to_end_id = models.CharField(max_length=35, blank=True)

    class Meta:
        verbose_name = "avance"
        constraints = [
            models.CheckConstraint(
                name="advance_identity",
                condition=Q(amount_cents__gt=0, netted_cents__gte=0, converted_cents__gte=0, waived_cents__gte=0)
                & Q(amount_cents__gte=F("netted_cents") + F("converted_cents") + F("waived_cents")),
            ),
            models.CheckConstraint(name="advance_within_estimate", condition=Q(amount_cents__lte=F("estimate_cents"))),
            four_eyes("advance_four_eyes"),
        ]
        indexes = [
            models.Index(fields=["state", "proposed_on", "id"]),
            models.Index(fields=["employer_no", "state"]),
        ]

    @property
    def outstanding_cents(self) -> int:
        """What is still to be deducted."""
        return self.amount_cents - self.netted_cents - self.converted_cents - self.waived_cents

    @property
    def waits_for_account(self) -> bool:
        """The portal would have granted it at once: the family has no account that it could go to."""
        return self.state == AdvanceState.PROPOSED and self.origin == Origin.AUTOMATIC and not self.four_eyes

    @property
    def subject(self) -> str:
        return f"cmg:employer:{self.employer_no}"


class AdvanceMonth(models.Model):
    """A care month that an advance covers: one living advance a family and month.

    `ordinal_before`: the last run issued for the month when the advance was granted; a later one may have settled it.
    """

    advance = models.ForeignKey(Advance, on_delete=models.PROTECT, related_name="months")
    employer_no = models.CharField(max_length=40)
    care_month = models.DateField()
    ordinal_before = models.SmallIntegerField(default=0)
    is_live = models.BooleanField(default=True)

    class Meta:
        verbose_name = "mois couvert par une avance"
        constraints = [
            models.UniqueConstraint(
                name="advance_once_a_month", fields=["employer_no", "care_month"], condition=Q(is_live=True)
            )
        ]


class AdvanceNetting(models.Model):
    """What one run kept of one payout for one advance."""

    advance = models.ForeignKey(Advance, on_delete=models.PROTECT, related_name="nettings")
    run = models.ForeignKey("batches.Run", on_delete=models.PROTECT, db_index=False)
    declaration_no = models.CharField(max_length=40)
    care_month = models.DateField()
    covered = models.BooleanField()
    payout_cents = models.BigIntegerField()
    netted_cents = models.BigIntegerField()

    class Meta:
        verbose_name = "déduction d’avance"
        constraints = [
            models.UniqueConstraint(name="netting_once", fields=["advance", "run", "declaration_no"]),
            models.CheckConstraint(
                name="netting_within_payout",
                condition=Q(netted_cents__gt=0, netted_cents__lte=F("payout_cents")),
            ),
        ]


class RefundState(models.TextChoices):
    REQUESTED = "REQUESTED", "Demandé"
    DETECTED = "DETECTED", "Trouvé par le portail"
    VERIFIED = "VERIFIED", "Vérifié"
    ORDERED = "ORDERED", "Envoyé à la banque"
    PAID = "PAID", "Versé"
    CLOSED = "CLOSED", "Clos"
    REJECTED = "REJECTED", "Refusé"
    RETURNED = "RETURNED", "Renvoyé par la banque"


class Refund(models.Model):
    """Contributions wrongly debited, given back. One for a declaration version and a reason."""

    SUBJECT = "cmg.refund"
    MOVES = {
        "REQUESTED": {"VERIFIED", "REJECTED"},
        "DETECTED": {"VERIFIED", "REJECTED"},
        "VERIFIED": {"ORDERED", "REJECTED"},
        "ORDERED": {"PAID", "RETURNED"},
        "RETURNED": {"ORDERED"},
        "PAID": {"CLOSED", "RETURNED"},
        # However late the bank gives it back, it is owed again.
        "CLOSED": {"RETURNED"},
        "REJECTED": set(),
    }

    employer_no = models.CharField(max_length=40)
    fund = models.CharField(max_length=8, blank=True)
    care_month = models.DateField()
    declaration_no = models.CharField(max_length=40)
    version = models.SmallIntegerField()
    reason = models.CharField(max_length=24)
    words = models.CharField(max_length=300, blank=True)
    debited_cents = models.BigIntegerField()
    due_cents = models.BigIntegerField(null=True)
    amount_cents = models.BigIntegerField(default=0)
    state = models.CharField(max_length=9, choices=RefundState)
    opened_on = models.DateField()
    deadline = models.DateField()
    run = models.ForeignKey("batches.Run", on_delete=models.PROTECT, null=True, db_index=False)
    end_to_end_id = models.CharField(max_length=35, blank=True)
    refusal = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "remboursement"
        constraints = [
            models.UniqueConstraint(name="refund_once", fields=["declaration_no", "version", "reason"]),
            models.CheckConstraint(
                name="refund_within_debit", condition=Q(amount_cents__gte=0, amount_cents__lte=F("debited_cents"))
            ),
        ]
        indexes = [models.Index(fields=["state", "deadline", "id"]), models.Index(fields=["employer_no"])]


class OverpaymentState(models.TextChoices):
    OPENED = "OPENED", "Constatée"
    NOTIFIED = "NOTIFIED", "Notifiée, délai pour répondre"
    CONTESTED = "CONTESTED", "Contestée par la famille"
    CONFIRMED = "CONFIRMED", "Confirmée"
    RECOVERING = "RECOVERING", "En cours de remboursement"
    SETTLED = "SETTLED", "Remboursée"
    ABANDONED = "ABANDONED", "Abandonnée, sous le seuil"
    REMITTED = "REMITTED", "Remise accordée"
    CANCELLED = "CANCELLED", "Annulée"


class OverpaymentOrigin(models.TextChoices):
    FAMILY = "FAMILY", "Changement de situation ou de déclaration"
    AGENCY = "AGENCY", "Erreur de nos services"


class Overpayment(models.Model):
    """A sum paid in excess (indu), CSS L. 553-2: nothing is recovered before its notice and twenty days.

    paid in excess = repaid + given up (`remitted_cents`, whatever the reason) + outstanding, always.
    """

    SUBJECT = "cmg.overpayment"
    MOVES = {
        "OPENED": {"NOTIFIED", "ABANDONED", "CANCELLED"},
        "NOTIFIED": {"CONTESTED", "CONFIRMED", "CANCELLED", "REMITTED"},
        "CONTESTED": {"CONFIRMED", "CANCELLED", "REMITTED"},
        "CONFIRMED": {"RECOVERING", "SETTLED", "REMITTED", "CANCELLED"},
        "RECOVERING": {"SETTLED", "REMITTED", "CANCELLED"},
        # The bank may send back an instalment that it had taken.
        "SETTLED": {"RECOVERING"},
        "REMITTED": {"RECOVERING"},
        "ABANDONED": set(),
        "CANCELLED": set(),
    }

    employer_no = models.CharField(max_length=40)
    fund = models.CharField(max_length=8, blank=True)
    care_month = models.DateField()
    declaration_no = models.CharField(max_length=40, blank=True)
    run = models.ForeignKey("batches.Run", on_delete=models.PROTECT, null=True, db_index=False)
    advance = models.OneToOneField(Advance, on_delete=models.PROTECT, null=True, related_name="overpayment")
    paid_cents = models.BigIntegerField()
    due_cents = models.BigIntegerField()
    amount_cents = models.BigIntegerField()
    repaid_cents = models.BigIntegerField(default=0)
    remitted_cents = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=OverpaymentState, default=OverpaymentState.OPENED)
    origin = models.CharField(max_length=6, choices=OverpaymentOrigin)
    cause = models.CharField(max_length=300)
    opened_on = models.DateField()
    notified_on = models.DateField(null=True)
    rectification_until = models.DateField(null=True)
    contest_words = models.CharField(max_length=1000, blank=True)
    four_eyes = models.BooleanField(default=False)
    proposed_by = models.CharField(max_length=150, blank=True)
    decided_by = models.CharField(max_length=150, blank=True)

    class Meta:
        verbose_name = "somme versée en trop"
        constraints = [
            models.UniqueConstraint(
                name="overpayment_once", fields=["declaration_no", "run"], condition=Q(run__isnull=False)
            ),
            models.CheckConstraint(
                name="overpayment_identity",
                condition=Q(amount_cents__gt=0, repaid_cents__gte=0, remitted_cents__gte=0)
                & Q(amount_cents__gte=F("repaid_cents") + F("remitted_cents")),
            ),
            models.CheckConstraint(
                name="overpayment_notice_first",
                condition=Q(notified_on__isnull=False) | Q(state__in=["OPENED", "ABANDONED", "CANCELLED"]),
            ),
            four_eyes("overpayment_four_eyes"),
        ]
        indexes = [models.Index(fields=["state", "opened_on", "id"]), models.Index(fields=["employer_no"])]

    @property
    def outstanding_cents(self) -> int:
        """What is still owed."""
        return self.amount_cents - self.repaid_cents - self.remitted_cents

    @property
    def subject(self) -> str:
        return f"cmg:employer:{self.employer_no}"


class Instalment(models.Model):
    """One part of an agreed repayment: by bank debit with the family's agreement, never more than twelve."""

    overpayment = models.ForeignKey(Overpayment, on_delete=models.PROTECT, related_name="instalments")
    number = models.SmallIntegerField()
    due_on = models.DateField()
    amount_cents = models.BigIntegerField()
    end_to_end_id = models.CharField(max_length=35, blank=True)
    paid_on = models.DateField(null=True)

    class Meta:
        verbose_name = "échéance de remboursement"
        constraints = [
            models.UniqueConstraint(name="instalment_once", fields=["overpayment", "number"]),
            models.CheckConstraint(name="instalment_of_twelve", condition=Q(number__gte=1, number__lte=12)),
            models.CheckConstraint(name="instalment_positive", condition=Q(amount_cents__gt=0)),
        ]


class BoardState(models.TextChoices):
    REFERRED = "REFERRED", "Demande reçue"
    COMPLETE = "COMPLETE", "Dossier complet"
    SCHEDULED = "SCHEDULED", "Inscrite à une séance"
    GRANTED = "GRANTED", "Aide accordée"
    REFUSED = "REFUSED", "Aide refusée"
    PAID = "PAID", "Aide versée"
    CLOSED = "CLOSED", "Close"


class BoardSession(models.Model):
    """A sitting of the social emergency board."""

    held_on = models.DateField(unique=True)
    closed_on = models.DateField(null=True)

    class Meta:
        verbose_name = "séance de la commission"


class BoardCase(models.Model):
    """A family referred to the social emergency board: an aid, never netted against the CMG."""

    SUBJECT = "cmg.board"
    MOVES = {
        "REFERRED": {"COMPLETE", "CLOSED"},
        "COMPLETE": {"SCHEDULED", "CLOSED"},
        "SCHEDULED": {"GRANTED", "REFUSED", "COMPLETE"},
        "GRANTED": {"PAID"},
        "REFUSED": {"CLOSED"},
        "PAID": {"CLOSED"},
        "CLOSED": set(),
    }

    employer_no = models.CharField(max_length=40)
    fund = models.CharField(max_length=8, blank=True)
    hardship = models.CharField(max_length=1000)
    months_unpaid = models.SmallIntegerField()
    missing_cents = models.BigIntegerField()
    net_pay_cents = models.BigIntegerField()
    has_banking_incident = models.BooleanField(default=False)
    is_pay_threatened = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=BoardState, default=BoardState.REFERRED)
    session = models.ForeignKey(BoardSession, on_delete=models.PROTECT, null=True, related_name="cases")
    referred_by = models.CharField(max_length=150)
    referred_on = models.DateField()
    amount_cents = models.BigIntegerField(default=0)
    decision_words = models.CharField(max_length=500, blank=True)
    end_to_end_id = models.CharField(max_length=35, blank=True)

    class Meta:
        verbose_name = "demande à la commission d’urgence sociale"
        constraints = [
            models.UniqueConstraint(
                name="board_one_open",
                fields=["employer_no"],
                condition=Q(state__in=["REFERRED", "COMPLETE", "SCHEDULED", "GRANTED"]),
            )
        ]
        indexes = [models.Index(fields=["state", "referred_on", "id"])]

    @property
    def subject(self) -> str:
        return f"cmg:employer:{self.employer_no}"


class BoardVote(models.Model):
    """What one member of the board decides at one session; two who agree there decide the case.

    A case put off to another session is discussed anew: what was voted before stays, and counts no more.
    """

    case = models.ForeignKey(BoardCase, on_delete=models.PROTECT, related_name="votes")
    session = models.ForeignKey(BoardSession, on_delete=models.PROTECT, null=True, related_name="+")
    member = models.CharField(max_length=150)
    amount_cents = models.BigIntegerField()
    words = models.CharField(max_length=500, blank=True)
    voted_on = models.DateField()

    class Meta:
        verbose_name = "vote de la commission"
        constraints = [models.UniqueConstraint(name="boardvote_once", fields=["case", "session", "member"])]


class Channel(models.TextChoices):
    WEB = "WEB", "Espace famille"
    PHONE = "PHONE", "Téléphone"
    COUNTER = "COUNTER", "Accueil"
    MAIL = "MAIL", "Courrier"


class Symptom(models.TextChoices):
    DEBITED = "DEBITED", "On me prélève alors que je ne dois rien"
    NOT_PAID = "NOT_PAID", "Je n’ai pas reçu l’aide"
    WRONG_AMOUNT = "WRONG_AMOUNT", "Le montant est faux"
    ADVANCE_RECLAIMED = "ADVANCE_RECLAIMED", "On me reprend une avance"
    NO_ANSWER = "NO_ANSWER", "Personne ne me répond"
    OTHER = "OTHER", "Autre chose"


class ReportState(models.TextChoices):
    OPEN = "OPEN", "Reçu"
    LINKED = "LINKED", "Relié à un désaccord connu"
    NEW_ANOMALY = "NEW_ANOMALY", "Contrôle complet en cours"
    ANSWERED = "ANSWERED", "Répondu"
    CLOSED = "CLOSED", "Clos"


class Report(models.Model):
    """A family says that something is wrong (signalement). `number` is what she tells on the phone: ``26-3817``."""

    SUBJECT = "cmg.report"
    MOVES = {
        "OPEN": {"LINKED", "NEW_ANOMALY", "ANSWERED"},
        "LINKED": {"ANSWERED"},
        "NEW_ANOMALY": {"LINKED", "ANSWERED"},
        "ANSWERED": {"CLOSED", "OPEN"},
        "CLOSED": {"OPEN"},
    }

    number = models.CharField(max_length=12, unique=True)
    form_key = models.UUIDField(unique=True)
    employer_no = models.CharField(max_length=40)
    fund = models.CharField(max_length=8, blank=True)
    channel = models.CharField(max_length=7, choices=Channel)
    symptom = models.CharField(max_length=17, choices=Symptom)
    months = ArrayField(models.DateField())
    words = models.CharField(max_length=2000, blank=True)
    stops_debit = models.BooleanField(default=False)
    codes = models.CharField(max_length=120, blank=True)
    dossier = models.ForeignKey("casework.Dossier", on_delete=models.PROTECT, null=True, related_name="reports")
    state = models.CharField(max_length=11, choices=ReportState, default=ReportState.OPEN)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=150)
    first_answer_by = models.DateField()
    controlled_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=2000, blank=True)

    class Meta:
        verbose_name = "signalement"
        indexes = [
            models.Index(fields=["state", "first_answer_by", "id"]),
            models.Index(fields=["employer_no", "opened_at"]),
        ]
