"""Exchanges between bodies, one row a side: what was asked or told, item by item, and every move of it."""

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from fraud.models.cases import ControlCase
from fraud.models.directory import AuthorisedOfficer, ExchangeBody
from fraud.models.evidence import EvidenceItem
from fraud.rules import exchange as rules


class ExchangeDirection(models.TextChoices):
    OUT = "OUT", "Envoyé"
    IN = "IN", "Reçu"


class ExchangeKind(models.TextChoices):
    REQUEST = rules.REQUEST, "Demande"
    SPONTANEOUS = rules.SPONTANEOUS, "Communication spontanée"


class ExchangeState(models.TextChoices):
    DRAFT = rules.DRAFT, "Brouillon"
    SENT = rules.SENT, "Envoyé"
    ACKNOWLEDGED = rules.ACKNOWLEDGED, "Reçu par l’organisme"
    ANSWERED = rules.ANSWERED, "Répondu"
    PARTIAL = rules.PARTIAL, "Répondu en partie"
    REFUSED = rules.REFUSED, "Refusé"
    EXPIRED = rules.EXPIRED, "Délai passé"
    CLOSED = rules.CLOSED, "Clos"
    PURGED = rules.PURGED, "Effacé"


class LegalBasis(models.TextChoices):
    L114_12 = rules.L114_12, "CSS L. 114-12 : droits, versements, information"
    L114_16_1 = rules.L114_16_1, "CSS L. 114-16-1 : lutte contre la fraude"
    L114_19 = rules.L114_19, "CSS L. 114-19 : droit de communication"
    L152_LPF = rules.L152_LPF, "LPF L. 152 : administration fiscale"
    CODAF = rules.CODAF, "Comité départemental (CODAF)"


class ExchangePurpose(models.TextChoices):
    RIGHTS = rules.RIGHTS, "Apprécier des droits ou des obligations"
    INFORMING = rules.INFORMING, "Informer la personne de ses droits"
    LIQUIDATION = rules.LIQUIDATION, "Contrôler un calcul ou un versement"
    FRAUD = rules.FRAUD, "Prévenir et constater une fraude"
    FINDING = rules.FINDING, "Rechercher et constater une fraude sociale"
    CONTRIBUTIONS = rules.CONTRIBUTIONS, "Recouvrer des cotisations dues"
    RECOVERY = rules.RECOVERY, "Recouvrer des prestations versées à tort"


class Urgency(models.TextChoices):
    NORMAL = rules.NORMAL, "Ordinaire"
    URGENT = rules.URGENT, "Urgent"


class ItemOutcome(models.TextChoices):
    GIVEN = rules.GIVEN, "Je réponds"
    NOT_HELD = rules.NOT_HELD, "Je n’ai pas cette information"
    REFUSED = rules.REFUSED, "Je refuse"


class RefusalReason(models.TextChoices):
    """The closed list: professional secrecy between designated officers is not in it."""

    NOT_DESIGNATED = rules.NOT_DESIGNATED, "La personne n’est pas désignée"
    OUT_OF_SCOPE = rules.OUT_OF_SCOPE, "Hors de la désignation"
    PURPOSE_UNLAWFUL = rules.PURPOSE_UNLAWFUL, "Finalité que la loi ne permet pas"
    NOT_NECESSARY = rules.NOT_NECESSARY, "Plus que nécessaire"
    IDENTITY_UNCERTAIN = rules.IDENTITY_UNCERTAIN, "Identité incertaine"
    NOT_HELD = rules.NOT_HELD, "Information que nous n’avons pas"
    MEDICAL_SECRECY = rules.MEDICAL_SECRECY, "Secret médical"
    JUDICIAL_SECRECY = rules.JUDICIAL_SECRECY, "Secret de l’enquête ou de l’instruction"
    TOO_OLD = rules.TOO_OLD, "Trop ancien"
    DEFENCE_SECRECY = rules.DEFENCE_SECRECY, "Secret de la défense nationale"


