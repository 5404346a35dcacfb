"""Addresses of signing in, of one's account and of rights."""

from django.urls import path

from portal.accounts.views import demo, doors, factor, rights

app_name = "accounts"
urlpatterns = [
    path("entree/", doors.sign_in, name="sign_in"),
    path("entree/porte/<str:door>/", doors.enter, name="enter"),
    path("entree/retour/<str:door>/", doors.returned, name="returned"),
    path("entree/courriel/", doors.mail, name="mail"),
    path("entree/courriel/code/", doors.mail_code, name="mail_code"),
    path("entree/second-facteur/", factor.factor, name="factor"),
    path("entree/second-facteur/courriel/", factor.factor_mail, name="factor_mail"),
    path("entree/second-facteur/application/", factor.add_app, name="add_app"),
    path("entree/second-facteur/cle/", factor.add_key, name="add_key"),
    path("entree/second-facteur/codes/", factor.recovery_codes, name="recovery_codes"),
    path("entree/demo/<str:username>/", doors.enter_as, name="enter_as"),
    path("entree/demo/", demo.helper, name="demo_helper"),
    path("sortie/", doors.sign_out, name="sign_out"),
    path("compte/", factor.account, name="account"),
    path("agent/habilitations/", rights.rights, name="rights"),
    path("agent/habilitations/reprises/", rights.factor_resets, name="resets"),
    path("agent/habilitations/reprises/<int:reset>/", rights.decide_reset, name="decide_reset"),
]
