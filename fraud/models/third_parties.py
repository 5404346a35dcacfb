"""Requests to third parties: what was asked, of whom, in which case; their moves, their answers, and the fine."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from fraud.models.cases import ControlCase
from fraud.models.words import GONE
from fraud.rules.third_party import ThirdPartyKind, ThirdPartyPurpose


class ThirdPartyState(models.TextChoices):
    PREPARED = "PREPARED", "À envoyer"
    SENT = "SENT", "Envoyée"
    REMINDED = "REMINDED", "Rappelée"
    ANSWERED = "ANSWERED", "Répondue"
    REFUSED = "REFUSED", "Refusée"
    SILENT = "SILENT", "Sans réponse"
    FINE_PROPOSED = "FINE_PROPOSED", "Amende proposée"
    FINED = "FINED", "Amende décidée"
    FINE_DROPPED = "FINE_DROPPED", "Amende abandonnée"
    WITHDRAWN = "WITHDRAWN", "Retirée"


T = ThirdPartyState
# The pairs are also those of the database (migration 0006): a test compares them.
THIRD_PARTY_MOVES: dict[str, set[str]] = {
    T.PREPARED: {T.SENT, T.WITHDRAWN},
    T.SENT: {T.REMINDED, T.ANSWERED, T.REFUSED, T.SILENT, T.WITHDRAWN},
    T.REMINDED: {T.ANSWERED, T.REFUSED, T.SILENT, T.WITHDRAWN},
    T.REFUSED: {T.ANSWERED, T.FINE_PROPOSED, T.WITHDRAWN},
    T.SILENT: {T.ANSWERED, T.REFUSED, T.FINE_PROPOSED, T.WITHDRAWN},
    T.FINE_PROPOSED: {T.FINED, T.FINE_DROPPED},
    T.FINED: set(),
    T.FINE_DROPPED: set(),
    T.ANSWERED: set(),
    T.WITHDRAWN: set(),
}


class PartyKind(models.TextChoices):
    BANK = ThirdPartyKind.BANK.value, "Banque"
    ENERGY = ThirdPartyKind.ENERGY.value, "Fournisseur d’énergie"
    TELECOM = ThirdPartyKind.TELECOM.value, "Opérateur de téléphone"
    EMPLOYER = ThirdPartyKind.EMPLOYER.value, "Employeur"
    LANDLORD = ThirdPartyKind.LANDLORD.value, "Bailleur"


class PartyPurpose(models.TextChoices):
    DECLARATIONS = ThirdPartyPurpose.DECLARATIONS.value, "Vérifier une déclaration"
    PAPERS = ThirdPartyPurpose.PAPERS.value, "Vérifier une pièce"
    RECOVERY = ThirdPartyPurpose.RECOVERY.value, "Recouvrer une somme versée en trop"


class AttemptWay(models.TextChoices):
    LETTER = "LETTER", "par courrier"
    MESSAGE = "MESSAGE", "par message"
    PHONE = "PHONE", "par téléphone"
    MEETING = "MEETING", "en rendez-vous"


class Receipt(models.TextChoices):
    """What proves the day on which the third party received the request."""

    NOTICE = "NOTICE", "accusé de réception"
    LINK = "LINK", "page de réponse ouverte avec le code"


class UnidentifiedAuthorisation(models.Model):
    """Who may ask about people not identified: an officer specially authorised under the decree, for some time."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="unidentified_acts")
    act_no = models.CharField(max_length=40)
    signatory = models.CharField(max_length=160)
    valid_from = models.DateField()
    valid_to = models.DateField()
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "autorisation spéciale"
        constraints = [
            models.UniqueConstraint(name="unidentified_act_once", fields=["user", "act_no"]),
            models.CheckConstraint(name="unidentified_act_half_open", condition=Q(valid_to__gt=F("valid_from"))),
            models.CheckConstraint(name="unidentified_act_by_another", condition=~Q(granted_by=F("user"))),
        ]


