"""Addresses by which a family asks a desk for an appointment."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
