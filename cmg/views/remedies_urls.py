"""Addresses of remedies, reports, the emergency board and letters."""

from django.urls import path

from cmg.views import remedies, remedies_exports, remedies_letters, remedies_people

urlpatterns = [
    path("agent/remedes/", remedies.remedies, name="remedies"),
    path("agent/remedes/exporter/", remedies_exports.export_remedies, name="export_remedies"),
    path("agent/remedes/famille/<path:employer_no>/", remedies.of_family, name="family_remedies"),
    path("agent/remedes/avance/<int:pk>/", remedies.remedy, {"kind": "advances"}, name="advance"),
    path("agent/remedes/remboursement/<int:pk>/", remedies.remedy, {"kind": "refunds"}, name="refund"),
    path("agent/remedes/indu/<int:pk>/", remedies.remedy, {"kind": "overpayments"}, name="overpayment"),
    path("agent/remedes/indu/<int:pk>/echeance/<int:part>/", remedies.instalment_again, name="instalment_again"),
    path("agent/remedes/virement/<int:order>/renvoyer/", remedies.resend, name="resend"),
    path("agent/signalements/", remedies_people.report_list, name="reports"),
    path("agent/signalements/exporter/", remedies_exports.export_reports, name="export_reports"),
    path("agent/signalements/<int:pk>/", remedies.remedy, {"kind": "reports"}, name="report"),
    path("agent/signalements/nouveau/<path:employer_no>/", remedies_people.new_report, name="new_report"),
    path("agent/commission/", remedies_people.board_list, name="board"),
    path("agent/commission/exporter/", remedies_exports.export_board, name="export_board"),
    path("agent/commission/<int:pk>/", remedies.remedy, {"kind": "board"}, name="board_case"),
    path("agent/commission/nouveau/<path:employer_no>/", remedies_people.new_board_case, name="new_board_case"),
    path("agent/courriers/", remedies_letters.letter_batches, name="letters"),
    path("agent/courriers/lot/<int:pk>/", remedies_letters.letter_batch, name="letter_batch"),
    path("agent/courriers/lot/<int:pk>/relancer/", remedies_letters.retry_letters, name="retry_letters"),
    path("agent/courriers/famille/<path:employer_no>/", remedies_letters.family_letters, name="family_letters"),
    path("agent/courriers/<int:pk>/", remedies_letters.letter, name="letter"),
    path("agent/courriers/<int:pk>/pdf/", remedies_letters.letter_pdf, name="letter_pdf"),
]
