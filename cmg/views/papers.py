"""A family's papers opened: by the family itself, and by the agents who may open its dossier."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from cmg.family.household import Household
from cmg.selectors import SUBJECT
from cmg.views.access import AGENTS, for_roles
from cmg.views.own import own_family
from cmg.views.remedies import account_or_404
from portal.audit.operations import journal
from portal.casework.models import Attachment
from portal.casework.papers import PaperRefused
from portal.casework.serving import serve_paper
from portal.people.vault import Undecipherable


@require_GET
@own_family
def own_paper(request: HttpRequest, home: Household, paper: int) -> HttpResponse:
    """A paper that the parent's own family gave."""
    found = Attachment.objects.filter(subject=home.subject, pk=paper).first()
    return _served(found)


@require_GET
@for_roles(AGENTS)
def agent_paper(request: HttpRequest, paper: int) -> HttpResponse:
    """A paper of a family whose dossier the agent may open; opening it is journaled."""
    found = Attachment.objects.filter(subject__startswith=SUBJECT, pk=paper).first()
    if found is None:
        raise Http404
    account_or_404(request, found.subject.removeprefix(SUBJECT))
    answer = _served(found)
    journal(
        actor=request.user.get_username(), action="cmg.paper.read", subject=found.subject,
        detail={"paper": found.pk, "about": found.about},
    )  # fmt: skip
    return answer


def _served(paper: Attachment | None) -> HttpResponse:
    if paper is None:
        raise Http404
    try:
        return serve_paper(paper)
    except (PaperRefused, Undecipherable) as refused:
        raise Http404 from refused
