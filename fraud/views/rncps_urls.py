"""The national common directory, and the report to Parliament."""

from django.urls import URLPattern, path

from fraud.views import rncps_ask, rncps_looks, rncps_oversight, rncps_report

urlpatterns: list[URLPattern] = [
    path("agent/rncps/", rncps_ask.rncps, name="rncps"),
    path("agent/rncps/personne/", rncps_ask.person, name="rncps_person"),
    path("agent/rncps/mon-numero/", rncps_ask.own_number, name="rncps_own_number"),
    path("agent/rncps/consultations/", rncps_looks.mine, name="rncps_mine"),
    path("agent/rncps/consultations/<int:look>/", rncps_looks.consultation, name="rncps_consultation"),
    path("agent/rncps/demandes/", rncps_looks.orders, name="rncps_orders"),
    path("agent/rncps/demandes/nouvelle/", rncps_looks.new_list, name="rncps_new_list"),
    path("agent/rncps/demandes/<int:order>/", rncps_looks.order, name="rncps_order"),
    path("agent/rncps/suivi/", rncps_oversight.oversight, name="rncps_oversight"),
    path("agent/rncps/alertes/<int:alert>/", rncps_oversight.alert, name="rncps_alert"),
    path("agent/rncps/visas/<int:order>/", rncps_oversight.visa, name="rncps_visa"),
    path("agent/rncps/habilitations/", rncps_oversight.authorisations, name="rncps_authorisations"),
    path("agent/rncps/habilitations/<int:authorisation>/fin/", rncps_oversight.end, name="rncps_end"),
    path("agent/rncps/extraction/", rncps_report.extraction, name="rncps_extraction"),
    path("agent/rncps/extraction/donnees.csv", rncps_report.extraction_file, name="rncps_extraction_file"),
    path("agent/rncps/rapport/", rncps_report.reports, name="rncps_reports"),
    path("agent/rncps/rapport/<int:report>/", rncps_report.report, name="rncps_report"),
    path("agent/rncps/rapport/<int:report>/etape/", rncps_report.move, name="rncps_report_move"),
    path("agent/rncps/rapport/<int:report>/donnees.csv", rncps_report.report_data, name="rncps_report_data"),
    path("agent/rncps/rapport/<int:report>/rapport.pdf", rncps_report.report_file, name="rncps_report_file"),
    path("agent/rncps/rapport/<int:report>/<str:code>/", rncps_report.section, name="rncps_section"),
]
