"""From where: the address of the agent or partner whose request is being answered, for the rows of the journal."""

from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

# Agents and partners alone: where a family is when it reads its own pages is nobody's business.
WATCHED = ("/agent/", "/partenaire/", "/api/v1/exchanges/")
_origin: ContextVar[str] = ContextVar("journal_origin", default="")


def origin() -> str:
    """Empty outside a request of theirs."""
    return _origin.get()


class Origin:
    """Keeps the visitor's address while a page of agents or partners is made."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        from portal.accounts.limits import address_of

        token = _origin.set(address_of(request)[:45] if request.path.startswith(WATCHED) else "")
        try:
            return self.get_response(request)
        finally:
            _origin.reset(token)
