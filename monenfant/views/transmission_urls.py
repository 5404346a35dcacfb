"""Addresses by which software reports free places, and where managers see what it did."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
