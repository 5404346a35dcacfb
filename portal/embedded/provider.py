"""A small OpenID Connect provider for the demonstration and the tests: ``python -m portal.embedded.provider``.

It plays ProConnect and FranceConnect for the people of a file, on this machine only, in a process of its own that no
setting of production names. Code flow with PKCE and nonce, codes that serve once, `userinfo` as a signed token: what
the real ones ask of the portal, so that nothing is bypassed. Nobody types a password: one chooses a person.
"""

import argparse
import base64
import hashlib
import hmac
import html
import json
import secrets
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

DOORS = {"proconnect": "ProConnect", "franceconnect": "FranceConnect"}
CODE_SECONDS, TOKEN_SECONDS = 60, 300
KEY_ID = "demo"


@dataclass
class State:
    """What one provider knows: its people, its client, its key, the codes and tokens given out."""

    people: list[dict[str, Any]]
    client_id: str
    secret: str
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    tokens: dict[str, tuple[float, str, dict[str, Any]]] = field(default_factory=dict)

    def person(self, door: str, username: str) -> dict[str, Any] | None:
        return next((one for one in self.people if one["door"] == door and one["username"] == username), None)

    def sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": KEY_ID})


class Refused(Exception):
    """What was asked is not what the protocol foresees."""


def provider(state: State, port: int) -> ThreadingHTTPServer:
    """The server, not started yet, on 127.0.0.1."""
    handler = type("Handler", (Handler,), {"state": state})
    return ThreadingHTTPServer(("127.0.0.1", port), handler)


