"""Facts received by the files of intermediation. Rows are never overwritten: a new version ends the former.

Money in cents, indices in hundredths, `null` where the sender did not know. `bucket` spreads families over the slices of
a day: it depends on the creditor's number alone. `heard_on` is the day on which the life of a case heard the row.

A parent's address, phone, e-mail, bank, employer and fund are for the fund's agents and that parent: nothing that the
other parent reads is made from them, and in a case of violence not the usual name either.
"""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q

from portal.exchange.received import CURRENT, Received, received_file


class PaymentMeans(models.TextChoices):
    DIRECT_DEBIT = "DIRECT_DEBIT", "Prélèvement"
    TRANSFER = "TRANSFER", "Virement"
    CARD = "CARD", "Carte"
    CHEQUE = "CHEQUE", "Chèque"
    BENEFIT_CONSENT = "BENEFIT_CONSENT", "Retenue acceptée sur les prestations"


class TitleKind(models.TextChoices):
    """The six enforceable titles of C. civ. 373-2-2 I, and a bond between a parent and a child without any."""

    COURT_DECISION = "COURT_DECISION", "Décision de justice"
    HOMOLOGATED_AGREEMENT = "HOMOLOGATED_AGREEMENT", "Convention homologuée par le juge"
    MUTUAL_CONSENT_AGREEMENT = "MUTUAL_CONSENT_AGREEMENT", "Convention de divorce par consentement mutuel"
    NOTARIAL_DEED = "NOTARIAL_DEED", "Acte reçu par un notaire"
    CAF_ENFORCEABLE_AGREEMENT = "CAF_ENFORCEABLE_AGREEMENT", "Convention rendue exécutoire par la caisse"
    COUNTERSIGNED_DEED = "COUNTERSIGNED_DEED", "Acte contresigné par avocats"
    NONE = "NONE", "Sans titre"


class Indexation(models.TextChoices):
    NONE_MENTIONED = "NONE_MENTIONED", "aucune mention"
    EXCLUDED = "EXCLUDED", "exclue"
    CLAUSE = "CLAUSE", "clause du titre"


class IndexSeries(models.TextChoices):
    ALL_HOUSEHOLDS = "ALL_HOUSEHOLDS", "ensemble des ménages"
    URBAN_WORKERS = "URBAN_WORKERS", "ménages urbains dont le chef est ouvrier ou employé"


class Rounding(models.TextChoices):
    CENT = "CENT", "au centime"
    EURO_NEAREST = "EURO_NEAREST", "à l’euro le plus proche"
    EURO_UP = "EURO_UP", "à l’euro supérieur"
    EURO_DOWN = "EURO_DOWN", "à l’euro inférieur"


class EndCondition(models.TextChoices):
    MAJORITY = "MAJORITY", "majorité"
    END_OF_STUDIES = "END_OF_STUDIES", "fin des études"
    SELF_SUPPORTING = "SELF_SUPPORTING", "autonomie financière"
    DATE = "DATE", "date"


class Sender(models.TextChoices):
    CLERK = "CLERK", "Greffe"
    LAWYER = "LAWYER", "Avocat"
    NOTARY = "NOTARY", "Notaire"
    PARENT = "PARENT", "Parent"
    FUND = "FUND", "Caisse"


