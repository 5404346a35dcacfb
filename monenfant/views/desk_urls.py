"""Addresses of a desk: its requests and its agenda."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
