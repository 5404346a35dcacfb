"""Addresses of small sums, of what was paid in excess, and of a family's letters about them."""

from django.urls import path

from portal.benefits.views import own_letters, small, small_debt, small_overpaid, small_policy

SMALL = "agent/prestations/petites-sommes/"
urlpatterns = [
    path(SMALL, small.small_sums, name="small_sums"),
    path(f"{SMALL}export/", small.small_export, name="small_export"),
    path(f"{SMALL}regle/", small.small_policy_of, name="small_policy_of"),
    path(f"{SMALL}regle/<str:fund>/", small_policy.small_policy, name="small_policy"),
    path(f"{SMALL}trop-verses/", small_overpaid.overpaid, name="overpaid"),
    path(f"{SMALL}trop-verses/somme/<int:pk>/", small_debt.overpaid_debt, name="overpaid_debt"),
    path(f"{SMALL}trop-verses/somme/<int:pk>/<slug:name>/", small_debt.overpaid_act, name="overpaid_act"),
    path(f"{SMALL}trop-verses/<str:fund>/<path:number>/noter/", small_overpaid.note_overpaid, name="note_overpaid"),
    path("famille/prestations/courriers/", own_letters.letters, name="own_letters"),
    path("famille/prestations/courriers/<int:pk>/", own_letters.letter, name="own_letter"),
]
