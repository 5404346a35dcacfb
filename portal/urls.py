"""Addresses of the portal; each application brings its own, named by a dotted string."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
