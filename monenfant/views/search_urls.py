"""Addresses of the public search for a place."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
