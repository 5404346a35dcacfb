"""Addresses of a parent's own ARS and AEEH."""

from django.urls import path

from portal.benefits.views import own, own_debts, own_schooling

urlpatterns = [
    path("famille/prestations/", own.home, name="own_home"),
    path("famille/prestations/accord/<int:pk>/retirer/", own_debts.own_withdraw, name="own_withdraw"),
    path("famille/prestations/scolarite/", own_schooling.schooling, name="own_schooling"),
    path("famille/prestations/scolarite/recu/<uuid:key>/", own_schooling.receipt, name="own_receipt"),
]
