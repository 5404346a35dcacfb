"""Addresses of childcare for the agents of the funds."""

from django.urls import path

from monenfant.views import agent

urlpatterns = [
    path("agent/enfance/", agent.childcare, name="childcare"),
]