class ThirdPartyRequest(models.Model):
    """One request. `number` is ``T-2026-7``; `concerned` (encrypted) names the people, one a line.

    The person is asked first: `attempt_on` and `attempt_way`, or `no_attempt_reason`. The delay runs from `received_on`
    to `due_on` included; without a proof of receipt there is none. `secret` opens the page of the answer.
    `purged_on`: the day when what it said was erased, with its case; that it was asked, when, and what came of it stay.
    """

    SUBJECT = "thirdparty"
    MOVES = THIRD_PARTY_MOVES

    number = models.CharField(max_length=20, unique=True)
    case = models.ForeignKey(ControlCase, on_delete=models.PROTECT, related_name="third_party_requests")
    kind = models.CharField(max_length=10, choices=PartyKind)
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=300)
    purpose = models.CharField(max_length=12, choices=PartyPurpose)
    asked = models.CharField(max_length=1000)
    concerned = models.BinaryField()
    persons = models.PositiveSmallIntegerField()
    is_identified = models.BooleanField(default=True)
    authorisation = models.ForeignKey(UnidentifiedAuthorisation, on_delete=models.PROTECT, null=True, related_name="+")
    attempt_on = models.DateField(null=True)
    attempt_way = models.CharField(max_length=8, choices=AttemptWay, blank=True)
    no_attempt_reason = models.CharField(max_length=500, blank=True)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    prepared_on = models.DateField()
    state = models.CharField(max_length=14, choices=ThirdPartyState, default=ThirdPartyState.PREPARED)
    sent_on = models.DateField(null=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    received_on = models.DateField(null=True)
    receipt = models.CharField(max_length=6, choices=Receipt, blank=True)
    due_on = models.DateField(null=True)
    silent_on = models.DateField(null=True)
    over_on = models.DateField(null=True)
    secret = models.BinaryField()
    secret_key = models.UUIDField(unique=True)
    form_key = models.UUIDField(unique=True)
    purged_on = models.DateField(null=True)

    class Meta:
        verbose_name = "demande à un tiers"
        constraints = [
            models.CheckConstraint(
                name="third_party_person_asked_first",
                condition=(Q(attempt_on__isnull=False, attempt_on__lte=F("prepared_on")) & ~Q(attempt_way=""))
                | ~Q(no_attempt_reason=""),
            ),
            models.CheckConstraint(
                name="third_party_of_the_list",
                condition=Q(kind__in=PartyKind.values, purpose__in=PartyPurpose.values),
            ),
            models.CheckConstraint(name="third_party_somebody", condition=Q(persons__gte=1)),
            models.CheckConstraint(
                name="third_party_sent_by_somebody",
                condition=Q(state__in=["PREPARED", "WITHDRAWN"]) | Q(sent_on__isnull=False, sent_by__isnull=False),
            ),
            models.CheckConstraint(
                name="third_party_delay_from_receipt",
                condition=Q(received_on=None, due_on=None, receipt="")
                | (Q(received_on__gte=F("sent_on"), due_on__gt=F("received_on")) & ~Q(receipt="")),
            ),
            models.CheckConstraint(
                name="third_party_silent_after_delay",
                condition=(Q(silent_on=None) & ~Q(state="SILENT")) | Q(silent_on__gt=F("due_on"), due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="third_party_unidentified_by_act", condition=Q(is_identified=True) | Q(authorisation__isnull=False)
            ),
            models.CheckConstraint(
                name="third_party_purged_is_a_shell",
                condition=Q(purged_on=None)
                | Q(name=GONE, address=GONE, asked=GONE, concerned=b"", secret=b"", no_attempt_reason__in=["", GONE]),
            ),
        ]
        indexes = [
            models.Index(name="third_party_case", fields=["case", "id"]),
            models.Index(name="third_party_due", fields=["state", "due_on", "id"]),
        ]


class ThirdPartyMove(models.Model):
    """One move of a request, also those that leave its state: receipt noted, link renewed. Never changed but its words, which
    go with those of the request; never removed."""

    request = models.ForeignKey(ThirdPartyRequest, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=14, choices=ThirdPartyState, blank=True)
    to_state = models.CharField(max_length=14, choices=ThirdPartyState)
    at = models.DateTimeField()
    dated = models.DateField()
    by = models.CharField(max_length=150)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = "étape d’une demande à un tiers"
        indexes = [models.Index(name="third_party_move", fields=["request", "id"])]


class AnswerKind(models.TextChoices):
    GIVEN = "GIVEN", "Voici ce qui est demandé"
    NOT_HELD = "NOT_HELD", "Nous n’avons pas ces informations"
    REFUSED = "REFUSED", "Nous refusons"


class ThirdPartyAnswer(models.Model):
    """One answer, by the link or noted by an officer. `words` and `contact` are encrypted; its papers are evidence of the
    case, under the number of the request. Never changed but at `purged_on`, when they are erased; never removed."""

    request = models.ForeignKey(ThirdPartyRequest, on_delete=models.PROTECT, related_name="answers")
    key = models.UUIDField(unique=True)
    kind = models.CharField(max_length=8, choices=AnswerKind)
    words = models.BinaryField()
    contact = models.BinaryField()
    papers = models.PositiveSmallIntegerField()
    content_sha256 = models.CharField(max_length=64)
    by_link = models.BooleanField()
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    day = models.DateField()
    at = models.DateTimeField()
    purged_on = models.DateField(null=True)

    class Meta:
        verbose_name = "réponse d’un tiers"
        constraints = [
            models.CheckConstraint(
                name="third_party_answer_one_way",
                condition=Q(by_link=True, noted_by=None) | Q(by_link=False, noted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="third_party_given_is_something",
                condition=Q(purged_on__isnull=False) | ~Q(kind="GIVEN") | ~Q(words=b"") | Q(papers__gt=0),
            ),
            models.CheckConstraint(
                name="third_party_purged_answer", condition=Q(purged_on=None) | Q(words=b"", contact=b"")
            ),
        ]
        indexes = [models.Index(name="third_party_answer", fields=["request", "id"])]


class FineState(models.TextChoices):
    PROPOSED = "PROPOSED", "Proposée"
    DECIDED = "DECIDED", "Décidée"
    DROPPED = "DROPPED", "Abandonnée"


class ThirdPartyFine(models.Model):
    """The fine of a silence or a refusal: proposed by one person, told to the third party, decided by another.

    Cents. Nothing is decided before `reply_until` is over; once it is, nothing of it changes any more.
    """

    request = models.OneToOneField(ThirdPartyRequest, on_delete=models.PROTECT, related_name="fine")
    persons = models.PositiveSmallIntegerField()
    per_person_cents = models.BigIntegerField()
    cap_cents = models.BigIntegerField()
    amount_cents = models.BigIntegerField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_on = models.DateField()
    reason = models.CharField(max_length=500)
    reply_until = models.DateField()
    state = models.CharField(max_length=8, choices=FineState, default=FineState.PROPOSED)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField(null=True)
    decision = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = "amende d’un tiers"
        constraints = [
            models.CheckConstraint(
                name="third_party_fine_decided_by_another",
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="third_party_fine_decided_whole",
                condition=Q(state="PROPOSED", decided_by=None, decided_on=None)
                | (~Q(state="PROPOSED") & Q(decided_by__isnull=False, decided_on__isnull=False) & ~Q(decision="")),
            ),
            models.CheckConstraint(
                name="third_party_fine_after_reply", condition=~Q(state="DECIDED") | Q(decided_on__gt=F("reply_until"))
            ),
            models.CheckConstraint(
                name="third_party_fine_exact",
                condition=Q(amount_cents=F("persons") * F("per_person_cents"), amount_cents__lte=F("cap_cents"))
                | Q(amount_cents=F("cap_cents"), cap_cents__lt=F("persons") * F("per_person_cents")),
            ),
        ]
        indexes = [models.Index(name="third_party_fine_list", fields=["state", "reply_until", "id"])]