class EventKind(models.TextChoices):
    REQUEST = "REQUEST", "Demande d’intermédiation"
    INFORMATION = "INFORMATION", "Réponse d’un parent"
    NOTICE_RECEIVED = "NOTICE_RECEIVED", "Courrier reçu"
    OBSERVATIONS_ACCEPTED = "OBSERVATIONS_ACCEPTED", "Observations acceptées"
    DEBIT_RETURNED = "DEBIT_RETURNED", "Prélèvement revenu"
    PAYMENT_RECEIVED = "PAYMENT_RECEIVED", "Paiement reçu"
    PAID_BETWEEN_PARENTS = "PAID_BETWEEN_PARENTS", "Mois payé entre parents"
    EXPENSE = "EXPENSE", "Frais avancés"
    BANK_DETAILS = "BANK_DETAILS", "Nouvelles coordonnées bancaires"
    MOVE = "MOVE", "Déménagement"
    DEATH = "DEATH", "Décès"
    LONE_PARENT = "LONE_PARENT", "Vie seule ou en couple"
    ASF_CLAIM = "ASF_CLAIM", "Demande d’ASF"
    JUDGE_APPLIED = "JUDGE_APPLIED", "Juge saisi"
    UNABLE_TO_PAY = "UNABLE_TO_PAY", "Hors d’état de payer"
    ABLE_TO_PAY = "ABLE_TO_PAY", "En état de payer"
    VIOLENCE = "VIOLENCE", "Parent à protéger"
    ARREARS_REQUEST = "ARREARS_REQUEST", "Arriéré demandé"
    PLAN_ACCEPTED = "PLAN_ACCEPTED", "Plan proposé"
    RECOVERY_DECISION = "RECOVERY_DECISION", "Décision de recouvrement"
    GARNISHEE_ANSWER = "GARNISHEE_ANSWER", "Réponse du tiers"
    RELEASE_REQUEST = "RELEASE_REQUEST", "Demande de mainlevée"
    COMPLAINT = "COMPLAINT", "Réclamation"
    COMPLAINT_CLOSED = "COMPLAINT_CLOSED", "Réclamation close"
    END_REQUEST = "END_REQUEST", "Demande de fin"
    END_CONSENT = "END_CONSENT", "Accord pour la fin"
    END_REFUSAL = "END_REFUSAL", "Refus de la fin"
    OFFSET_CONSENT = "OFFSET_CONSENT", "Accord pour compenser"
    CREDITOR_REPAID = "CREDITOR_REPAID", "Remboursement du parent créancier"


class Party(models.TextChoices):
    CREDITOR = "CREDITOR", "Parent créancier"
    DEBTOR = "DEBTOR", "Parent débiteur"
    BOTH = "BOTH", "Les deux parents"
    GARNISHEE = "GARNISHEE", "Tiers saisi"
    OFFICER = "OFFICER", "Commissaire de justice"


NOT_HEARD = Q(heard_on__isnull=True)


class Parent(Received):
    """A parent as known from `updated_on` on. NIR and IBAN are in the vault; only their keys are here.

    `updated_at` decides between two rows of one day: the later holds.
    """

    parent_no = models.CharField(max_length=40)
    nir_key = models.UUIDField(null=True)
    nir_valid = models.BooleanField()
    birth_name = models.CharField(max_length=100, null=True)
    usual_name = models.CharField(max_length=100, null=True)
    first_names = models.CharField(max_length=100, null=True)
    name_key = models.CharField(max_length=310)
    birth_date = models.DateField(null=True)
    birth_place = models.CharField(max_length=100, null=True)
    fund = models.CharField(max_length=8, null=True)
    address = models.CharField(max_length=500, null=True)
    postcode = models.CharField(max_length=10, null=True)
    city = models.CharField(max_length=100, null=True)
    country = models.CharField(max_length=2, null=True)
    phone = models.CharField(max_length=25, null=True)
    email = models.CharField(max_length=254, null=True)
    stable_residence = models.BooleanField(null=True)
    lawful_stay = models.BooleanField(null=True)
    employer_no = models.CharField(max_length=40, null=True)
    payment_means = models.CharField(max_length=16, choices=PaymentMeans, null=True)
    payment_day = models.SmallIntegerField(null=True)
    iban_key = models.UUIDField(null=True)
    iban_valid = models.BooleanField()
    iban_tail = models.CharField(max_length=4, blank=True)
    bank_statement_on = models.DateField(null=True)
    mandate_ref = models.CharField(max_length=35, null=True)
    mandate_signed_on = models.DateField(null=True)
    updated_on = models.DateField()
    updated_at = models.DateTimeField()
    heard_on = models.DateField(null=True)

    class Meta:
        verbose_name = "parent"
        constraints = [
            models.UniqueConstraint(name="parent_one_current", fields=["parent_no", "updated_on"], condition=CURRENT)
        ]
        indexes = [
            models.Index(name="parent_nir", fields=["nir_key"], condition=CURRENT),
            # Words in any order, and words that look alike.
            GinIndex(OpClass("name_key", name="gin_trgm_ops"), name="parent_name_words", condition=CURRENT),
            models.Index(name="parent_not_heard", fields=["updated_on"], condition=CURRENT & NOT_HEARD),
        ]


