"""Where allauth asks us what to do: who may come in, how secrets are kept. It never creates an account by itself."""

import base64
import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render

from portal.accounts import openid, sessions
from portal.accounts.models import Door, User
from portal.audit.operations import journal
from portal.frame.kept import is_page_of_ours
from portal.people.vault import decrypt, encrypt

# What is kept of an identity: no more than what is compared or shown.
KEPT = {
    "proconnect": ("given_name", "usual_name", "siret", "idp_id"),
    "franceconnect": ("given_name", "family_name", "preferred_username", "birthdate", "gender", "birthplace",
                      "birthcountry"),
}  # fmt: skip
DOORS = {"proconnect": Door.AGENT, "franceconnect": Door.FAMILY}


def refuse(request: HttpRequest, template: str, *, status: int, reason: str, door: str) -> ImmediateHttpResponse:
    """A page that says why one may not come in, and its line in the journal."""
    journal(actor="anonyme", action="account.sign_in_refused", subject=f"door:{door}", detail={"reason": reason})
    return ImmediateHttpResponse(render(request, template, {"door": door, "reason": reason}, status=status))


class SocialAdapter(DefaultSocialAccountAdapter):
    """Agents must have been posted before; parents get an account the first time; nobody else comes in."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The identity is verified: find whose it is, or refuse. Then sign in, or wait for the second factor."""
        door, account = sociallogin.account.provider, sociallogin.account
        if not openid.answers_us(sociallogin):
            raise refuse(request, "accounts/door_failed.html", status=400, reason="nonce", door=door)
        identity, person = account.extra_data["id_token"], account.extra_data["userinfo"]
        account.extra_data = {name: person[name] for name in KEPT[door] if name in person}
        if not sociallogin.is_existing:
            user = self._parent(sociallogin) if DOORS[door] == Door.FAMILY else self._posted_agent(door, person)
            if user is None:
                raise refuse(request, "accounts/unknown_agent.html", status=403, reason="unknown", door=door)
            sociallogin.connect(request, user)
        else:
            SocialAccount.objects.filter(pk=account.pk).update(extra_data=account.extra_data)
        user = sociallogin.user
        if not user.is_active or user.door != DOORS[door]:
            raise refuse(request, "accounts/unknown_agent.html", status=403, reason="inactive", door=door)
        raise ImmediateHttpResponse(_enter(request, sociallogin, user, identity))

    def _posted_agent(self, door: str, person: dict[str, Any]) -> User | None:
        """The agent posted beforehand under this address, when no other identity has taken the account yet."""
        address = (person.get("email") or "").strip()
        found = User.objects.filter(door=Door.AGENT, is_active=True, email__iexact=address) if address else []
        agents = [user for user in found if not SocialAccount.objects.filter(user=user, provider=door).exists()]
        return agents[0] if len(agents) == 1 else None

    def _parent(self, sociallogin: SocialLogin) -> User:
        """A new account for a parent: it gives access to no family before it is linked."""
        kept = sociallogin.account.extra_data
        with transaction.atomic():
            user = User(
                username=f"parent-{secrets.token_hex(8)}", door=Door.FAMILY, first_name=kept.get("given_name", "")[:150],
                last_name=(kept.get("preferred_username") or kept.get("family_name", ""))[:150],
            )  # fmt: skip
            user.set_unusable_password()
            user.save()
            journal(actor=user.username, action="account.created", subject=f"user:{user.pk}", detail={})
        return user

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        reason = type(exception).__name__ if exception else str(error or "state")
        raise refuse(request, "accounts/door_failed.html", status=401, reason=reason, door=provider.app.provider_id)


def _enter(request: HttpRequest, sociallogin: SocialLogin, user: User, identity: dict[str, Any]) -> HttpResponse:
    door, next_url = sociallogin.account.provider, safe_next(request, sociallogin.state.get("next") or "")
    factor_at = _asserted_at(identity, again=bool(sociallogin.state.get("again")))
    if user.door == Door.AGENT and factor_at is None:
        sessions.wait_for_factor(request, user, how=door, next_url=next_url)
        return redirect("accounts:factor")
    sessions.begin(request, user, how=door, factor_at=factor_at)
    request.session[sessions.OPENID] = [door, sociallogin.signed_id_token]
    return HttpResponseRedirect(next_url)


def _asserted_at(identity: dict[str, Any], *, again: bool) -> float | None:
    """When the provider saw two factors; None when it says nothing of it.

    An old session there is no fresh factor here: without `auth_time` it counts as long ago, unless we asked anew.
    """
    if not openid.has_second_factor(identity):
        return None
    return float(identity.get("auth_time") or (identity["iat"] if again else 1))


def safe_next(request: HttpRequest, wanted: str) -> str:
    """The page asked for when it is one of ours, else the visitor's home."""
    return wanted if is_page_of_ours(request, wanted) else settings.LOGIN_REDIRECT_URL


class AccountAdapter(DefaultAccountAdapter):
    """allauth's own account pages are not served."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The pages say what was done themselves."""


class FactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors are encrypted at rest."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(encrypt(text.encode())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(base64.b64decode(encrypted_text)).decode()

    def get_totp_label(self, user: User) -> str:
        return user.email or user.username

    def get_totp_issuer(self) -> str:
        return settings.PORTAL_NAME

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": settings.PORTAL_NAME}
