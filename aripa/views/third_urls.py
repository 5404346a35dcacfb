"""Addresses of garnishees, without an account."""

from django.urls import path

from aripa.views import garnishee

urlpatterns = [
    path("tiers/<str:token>/", garnishee.garnishee, name="garnishee"),
    path("tiers/<str:token>/recu/<uuid:key>/", garnishee.receipt, name="garnishee_receipt"),
]
