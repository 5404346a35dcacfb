"""Addresses of the CMG’s pages, for agents and for the parents concerned."""

from django.urls import include, path

from cmg.views import families, flows, lists, months

app_name = "cmg"
urlpatterns = [
    path("", include("cmg.views.acts_urls")),
    path("", include("cmg.views.family_space_urls")),
    path("", include("cmg.views.declaring_urls")),
    path("agent/", lists.queue, name="queue"),
    path("agent/file/exporter/", lists.export_queue, name="export_queue"),
    path("agent/mois/", months.month_list, name="months"),
    path("agent/mois/<str:month>/", months.control_room, name="month"),
    path("agent/mois/<str:month>/avancement/", months.progress_fragment, name="progress"),
    path("agent/mois/<str:month>/cloturer/", months.close, name="close"),
    path("agent/mois/<str:month>/signature/", months.signature, name="signature"),
    path("agent/mois/<str:month>/changements/", months.changes, name="changes"),
    path("agent/mois/<str:month>/emettre/", months.issue, name="issue"),
    path("agent/mois/<str:month>/banque/", months.bank, name="bank"),
    path("agent/mois/<str:month>/anomalies/", lists.anomalies, name="anomalies"),
    path("agent/mois/<str:month>/anomalies/exporter/", lists.export_anomalies, name="export_anomalies"),
    path("agent/mois/<str:month>/retenus/", lists.held, name="held"),
    path("agent/mois/<str:month>/retenus/exporter/", lists.export_held, name="export_held"),
    path("agent/familles/<path:employer_no>/", families.family, name="family"),
    path("agent/montant/<int:settlement>/", families.explanation, name="explanation"),
    path("agent/recherche/", families.search, name="search"),
    path("agent/", include("cmg.views.piloting_urls")),
    path("agent/flux/", flows.files, name="files"),
    path("agent/flux/<int:file>/", flows.rejected_rows, name="rejected_rows"),
    path("agent/flux/ligne/<int:row>/", flows.rejected_row, name="rejected_row"),
    path("", include("cmg.views.remedies_urls")),
]