def start_thread(state: State) -> ThreadingHTTPServer:
    """For tests: the server in a thread, on a free port (`server_port`)."""
    server = provider(state, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Handler(BaseHTTPRequestHandler):
    state: State

    def do_GET(self) -> None:
        self._answer({"authorize": self._authorize, "userinfo": self._userinfo, "jwks": self._keys,
                      ".well-known/openid-configuration": self._discovery, "logout": self._logout})  # fmt: skip

    def do_POST(self) -> None:
        self._answer({"token": self._token, "authorize": self._chosen})

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: codes do not belong in logs."""

    def _answer(self, pages: dict[str, Any]) -> None:
        parts = urlsplit(self.path)
        door, _, page = parts.path.strip("/").partition("/")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if door not in DOORS or page not in pages:
            self._send(404, "text/plain", b"")
            return
        try:
            pages[page](door, query)
        except Refused as refused:
            self._json({"error": "invalid_request", "error_description": str(refused)}, 400)

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def _discovery(self, door: str, query: dict[str, str]) -> None:
        base = f"{self.root}/{door}"
        self._json({
            "issuer": base, "authorization_endpoint": f"{base}/authorize", "token_endpoint": f"{base}/token",
            "userinfo_endpoint": f"{base}/userinfo", "jwks_uri": f"{base}/jwks", "end_session_endpoint": f"{base}/logout",
            "response_types_supported": ["code"], "code_challenge_methods_supported": ["S256"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        })  # fmt: skip

    def _keys(self, door: str, query: dict[str, str]) -> None:
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.state.key.public_key()))
        self._json({"keys": [key | {"kid": KEY_ID, "alg": "RS256", "use": "sig"}]})

    def _authorize(self, door: str, query: dict[str, str]) -> None:
        """Who are you? A person named beforehand by the portal's card is taken at their word."""
        self._check(query)
        hinted = self.state.person(door, query.get("login_hint", ""))
        if hinted is not None:
            self._back(door, query, hinted)
            return
        chosen = [one for one in self.state.people if one["door"] == door]
        self._send(200, "text/html; charset=utf-8", page(DOORS[door], chosen, query).encode())

    def _chosen(self, door: str, _query: dict[str, str]) -> None:
        form = self._form()
        query = {name: values[0] for name, values in parse_qs(form.pop("query", "")).items()}
        self._check(query)
        person = self.state.person(door, form.get("username", ""))
        if person is None:
            self._redirect(query["redirect_uri"], {"error": "access_denied", "state": query.get("state", "")})
            return
        self._back(door, query, person)

    def _check(self, query: dict[str, str]) -> None:
        back = urlsplit(query.get("redirect_uri", ""))
        wrong = (
            query.get("client_id") != self.state.client_id
            or query.get("response_type") != "code"
            or query.get("code_challenge_method") != "S256"
            or not query.get("nonce")
            or not query.get("state")
            or back.hostname not in ("127.0.0.1", "localhost")
        )
        if wrong:
            raise Refused("client, code flow, PKCE S256, state, nonce and a local address are all needed")

    def _back(self, door: str, query: dict[str, str], person: dict[str, Any]) -> None:
        code = secrets.token_urlsafe(24)
        self.state.codes[code] = {"at": time.time(), "door": door, "person": person, **query}
        self._redirect(query["redirect_uri"], {"code": code, "state": query["state"], "iss": f"{self.root}/{door}"})

    def _token(self, door: str, _query: dict[str, str]) -> None:
        form = self._form()
        given = self.state.codes.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        if (
            given is None
            or given["door"] != door
            or time.time() - given["at"] > CODE_SECONDS
            or form.get("redirect_uri") != given["redirect_uri"]
            or form.get("client_id") != self.state.client_id
            or not hmac.compare_digest(form.get("client_secret", ""), self.state.secret)
            or not hmac.compare_digest(challenge, given["code_challenge"])
        ):
            self._json({"error": "invalid_grant"}, 400)
            return
        token, person = secrets.token_urlsafe(24), given["person"]
        self.state.tokens[token] = (time.time(), door, person)
        self._json({"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS,
                    "id_token": self.state.sign(self._identity(door, given))})  # fmt: skip

    def _identity(self, door: str, given: dict[str, Any]) -> dict[str, Any]:
        now = int(time.time())
        methods = given["person"].get("amr", ["pwd"])
        return {
            "iss": f"{self.root}/{door}", "aud": self.state.client_id, "sub": given["person"]["claims"]["sub"],
            "iat": now, "exp": now + TOKEN_SECONDS, "auth_time": now, "nonce": given["nonce"], "amr": methods,
            "acr": "eidas1", "jti": secrets.token_hex(8),
        }  # fmt: skip

    def _userinfo(self, door: str, query: dict[str, str]) -> None:
        found = self.state.tokens.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
        if found is None or found[1] != door or time.time() - found[0] > TOKEN_SECONDS:
            self._json({"error": "invalid_token"}, 401)
            return
        now = int(time.time())
        claims = found[2]["claims"] | {"iss": f"{self.root}/{door}", "aud": self.state.client_id, "iat": now,
                                       "exp": now + TOKEN_SECONDS}  # fmt: skip
        self._send(200, "application/jwt", self.state.sign(claims).encode())

    def _logout(self, door: str, query: dict[str, str]) -> None:
        self._redirect(query.get("post_logout_redirect_uri", "/"), {})

    def _form(self) -> dict[str, str]:
        size = min(int(self.headers.get("Content-Length") or 0), 100_000)
        return {name: values[0] for name, values in parse_qs(self.rfile.read(size).decode()).items()}

    def _redirect(self, address: str, query: dict[str, str]) -> None:
        self.send_response(303)
        self.send_header("Location", f"{address}?{urlencode(query)}" if query else address)
        self.end_headers()

    def _json(self, content: dict[str, Any], status: int = 200) -> None:
        self._send(status, "application/json", json.dumps(content).encode())

    def _send(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)


STYLE = (
    "body{font:1.1rem/1.5 sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;background:#fbfaf7;color:#1b2528}"
    "button{font:inherit;padding:.5rem 1rem;margin:.25rem 0;min-height:2.75rem;width:100%;text-align:left}"
)


def page(name: str, people: list[dict[str, Any]], query: dict[str, str]) -> str:
    """The page where one chooses who to be."""
    kept = html.escape(urlencode(query), quote=True)
    buttons = "".join(
        f'<li><button name="username" value="{html.escape(one["username"], quote=True)}">'
        f"<strong>{html.escape(one['name'])}</strong><br>{html.escape(one['story'])}</button></li>"
        for one in people
    )
    title = f"{name} de démonstration"
    return (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head><body><main>'
        f"<h1>{title}</h1><p>Ce fournisseur tourne sur cette machine et tient lieu de {name}. Qui êtes-vous ?</p>"
        f'<form method="post"><input type="hidden" name="query" value="{kept}"><ul style="list-style:none;padding:0">'
        f'{buttons}</ul><button name="username" value="">Renoncer</button></form></main></body></html>'
    )


def main(arguments: list[str]) -> int:
    """Serve until stopped. The file holds `people`, `client_id` and `secret`."""
    parser = argparse.ArgumentParser(prog="portal.embedded.provider")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--file", type=Path, required=True)
    options = parser.parse_args(arguments)
    held = json.loads(options.file.read_text(encoding="utf-8"))
    provider(State(held["people"], held["client_id"], held["secret"]), options.port).serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
