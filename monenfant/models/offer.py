"""The offer as received: structures and desks from the funds, approvals from the départements. Never overwritten.

What a childminder asked to hide is in the approval alone; `shown_lat` and `shown_lon` are where everybody may believe
that the place is, the point of the commune when the address is hidden.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from monenfant.rules.childminders import CHILDREN_MOST
from monenfant.rules.structures import MICRO_CMG_REPORT_FROM, MICRO_MOST, STRUCTURES_REPORT_FROM
from portal.exchange.received import CURRENT, Received


class StructureType(models.TextChoices):
    COLLECTIVE = "COLLECTIVE", "Crèche collective"
    MICRO = "MICRO", "Micro-crèche"
    FAMILY = "FAMILY", "Crèche familiale"
    PARENTAL = "PARENTAL", "Crèche parentale"
    CHILDMINDER_HOUSE = "CHILDMINDER_HOUSE", "Maison d’assistants maternels"


class Funding(models.TextChoices):
    PSU = "PSU", "Prestation de service unique"
    MICRO_CMG = "MICRO_CMG", "Payée par les familles, avec le CMG"
    OTHER = "OTHER", "Autre"


class ListingStatus(models.TextChoices):
    DRAFT = "DRAFT", "En préparation"
    LISTED = "LISTED", "Référencée"
    SUSPENDED = "SUSPENDED", "Suspendue"
    CLOSED = "CLOSED", "Fermée"


class DeskKind(models.TextChoices):
    """Relais petite enfance, and the other places of information that the site lists."""

    CHILDCARE_DESK = "CHILDCARE_DESK", "Relais petite enfance"
    EARLY_YEARS_INFO_POINT = "EARLY_YEARS_INFO_POINT", "Lieu d’information petite enfance"
    LEISURE_CENTRE = "LEISURE_CENTRE", "Accueil de loisirs"
    PARENT_CHILD_PLACE = "PARENT_CHILD_PLACE", "Lieu d’accueil enfants-parents"
    FAMILY_MEDIATION = "FAMILY_MEDIATION", "Médiation familiale"
    CONTACT_CENTRE = "CONTACT_CENTRE", "Espace de rencontre"


class CarePlaceKind(models.TextChoices):
    HOME = "HOME", "À son domicile"
    MAM = "MAM", "En maison d’assistants maternels"


class EmployerKind(models.TextChoices):
    PARENTS = "PARENTS", "Employé par des parents"
    LEGAL_PERSON = "LEGAL_PERSON", "Employé par une crèche familiale"


class Placed(Received):
    """Something that lies somewhere, with its contacts."""

    address = models.CharField(max_length=500, null=True)
    postcode = models.CharField(max_length=10, null=True)
    city = models.CharField(max_length=100, null=True)
    insee_code = models.CharField(max_length=5)
    lat = models.FloatField()
    lon = models.FloatField()
    phone = models.CharField(max_length=25, null=True)
    email = models.CharField(max_length=254, null=True)
    fund = models.CharField(max_length=8, null=True)
    updated_at = models.DateTimeField()

    class Meta:
        abstract = True


ON_EARTH = Q(lat__range=(-90, 90), lon__range=(-180, 180))
WITHOUT_DUTY = Q(type="CHILDMINDER_HOUSE", obligation_start=None)
MICRO_DUTY = ~Q(type="CHILDMINDER_HOUSE") & Q(funding="MICRO_CMG", obligation_start=MICRO_CMG_REPORT_FROM)
DUTY = (
    ~Q(type="CHILDMINDER_HOUSE") & ~Q(funding="MICRO_CMG") & Q(obligation_start=STRUCTURES_REPORT_FROM)
)  # fmt: skip


class CareStructure(Placed):
    """A crèche or a house of childminders. An empty day of the week is closed; `fund` is that of the place."""

    cnaf_id = models.CharField(max_length=40)
    siret = models.CharField(max_length=14, null=True)
    finess = models.CharField(max_length=9, null=True)
    name = models.CharField(max_length=100)
    type = models.CharField(max_length=17, choices=StructureType)
    funding = models.CharField(max_length=9, choices=Funding)
    manager_siret = models.CharField(max_length=14, null=True)
    manager_name = models.CharField(max_length=100, null=True)
    capacity = models.SmallIntegerField()
    age_min_months = models.SmallIntegerField()
    age_max_months = models.SmallIntegerField()
    monday = models.CharField(max_length=23, null=True)
    tuesday = models.CharField(max_length=23, null=True)
    wednesday = models.CharField(max_length=23, null=True)
    thursday = models.CharField(max_length=23, null=True)
    friday = models.CharField(max_length=23, null=True)
    saturday = models.CharField(max_length=23, null=True)
    sunday = models.CharField(max_length=23, null=True)
    closed_periods = models.CharField(max_length=500, null=True)
    web = models.CharField(max_length=200, null=True)
    listing_status = models.CharField(max_length=9, choices=ListingStatus)
    obligation_start = models.DateField(null=True)
    software_vendor = models.CharField(max_length=40, null=True)

    class Meta:
        verbose_name = "structure d’accueil"
        constraints = [
            models.UniqueConstraint(name="structure_one_current", fields=["cnaf_id"], condition=CURRENT),
            models.CheckConstraint(name="structure_on_earth", condition=ON_EARTH),
            models.CheckConstraint(name="structure_capacity", condition=Q(capacity__gte=1)),
            models.CheckConstraint(
                name="structure_micro_size", condition=~Q(type="MICRO") | Q(capacity__lte=MICRO_MOST)
            ),
            models.CheckConstraint(
                name="structure_ages",
                condition=Q(age_min_months__gte=0, age_max_months__lte=72, age_min_months__lt=F("age_max_months")),
            ),
            models.CheckConstraint(
                name="structure_cmg_is_micro", condition=~Q(funding="MICRO_CMG") | Q(type="MICRO")
            ),
            models.CheckConstraint(
                name="structure_siret",
                condition=Q(type="CHILDMINDER_HOUSE", siret=None) | Q(siret__regex=r"^[0-9]{14}$"),
            ),
            models.CheckConstraint(name="structure_duty", condition=WITHOUT_DUTY | MICRO_DUTY | DUTY),
        ]  # fmt: skip
        indexes = [models.Index(name="structure_manager", fields=["manager_siret"], condition=CURRENT)]


class Approval(Placed):
    """The licence of a childminder, from `start` and before `end`; a new one has a number of its own."""

    approval_number = models.CharField(max_length=40)
    childminder_no = models.CharField(max_length=40)
    departement = models.CharField(max_length=3)
    last_name = models.CharField(max_length=100)
    first_names = models.CharField(max_length=100, null=True)
    start = models.DateField()
    end = models.DateField()
    max_children = models.SmallIntegerField()
    place = models.CharField(max_length=4, choices=CarePlaceKind)
    house_no = models.CharField(max_length=40, null=True)
    employer_kind = models.CharField(max_length=12, choices=EmployerKind)
    publication_authorised_on = models.DateField(null=True)
    hides_address = models.BooleanField(default=False)
    hides_email = models.BooleanField(default=False)
    hides_phone = models.BooleanField(default=False)
    stopped_on = models.DateField(null=True)
    shown_lat = models.FloatField()
    shown_lon = models.FloatField()

    class Meta:
        verbose_name = "agrément"
        constraints = [
            models.UniqueConstraint(name="approval_one_current", fields=["approval_number"], condition=CURRENT),
            models.CheckConstraint(name="approval_on_earth", condition=ON_EARTH),
            models.CheckConstraint(name="approval_in_order", condition=Q(start__lt=F("end"))),
            models.CheckConstraint(
                name="approval_children", condition=Q(max_children__gte=1, max_children__lte=CHILDREN_MOST)
            ),
            models.CheckConstraint(
                name="approval_one_contact_stays", condition=~Q(hides_email=True, hides_phone=True)
            ),
            models.CheckConstraint(
                name="approval_house_is_open", condition=Q(hides_address=False) | Q(place="HOME")
            ),
        ]  # fmt: skip
        indexes = [models.Index(name="approval_childminder", fields=["childminder_no", "-start"], condition=CURRENT)]

    @property
    def full_name(self) -> str:
        return f"{self.first_names or ''} {self.last_name}".strip()


class ChildcareDesk(Placed):
    """A relais petite enfance with the communes it serves, or another place of information."""

    desk_no = models.CharField(max_length=40)
    kind = models.CharField(max_length=22, choices=DeskKind)
    name = models.CharField(max_length=100)
    served = ArrayField(models.CharField(max_length=5), default=list)
    web = models.CharField(max_length=200, null=True)

    class Meta:
        verbose_name = "relais ou lieu d’information"
        constraints = [
            models.UniqueConstraint(name="desk_one_current", fields=["desk_no"], condition=CURRENT),
            models.CheckConstraint(name="desk_on_earth", condition=ON_EARTH),
        ]
        indexes = [
            GinIndex(name="desk_served", fields=["served"], condition=CURRENT),
            models.Index(name="desk_commune", fields=["insee_code"], condition=CURRENT),
        ]