class Title(Received):
    """One child of a title; what the title says of itself is repeated on each of its rows."""

    title_no = models.CharField(max_length=40)
    case_no = models.CharField(max_length=40)
    bucket = models.SmallIntegerField()
    supersedes = models.CharField(max_length=40, null=True)
    kind = models.CharField(max_length=25, choices=TitleKind)
    divorce = models.BooleanField(null=True)
    issuer = models.CharField(max_length=100, null=True)
    minute_no = models.CharField(max_length=100, null=True)
    title_date = models.DateField(null=True)
    enforceable_on = models.DateField(null=True)
    provides_intermediation = models.BooleanField(null=True)
    refused_by_both = models.BooleanField(null=True)
    excluded_by_judge = models.BooleanField(null=True)
    cancels_support = models.BooleanField(null=True)
    violence = models.BooleanField(null=True)
    creditor_no = models.CharField(max_length=40)
    debtor_no = models.CharField(max_length=40, null=True)
    due_day = models.SmallIntegerField(null=True)
    intermediation_end = models.DateField(null=True)
    indexation = models.CharField(max_length=14, choices=Indexation)
    index_series = models.CharField(max_length=14, choices=IndexSeries)
    base_month = models.DateField(null=True)
    first_indexation_on = models.DateField(null=True)
    rounding = models.CharField(max_length=12, choices=Rounding)
    child_id = models.CharField(max_length=40)
    child_first_name = models.CharField(max_length=100, null=True)
    child_birth_date = models.DateField(null=True)
    monthly_total_cents = models.BigIntegerField(null=True)
    cash_share_cents = models.BigIntegerField(null=True)
    in_kind = models.CharField(max_length=500, null=True)
    effective_on = models.DateField(null=True)
    amount_end = models.DateField(null=True)
    end_condition = models.CharField(max_length=15, choices=EndCondition, null=True)
    sender = models.CharField(max_length=6, choices=Sender, null=True)
    received_on = models.DateField()
    heard_on = models.DateField(null=True)

    class Meta:
        verbose_name = "ligne de titre"
        constraints = [
            models.UniqueConstraint(name="title_one_current", fields=["title_no", "child_id"], condition=CURRENT)
        ]
        indexes = [
            models.Index(name="title_heard", fields=["bucket", "heard_on"], condition=CURRENT),
            models.Index(name="title_case", fields=["case_no"], condition=CURRENT),
            models.Index(name="title_creditor", fields=["creditor_no"], condition=CURRENT),
            # What is known anew of a debtor concerns the cases of this debtor.
            models.Index(name="title_debtor", fields=["debtor_no"], condition=CURRENT),
            models.Index(name="title_waits", fields=["received_on"], condition=CURRENT & NOT_HEARD),
        ]


class Price(Received):
    """One published index of consumer prices without tobacco, in hundredths."""

    series = models.CharField(max_length=14, choices=IndexSeries)
    base = models.SmallIntegerField()
    month = models.DateField()
    value_hundredths = models.IntegerField()
    published_on = models.DateField()
    heard_on = models.DateField(null=True)

    class Meta:
        verbose_name = "indice des prix"
        constraints = [
            models.UniqueConstraint(name="price_one_current", fields=["series", "base", "month"], condition=CURRENT)
        ]


class Event(models.Model):
    """What a fund learnt of a case on `day`; an event never changes, and `event_no` orders those of a day."""

    file = received_file()
    line = models.IntegerField()
    known_from = models.DateTimeField()
    event_no = models.BigIntegerField()
    day = models.DateField()
    case_no = models.CharField(max_length=40)
    kind = models.CharField(max_length=21, choices=EventKind)
    party = models.CharField(max_length=9, choices=Party, null=True)
    child_id = models.CharField(max_length=40, null=True)
    letter = models.CharField(max_length=3, null=True)
    month = models.DateField(null=True)
    means = models.CharField(max_length=17, null=True)
    reason = models.CharField(max_length=20, null=True)
    amount_cents = models.BigIntegerField(null=True)
    effective_on = models.DateField(null=True)
    ref = models.CharField(max_length=100, null=True)
    text = models.CharField(max_length=500, null=True)
    heard_on = models.DateField(null=True)

    class Meta:
        verbose_name = "évènement"
        constraints = [models.UniqueConstraint(name="event_once", fields=["event_no"])]
        indexes = [
            models.Index(name="event_case", fields=["case_no", "event_no"]),
            models.Index(name="event_not_heard", fields=["case_no", "event_no"], condition=NOT_HEARD),
            models.Index(name="event_waits", fields=["day"], condition=NOT_HEARD),
        ]
