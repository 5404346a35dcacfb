"""OpenID Connect as ProConnect and FranceConnect speak it, on top of allauth's provider.

What they add: a nonce, `userinfo` answered as a signed token, the methods of authentication asked for explicitly.
What we add: the signature is always verified, and the identity is the same in both answers.
"""

import json
import secrets
from typing import Any
from urllib.parse import urlencode

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from requests import RequestException

SIGNED_WITH = ("RS256", "ES256")
CLAIMS = {"id_token": {"amr": {"essential": True}, "auth_time": {"essential": True}}}


class OpenIDAdapter(OpenIDConnectOAuth2Adapter):
    """One exchange with a provider: its discovery document, its tokens, its user."""

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return request.build_absolute_uri(reverse("accounts:returned", args=[self.provider_id]))

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Both answers, verified: the identity token is required and `userinfo` speaks of the same person."""
        signed = kwargs["response"].get("id_token")
        if not signed:
            raise OAuth2Error("no id_token")
        identity = self._verified(app, signed)
        person = self._fetch_user_info(token.token)
        if person.get("sub") != identity.get("sub"):
            raise OAuth2Error("userinfo is about somebody else")
        login = self.get_provider().sociallogin_from_response(request, {"userinfo": person, "id_token": identity})
        login.signed_id_token = signed
        return login

    def _fetch_user_info(self, access_token: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {access_token}"}
        with get_adapter().get_requests_session() as session:
            response = session.get(self.profile_url, headers=headers)
            response.raise_for_status()
        if response.headers.get("Content-Type", "").startswith("application/jwt"):
            return self._verified(self.get_provider().app, response.text)
        return response.json()

    def _verified(self, app: SocialApp, token: str) -> dict[str, Any]:
        """The content of a token that this provider signed for us. Raises OAuth2Error."""
        try:
            if jwt.get_unverified_header(token).get("alg") not in SIGNED_WITH:
                raise OAuth2Error("unexpected signature")
            return jwtkit.verify_and_decode(
                credential=token, keys_url=self.openid_config["jwks_uri"], issuer=app.settings["issuer"],
                audience=app.client_id, lookup_kid=jwtkit.lookup_kid_jwk,
            )  # fmt: skip
        except (jwt.PyJWTError, KeyError) as wrong:
            raise OAuth2Error("unreadable token") from wrong


class Provider(OpenIDConnectProvider):
    """A door of the portal: ``proconnect`` or ``franceconnect``."""

    oauth2_adapter_class = OpenIDAdapter

    def get_login_url(self, request: HttpRequest, **kwargs: Any) -> str:
        return reverse("accounts:enter", args=[self.app.provider_id])

    def get_callback_url(self) -> str:
        return reverse("accounts:returned", args=[self.app.provider_id])

    def leave(self, request: HttpRequest, *, next_url: str, again: bool = False, hint: str = "") -> HttpResponse:
        """Send the visitor to the provider. `again`: to prove anew who they are, with a second factor."""
        nonce = secrets.token_urlsafe(24)
        claims: dict[str, Any] = CLAIMS
        params = {"nonce": nonce}
        if again:
            acr = {"essential": True, "values": settings.PORTAL_SUFFICIENT_ACR}
            claims = {"id_token": CLAIMS["id_token"] | {"acr": acr}}
            params |= {"prompt": "login", "max_age": "0"}
        if self.app.provider_id == "franceconnect":
            params |= {"acr_values": "eidas1"}
        if hint:
            params["login_hint"] = hint
        params["claims"] = json.dumps(claims, separators=(",", ":"))
        return self.redirect(request, "login", next_url=next_url, auth_params=params, nonce=nonce, again=again)

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """ProConnect says `usual_name` where FranceConnect says `family_name`."""
        person = data["userinfo"]
        return {
            "email": person.get("email"), "first_name": person.get("given_name"),
            "last_name": person.get("usual_name") or person.get("family_name"),
        }  # fmt: skip

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []


def complete(request: HttpRequest, door: str) -> HttpResponse:
    """The visitor is back from the provider, with a code or a refusal."""
    view = OAuth2CallbackView.adapter_view(OpenIDAdapter(request, door))
    return view(request)


def answers_us(login: SocialLogin) -> bool:
    """Whether the identity token carries the nonce of this very departure."""
    sent, received = login.state.get("nonce") or "", login.account.extra_data["id_token"].get("nonce") or ""
    return bool(sent) and constant_time_compare(sent, received)


def has_second_factor(identity: dict[str, Any]) -> bool:
    """Whether the provider says that two factors were used, by a level or a method that we accept."""
    methods = identity.get("amr") or []
    return identity.get("acr") in settings.PORTAL_SUFFICIENT_ACR or bool(
        set(methods if isinstance(methods, list) else [methods]) & set(settings.PORTAL_SUFFICIENT_AMR)
    )


def end_session_url(request: HttpRequest, door: str, signed_id_token: str) -> str:
    """Where the provider ends its own session; empty when it does not offer it or does not answer."""
    try:
        adapter = OpenIDAdapter(request, door)
        address = adapter.openid_config.get("end_session_endpoint", "")
    except (RequestException, SocialApp.DoesNotExist, ValueError):
        return ""
    if not address:
        return ""
    back = request.build_absolute_uri(reverse("accounts:sign_in"))
    query = {"id_token_hint": signed_id_token, "post_logout_redirect_uri": back, "state": secrets.token_urlsafe(8)}
    return f"{address}?{urlencode(query)}"
