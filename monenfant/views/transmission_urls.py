"""Addresses by which software reports free places, and where managers see what it did."""

from django.urls import path

from monenfant.views import transmission, transmission_public
from monenfant.views.transmission_api import AvailabilityView, TokenView

urlpatterns = [
    path("api/v1/structures/<str:cnaf_id>/availability", AvailabilityView.as_view(), name="api_availability"),
    path("api/v1/oauth/token", TokenView.as_view(), name="api_token"),
    path("pro/transmissions/", transmission.transmissions, name="transmissions"),
    path("pro/transmissions/delegations/nouvelle/", transmission.delegation, name="delegation"),
    path("pro/transmissions/delegations/<int:pk>/fin/", transmission.delegation_end, name="delegation_end"),
    path("pro/transmissions/delegations/recu/<uuid:key>/", transmission.delegation_done, name="delegation_done"),
    path("pro/transmissions/structure/<str:cnaf_id>/", transmission.history, name="transmission_history"),
    path(
        "pro/transmissions/structure/<str:cnaf_id>/<str:kind>/<int:pk>/",
        transmission.message,
        name="transmission_message",
    ),
    path("editeurs/", transmission_public.editors, name="editors"),
    path("editeurs/banc-dessai/", transmission_public.bench, name="bench"),
]
