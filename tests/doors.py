"""The doors in tests: the demo's local provider, and what it takes to walk through it without a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from django.test import Client

from cmg.demo.people import provider_people
from portal.embedded.provider import State, start_thread

SECRET = "secret-of-the-tests"


@contextmanager
def open_doors(settings: Any, state: State | None = None) -> Iterator[State]:
    """Both doors lead to a local provider that knows the demo people."""
    state = state or State(provider_people(), "portail", SECRET)
    server = start_thread(state)
    root = f"http://127.0.0.1:{server.server_port}"
    apps = []
    for name in ("proconnect", "franceconnect"):
        issuer = f"{root}/{name}"
        inside = {
            "server_url": issuer,
            "issuer": issuer,
            "token_auth_method": "client_secret_post",
            "scope": ["openid"],
        }
        apps.append({"provider_id": name, "name": name, "client_id": "portail", "secret": SECRET, "settings": inside})
    # The provider is a thread of this very process, which may have to wait for its turn.
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 60
    openid = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": openid | {"APPS": apps}}
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()


def local_client() -> Client:
    """A client that the portal answers on 127.0.0.1, where the provider sends people back."""
    return Client(headers={"host": "127.0.0.1"})


def walk(client: Client, username: str, *, door: str = "proconnect", again: bool = False) -> Any:
    """Leave by a door, choose `username` at the provider, come back; the portal's answer to that."""
    return client.get(way_back(client, username, door=door, again=again))


def way_back(client: Client, username: str, *, door: str = "proconnect", again: bool = False) -> str:
    """The address to which the provider sends the visitor back."""
    left = client.post(f"/entree/porte/{door}/", {"again": "1"} if again else {})
    assert left.status_code == 302, left.content
    authorize, _, query = left["Location"].partition("?")
    chosen = requests.post(authorize, {"query": query, "username": username}, allow_redirects=False, timeout=60)
    assert chosen.status_code == 303, chosen.text
    return chosen.headers["Location"]
