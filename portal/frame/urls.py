"""Addresses of the frame."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from portal.frame import views
from portal.frame.api import SimulationView

app_name = "frame"
urlpatterns = [
    path("", views.home, name="home"),
    path("apparence/", views.set_appearance, name="appearance"),
    path("filtres/", views.save_filter, name="save_filter"),
    path("filtres/<int:saved>/supprimer/", views.remove_filter, name="remove_filter"),
    path("composants/", views.components, name="components"),
    path("simulateurs/", views.simulator_list, name="simulators"),
    path("simulateurs/<str:kind>/", views.simulator, name="simulator"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/simulations/<str:kind>", SimulationView.as_view(), name="simulation"),
]
