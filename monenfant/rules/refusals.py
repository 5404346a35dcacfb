"""Why there is no place or no tax credit: one code, one French sentence, one article."""

from typing import NamedTuple


class Refusal(NamedTuple):
    message: str
    article: str


REFUSALS = {
    "monenfant.too_old_for_credit": Refusal(
        "L’enfant avait six ans ou plus au 1er janvier : la garde hors du domicile n’ouvre pas de crédit d’impôt.",
        "CGI art. 200 quater B",
    ),
    "monenfant.too_old_for_creche": Refusal(
        "L’enfant a six ans : une crèche reçoit les enfants de moins de six ans.", "CSP art. L. 2324-1"
    ),
}
