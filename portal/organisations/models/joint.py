"""The file that creates a joint fund: votes, opinions, order; and what moved to it on its day (CSS L. 216-4, L. 216-5)."""

from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from portal.organisations.models.bodies import Branch, Organisation
from portal.organisations.models.ending import FundReturn
from portal.organisations.rules.creation import MOVES, State


class CreationState(models.TextChoices):
    PROPOSED = State.PROPOSED.value, "Proposée par les conseils"
    NATIONAL_OPINIONS = State.NATIONAL_OPINIONS.value, "Avis des organismes nationaux"
    ORDER_SIGNED = State.ORDER_SIGNED.value, "Arrêté signé"
    LIVE = State.LIVE.value, "En service"
    WITHDRAWN = State.WITHDRAWN.value, "Retirée"


class CreationFile(models.Model):
    """One file: a département, the branches joined, the day from which the joint fund works.

    `concerned` are the bodies whose boards vote, `consulted` the national ones that give an opinion: fixed when it is opened.
    `WITHDRAWN` has two senses: given up before its first day, nothing moved; or its fund worked, then ended (`has_worked`).
    """

    MOVES, SUBJECT = MOVES, "joint"

    code = models.CharField(max_length=12)
    name = models.CharField(max_length=120)
    departement = models.CharField(max_length=3)
    branches = ArrayField(models.CharField(max_length=10, choices=Branch))
    seat_city = models.CharField(max_length=80)
    concerned = ArrayField(models.CharField(max_length=12), default=list)
    consulted = ArrayField(models.CharField(max_length=12), default=list)
    state = models.CharField(max_length=17, choices=CreationState, default=CreationState.PROPOSED)
    proposed_on = models.DateField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    order_reference = models.CharField(max_length=80, blank=True)
    order_signed_on = models.DateField(null=True)
    starts_on = models.DateField(null=True)
    live_since = models.DateTimeField(null=True)
    withdrawn_on = models.DateField(null=True)
    withdrawn_because = models.CharField(max_length=500, blank=True)
    form_key = models.UUIDField(unique=True)

    class Meta:
        verbose_name = "dossier de création"
        constraints = [
            models.UniqueConstraint(
                name="creation_one_open", fields=["departement"], condition=~Q(state__in=["LIVE", "WITHDRAWN"])
            ),
            models.CheckConstraint(
                name="creation_order_not_after_start",
                condition=Q(order_signed_on=None) | Q(starts_on__gte=models.F("order_signed_on")),
            ),
        ]

    @property
    def has_worked(self) -> bool:
        """Whether the fund began: then what ended it brought its files back."""
        return self.live_since is not None

    @property
    def moves_on(self) -> date:
        """The day on which its files move."""
        assert self.starts_on is not None, "its state says so, and so does the database"
        return self.starts_on


class BoardVote(models.Model):
    """The vote of the board of one body concerned."""

    file = models.ForeignKey(CreationFile, on_delete=models.PROTECT, related_name="votes")
    body = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    held_on = models.DateField()
    is_favourable = models.BooleanField()
    reference = models.CharField(max_length=120)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "vote d’un conseil"
        constraints = [models.UniqueConstraint(name="vote_once", fields=["file", "body"])]


class NationalOpinion(models.Model):
    """The opinion of a national body (CNAF, CNAM, Urssaf Caisse nationale) on a file."""

    file = models.ForeignKey(CreationFile, on_delete=models.PROTECT, related_name="opinions")
    body = models.CharField(max_length=12)
    given_on = models.DateField()
    is_favourable = models.BooleanField()
    reference = models.CharField(max_length=120)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "avis national"
        constraints = [models.UniqueConstraint(name="opinion_once", fields=["file", "body"])]


class FileMove(models.Model):
    """One open file that a joint fund goes on with (`creation`), or that goes back from it (`returned`): its number is kept,
    its deadline too.

    Noted in the transaction of the first day, as it stood then: `kind` is that of the application that holds it
    (``cmg.dossier``), `key` its number there, `former` the code that it bears. `moved_at` is when it was found again, open
    to who answers then, with the deadline noted; `trouble` says what was not so, and stays until it is.
    """

    creation = models.ForeignKey(CreationFile, on_delete=models.PROTECT, null=True, related_name="moves")
    returned = models.ForeignKey(FundReturn, on_delete=models.PROTECT, null=True, related_name="moves")
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    former = models.CharField(max_length=12)
    deadline = models.DateField(null=True)
    moved_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "dossier repris"
        constraints = [
            models.UniqueConstraint(name="filemove_once", fields=["creation", "kind", "key"]),
            models.UniqueConstraint(name="filemove_back_once", fields=["returned", "kind", "key"]),
            models.CheckConstraint(
                name="filemove_one_way",
                condition=Q(creation__isnull=False, returned=None) | Q(creation=None, returned__isnull=False),
            ),
            models.CheckConstraint(name="filemove_found_or_in_trouble", condition=Q(moved_at=None) | Q(trouble="")),
        ]
        indexes = [
            models.Index(name="filemove_file", fields=["kind", "key"]),
            models.Index(name="filemove_left", fields=["creation", "id"], condition=Q(moved_at=None)),
            models.Index(name="filemove_back", fields=["returned", "id"], condition=Q(creation=None)),
            models.Index(name="filemove_trouble", fields=["creation", "id"], condition=~Q(trouble="")),
        ]


class SocialActionDeliberation(models.Model):
    """For social action, the joint fund deliberates on files that its director presents, in line with the guidelines of
    the CNAF (CSS L. 216-5)."""

    body = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="deliberations")
    title = models.CharField(max_length=200)
    presented_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    presented_on = models.DateField()
    guideline = models.CharField(max_length=200)
    deliberated_on = models.DateField(null=True)
    is_adopted = models.BooleanField(null=True)
    form_key = models.UUIDField(unique=True)

    class Meta:
        verbose_name = "délibération d’action sociale"
        constraints = [
            models.CheckConstraint(name="deliberation_names_a_guideline", condition=~Q(guideline="")),
            models.CheckConstraint(
                name="deliberation_whole",
                condition=Q(deliberated_on=None, is_adopted=None)
                | Q(
                    deliberated_on__isnull=False, is_adopted__isnull=False, deliberated_on__gte=models.F("presented_on")
                ),
            ),
        ]
