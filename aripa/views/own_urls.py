"""Addresses of the parents' pages. A case's number comes last: it may hold a slash."""

from django.urls import path

from aripa.views import own, own_acts, own_notices, own_papers, own_paying, own_request

urlpatterns = [
    path("famille/pension/", own.home, name="own_home"),
    path("famille/pension/quitter/", own.leave, name="own_leave"),
    path("famille/pension/dossier/<path:case_no>/", own.case, name="own_case"),
    path("famille/pension/releve/<path:case_no>/", own.statement, name="own_statement"),
    path("famille/pension/telecharger/<path:case_no>/", own.download, name="own_download"),
    path("famille/pension/montant/<str:month>/<path:case_no>/", own.amount, name="own_amount"),
    path("famille/pension/fin/<path:case_no>/", own_acts.end, name="own_end"),
    path("famille/pension/deja-paye/<path:case_no>/", own_acts.already_paid, name="own_already_paid"),
    path("famille/pension/difficulte/<path:case_no>/", own_acts.hardship, name="own_hardship"),
    path("famille/pension/plan/<path:case_no>/", own_acts.plan, name="own_plan"),
    path("famille/pension/mainlevee/<path:case_no>/", own_acts.release, name="own_release"),
    path("famille/pension/confirmer/<path:case_no>/", own_acts.confirm, name="own_confirm"),
    path("famille/pension/asf/<path:case_no>/", own_acts.claim_asf, name="own_asf"),
    path("famille/pension/rendre/<path:case_no>/", own_acts.repay, name="own_repay"),
    path("famille/pension/arriere/<path:case_no>/", own_acts.arrears, name="own_arrears"),
    path("famille/pension/repondre/<path:case_no>/", own_acts.answer, name="own_answer"),
    path("famille/pension/compte/", own_paying.account, name="own_account"),
    path("famille/pension/paiement/", own_paying.means, name="own_means"),
    path("famille/pension/recu/<uuid:key>/", own_papers.receipt, name="own_receipt"),
    path("famille/pension/actes/", own_papers.acts, name="own_acts"),
    path("famille/pension/courriers/", own_papers.letter_list, name="own_letters"),
    path("famille/pension/courriers/<int:letter>/", own_papers.letter, name="own_letter"),
    path("famille/pension/courriers/<int:letter>/pdf/", own_papers.letter_pdf, name="own_letter_pdf"),
    path("famille/pension/avis/", own_notices.address, name="own_notices"),
    path("famille/pension/avis/<str:token>/", own_notices.confirm, name="own_notices_confirm"),
    path("famille/pension/demande/", own_request.home, name="own_request"),
    path("famille/pension/demande/<str:section>/", own_request.section, name="own_request_section"),
]
