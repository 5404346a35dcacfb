"""Addresses of the family's space, and of the team's side of it."""

from django.urls import path

from cmg.views import family_space, own, own_money, own_months, own_papers, own_requests, papers

urlpatterns = [
    path("famille/", own.home, name="own_home"),
    path("famille/mois/", own_months.month_list, name="own_months"),
    path("famille/mois/<str:month>/", own_months.month, name="own_month"),
    path("famille/signaler/", own_requests.report, name="own_report"),
    path("famille/suivi/", own_requests.follow_list, name="own_requests"),
    path("famille/suivi/<str:number>/", own_requests.follow, name="own_follow"),
    path("famille/suivi/<str:number>/rouvrir/", own_requests.reopen, name="own_reopen"),
    path("famille/suivi/<str:number>/part/", own_money.share, name="own_share"),
    path("famille/suivi/<str:number>/contester/", own_money.contest, name="own_contest"),
    path("famille/avance/", own_money.advance, name="own_advance"),
    path("famille/remboursement/", own_money.refund, name="own_refund"),
    path("famille/urgence/", own_money.emergency, name="own_emergency"),
    path("famille/paiements/", own_money.payments, name="own_payments"),
    path("famille/paiements/<int:order>/", own_money.payment, name="own_payment"),
    path("famille/paiements/<int:order>/pdf/", own_money.payment_pdf, name="own_payment_pdf"),
    path("famille/courriers/", own_papers.letter_list, name="own_letters"),
    path("famille/courriers/<int:letter>/", own_papers.letter, name="own_letter"),
    path("famille/courriers/<int:letter>/pdf/", own_papers.letter_pdf, name="own_letter_pdf"),
    path("famille/messages/", own_papers.message_list, name="own_messages"),
    path("famille/pieces/<int:paper>/", papers.own_paper, name="own_paper"),
    path("famille/preferences/", own_papers.preferences, name="own_preferences"),
    path("famille/preferences/adresse/<str:token>/", own_papers.confirm, name="own_confirm"),
    path("agent/pieces/<int:paper>/", papers.agent_paper, name="paper"),
    path("agent/messages/<path:employer_no>/", family_space.agent_messages, name="agent_messages"),
]
