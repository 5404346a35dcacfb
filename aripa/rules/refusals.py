"""Refusals of the ASF: one code, one French sentence, one article."""

from typing import NamedTuple


class Refusal(NamedTuple):
    """Why there is no ASF, or not for this child."""

    message: str
    article: str


REFUSALS = {
    "aripa.mayotte": Refusal("L’ASF n’est pas ouverte à Mayotte par cette caisse.", "CSS L. 755-17 ; D. 755-7"),
    "aripa.not_lone": Refusal("L’ASF n’est due qu’au parent qui vit seul.", "CSS L. 523-2"),
    "aripa.child_too_old": Refusal("L’enfant a vingt ans ou plus.", "CSS R. 512-2"),
    "aripa.support_reaches_asf": Refusal(
        "La pension reçue atteint le montant de l’ASF : il n’y a rien à compléter.", "CSS L. 523-1, I, 4° ; L. 581-2"
    ),
    "aripa.below_minimum": Refusal("Le total du mois est inférieur à quinze euros.", "CSS D. 523-3"),
}
