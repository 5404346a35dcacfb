"""What people keep of the pages: their saved filters."""

from django.conf import settings
from django.db import models


class SavedFilter(models.Model):
    """A filter that one user named on one list (``cmg:held``); `query` is the part of the address it stands for."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False)
    page = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)

    class Meta:
        verbose_name = "filtre enregistré"
        constraints = [models.UniqueConstraint(name="savedfilter_name_once", fields=["user", "page", "name"])]
