"""Whose place, structures or desk an account of the professionals' door works for."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from monenfant.models.places import IN_FORCE, CarePlace, Manager

ONE_SUBJECT = (
    Q(place__isnull=False, manager=None, desk_no="")
    | Q(place=None, manager__isnull=False, desk_no="")
    | (Q(place=None, manager=None) & ~Q(desk_no=""))
)


class ProAccessGrant(models.Model):
    """From `start`, before `end` (null: until further notice), an account works for one of three: the place of a
    childminder, every structure of a manager, or a desk by its number. The role is said by a posting."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="pro_accesses")
    place = models.ForeignKey(CarePlace, on_delete=models.PROTECT, null=True, related_name="accesses")
    manager = models.ForeignKey(Manager, on_delete=models.PROTECT, null=True, related_name="accesses")
    desk_no = models.CharField(max_length=40, blank=True)
    start = models.DateField()
    end = models.DateField(null=True)

    class Meta:
        verbose_name = "habilitation de l’espace professionnel"
        constraints = [
            models.CheckConstraint(name="pro_access_one_subject", condition=ONE_SUBJECT),
            models.CheckConstraint(name="pro_access_in_order", condition=Q(end=None) | Q(start__lt=F("end"))),
            *(
                ExclusionConstraint(
                    name=f"pro_access_once_{name}",
                    expressions=[("user", RangeOperators.EQUAL), (name, RangeOperators.EQUAL),
                                 (IN_FORCE, RangeOperators.OVERLAPS)],
                    condition=condition,
                )
                for name, condition in (
                    ("place", Q(place__isnull=False)), ("manager", Q(manager__isnull=False)), ("desk_no", ~Q(desk_no="")),
                )
            ),
        ]  # fmt: skip
