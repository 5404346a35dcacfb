"""Addresses where a family declares, reads its rights and its account; and the public simulator."""

from django.urls import path

from cmg.views import declaring, declaring_account, declaring_rights, simulator

urlpatterns = [
    path("famille/declarer/", declaring.overview, name="declare"),
    path("famille/declarer/changer/", declaring.change, name="declare_change"),
    path("famille/declarer/<uuid:key>/", declaring.form, name="declare_form"),
    path("famille/declarer/<uuid:key>/verifier/", declaring.check, name="declare_check"),
    path("famille/declarer/<uuid:key>/recu/", declaring.receipt, name="declare_receipt"),
    path("famille/droits/", declaring_rights.rights, name="own_rights"),
    path("famille/compte/", declaring_account.account, name="own_account"),
    path("simulateur/", simulator.simulator, name="simulator"),
]
