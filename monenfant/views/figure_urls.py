"""Addresses of the public figures and of the open data."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
