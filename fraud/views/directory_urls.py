"""Bodies, designations, keys, and the door of envelopes."""

from django.urls import path

from fraud.views import designating, directory, envelopes

urlpatterns = [
    path("agent/echanges/annuaire/", directory.directory, name="directory"),
    path("agent/echanges/annuaire/cles/", directory.body_keys, name="directory_keys"),
    path("agent/echanges/annuaire/designer/", designating.designation, name="designation"),
    path("agent/echanges/annuaire/designation/<int:pk>/retirer/", directory.revoke, name="designation_revoke"),
    path("agent/echanges/annuaire/designation/<int:pk>/revue/", directory.review, name="designation_review"),
    path("api/v1/exchanges/envelopes", envelopes.envelopes, name="api_envelopes"),
    path("api/v1/exchanges/keys", envelopes.published_keys, name="api_exchange_keys"),
]
