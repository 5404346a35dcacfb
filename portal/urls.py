"""Addresses of the portal; each application brings its own, named by a dotted string."""

from django.urls import include, path

urlpatterns = [
    path("", include("portal.frame.urls")),
    path("", include("portal.accounts.urls")),
    path("", include("portal.notices.urls")),
    path("", include("portal.benefits.urls")),
    path("", include("portal.organisations.urls")),
    path("", include("aripa.urls")),
    path("", include("cmg.urls")),
    path("", include("monenfant.urls")),
    path("", include("fraud.urls")),
]

handler400 = "portal.frame.errors.too_much"
handler403 = "portal.frame.errors.not_found"
handler404 = "portal.frame.errors.not_found"
handler500 = "portal.frame.errors.our_fault"