class InfoExchange(models.Model):
    """One side of an exchange: `holder` is the body whose row it is, and reads no other.

    `reference` and `number` are the same on both sides; `key` names this row in addresses. `officer` is the holder's,
    `counterpart_officer` the other body's: never a generic mailbox. What names the person or tells of them (`sealed`, and
    what items say) is encrypted with a key of its own (`sealed_key`), itself encrypted: without it nothing can be read.
    `case` is the holder's own file; `case_number` what the sender called theirs. `period_end`: first day not covered.
    `retained_until`: first day when it is no longer kept; empty while its case lives.
    """

    key = models.UUIDField(unique=True, default=uuid4, editable=False)
    holder = models.ForeignKey(ExchangeBody, on_delete=models.PROTECT, related_name="exchanges")
    direction = models.CharField(max_length=3, choices=ExchangeDirection)
    kind = models.CharField(max_length=11, choices=ExchangeKind)
    reference = models.UUIDField()
    number = models.CharField(max_length=30)
    form_key = models.UUIDField(unique=True, null=True)
    counterpart = models.ForeignKey(ExchangeBody, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(AuthorisedOfficer, on_delete=models.PROTECT, related_name="exchanges")
    counterpart_officer = models.ForeignKey(AuthorisedOfficer, on_delete=models.PROTECT, related_name="+")
    legal_basis = models.CharField(max_length=9, choices=LegalBasis)
    purpose = models.CharField(max_length=13, choices=ExchangePurpose)
    scope = models.CharField(max_length=24)
    departement = models.CharField(max_length=3)
    payload_kinds = ArrayField(models.CharField(max_length=11), default=list)
    urgency = models.CharField(max_length=6, choices=Urgency, default=Urgency.NORMAL)
    period_start = models.DateField()
    period_end = models.DateField()
    case = models.ForeignKey(ControlCase, on_delete=models.PROTECT, null=True, related_name="exchanges")
    case_number = models.CharField(max_length=20, blank=True)
    motive = models.CharField(max_length=500, blank=True)
    person_key = models.UUIDField(null=True)
    sealed_key = models.BinaryField(null=True)
    sealed = models.BinaryField(null=True)
    state = models.CharField(max_length=12, choices=ExchangeState, default=ExchangeState.DRAFT)
    drafted_on = models.DateField()
    dated = models.DateField(null=True)
    sent_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    retained_until = models.DateField(null=True)
    envelope = models.UUIDField(null=True)
    answer_envelope = models.UUIDField(null=True)

    class Meta:
        verbose_name = "échange"
        constraints = [
            models.UniqueConstraint(name="exchange_once_a_side", fields=["holder", "reference"]),
            models.UniqueConstraint(name="exchange_number", fields=["holder", "number"]),
            models.CheckConstraint(name="exchange_with_another", condition=~Q(counterpart=F("holder"))),
            models.CheckConstraint(name="exchange_has_a_place", condition=~Q(departement="")),
            models.CheckConstraint(name="exchange_period", condition=Q(period_end__gt=F("period_start"))),
            models.CheckConstraint(
                name="exchange_has_a_motive", condition=Q(state="PURGED") | Q(case__isnull=False) | ~Q(case_number="") | ~Q(motive="")
            ),
            models.CheckConstraint(
                name="exchange_ends_some_day", condition=Q(retained_until__isnull=False) | Q(case__isnull=False)
            ),
            models.CheckConstraint(
                name="exchange_sent_has_its_day",
                condition=Q(state__in=["DRAFT", "CLOSED", "PURGED"]) | Q(sent_at__isnull=False, dated__isnull=False),
            ),
            models.CheckConstraint(
                name="exchange_request_has_a_delay",
                condition=Q(sent_at__isnull=True) | Q(kind="SPONTANEOUS") | Q(due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="exchange_purged_is_a_shell",
                condition=~Q(state="PURGED")
                | Q(person_key__isnull=True, sealed_key__isnull=True, sealed__isnull=True, motive=""),
            ),
            models.CheckConstraint(
                name="exchange_names_somebody",
                condition=Q(state="PURGED") | Q(person_key__isnull=False, sealed_key__isnull=False, sealed__isnull=False),
            ),
            models.CheckConstraint(
                name="exchange_known_grounds",
                condition=Q(legal_basis__in=LegalBasis.values, purpose__in=ExchangePurpose.values),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index("holder", F("id").desc(), name="exchange_list"),
            models.Index("holder", "direction", "state", "due_on", name="exchange_due"),
            models.Index(name="exchange_of_case", fields=["case"]),
            models.Index(name="exchange_kept", fields=["retained_until"], condition=~Q(state="PURGED")),
            models.Index(name="exchange_waits", fields=["due_on"], condition=Q(state__in=["SENT", "ACKNOWLEDGED"])),
        ]

    @property
    def article(self) -> str:
        """The text without what it is for, as a list has room for it."""
        return self.get_legal_basis_display().partition(" : ")[0]

    @property
    def evidence_reference(self) -> str:
        """Under which the papers of this side are kept: the other side keeps its own."""
        return f"exchange:{self.holder_id}:{self.reference}"


class ExchangeItem(models.Model):
    """One thing asked or told, and what was said of it. `sealed`: the words and the data, with the exchange's key."""

    exchange = models.ForeignKey(InfoExchange, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=30)
    outcome = models.CharField(max_length=8, choices=ItemOutcome, blank=True)
    refusal = models.CharField(max_length=18, choices=RefusalReason, blank=True)
    sealed = models.BinaryField(null=True)
    data_format = models.CharField(max_length=10, blank=True)
    data_sha256 = models.CharField(max_length=64, blank=True)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "élément d’un échange"
        constraints = [
            models.UniqueConstraint(name="exchange_item_once", fields=["exchange", "code"]),
            models.CheckConstraint(
                name="exchange_refusal_from_the_list",
                condition=(Q(outcome="REFUSED") & Q(refusal__in=[one for one in rules.REFUSALS if one != "NOT_HELD"]))
                | (Q(outcome="NOT_HELD") & Q(refusal="NOT_HELD"))
                | (Q(outcome__in=["", "GIVEN"]) & Q(refusal="")),
            ),
            models.CheckConstraint(
                name="exchange_item_decided_by_somebody",
                condition=Q(outcome="") | (Q(decided_at__isnull=False) & ~Q(decided_by="")),
            ),
        ]


class ExchangeDocument(models.Model):
    """A paper of an exchange: its bytes and provenance are an evidence item's; `name` is what its sender called it.

    It is taken out of what has not left alone, its bytes emptied first.
    """

    exchange = models.ForeignKey(InfoExchange, on_delete=models.PROTECT, related_name="documents")
    item = models.ForeignKey(ExchangeItem, on_delete=models.PROTECT, null=True, related_name="documents")
    evidence = models.ForeignKey(EvidenceItem, on_delete=models.PROTECT, related_name="exchange_documents")
    name = models.CharField(max_length=200)
    dated = models.DateField(null=True)

    class Meta:
        verbose_name = "pièce d’un échange"
        constraints = [
            # The same paper may answer two items.
            models.UniqueConstraint(
                name="exchange_document_once", fields=["exchange", "evidence", "item"], nulls_distinct=False
            )
        ]


class ExchangeMove(models.Model):
    """One move of one side: from, to, when, by whom, why. Never changed, never removed."""

    exchange = models.ForeignKey(InfoExchange, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=12, choices=ExchangeState, blank=True)
    to_state = models.CharField(max_length=12, choices=ExchangeState)
    at = models.DateTimeField()
    dated = models.DateField()
    by = models.CharField(max_length=150)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "étape d’un échange"
        indexes = [models.Index(name="exchange_moves", fields=["exchange", "id"])]
