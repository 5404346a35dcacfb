"""The moves of a case, as one table: the engine makes no other, and `docs/pension-states.md` is written from it.

Numbers are those of the procedure (T1 to T21). French, for lawyers: what allows the move, who acts, by when, which text.
"""

from dataclasses import dataclass

from aripa.life.state import State

NOTHING = ""
PENDING = State.ENDING_CONSENT_PENDING


class MoveNotAllowed(Exception):
    """A case would go from its state to one that the table does not name after it."""


@dataclass(frozen=True)
class Move:
    """`number`: of the procedure; `letters`: what leaves with it. `PENDING` is LIVE or FORCED with a request to end open."""

    number: str
    source: str
    target: str
    guard: str
    actor: str
    deadline: str
    article: str
    letters: str = ""


N, A, I, W, P = NOTHING, State.ADMISSIBILITY, State.INFO_REQUESTED, State.PENALTY_WARNED, State.PENALTY_PRONOUNCED  # noqa: E741
R, L, F, S, E = State.REJECTED, State.LIVE, State.FORCED, State.SUSPENDED, State.ENDED
NO_ANSWER = "Réponse absente, incomplète ou refusée"
MOVES = (
    Move("T1, T2", N, A, "Un titre ou une demande entre", "greffe, avocat, notaire, parent", "7 jours pour le greffe", "C. civ. 373-2-2"),
    Move("T21", R, A, "Nouveau titre ou nouvelle demande après un refus", "parent, greffe", "–", "C. civ. 373-2-2, III"),
    Move("T3", A, R, "Une condition n’est pas remplie, ou le parent qui reçoit ne répond pas", "caisse",
         "30 jours après le délai", "CSS L. 582-1 ; L. 512-1", "L02"),
    Move("T4", A, I, "Les conditions sont remplies, ou le parent qui reçoit a enfin répondu", "caisse", "le jour même", "CSS R. 582-5",
         "L01"),
    Move("T12", A, L, "Tout était su, ou la dernière réponse attendue arrive", "caisse", "60 jours pour le premier versement",
         "CSS R. 582-5", "L05"),
    Move("T11", I, A, "Le parent qui reçoit n’a pas répondu : le dossier attend, sans pénalité", "caisse", "15 jours", "CSS D. 582-2"),
    Move("T5, T12", I, L, "Les deux parents ont tout donné", "parents", "15 jours dès la réception de L01", "CSS D. 582-2 ; R. 582-5",
         "L05"),
    Move("T6", I, W, f"{NO_ANSWER} du parent qui paie", "direction", "lendemain du 15e jour", "CSS D. 582-2", "L03"),
    Move("T6", A, W, f"{NO_ANSWER} du parent qui paie, alors que le dossier attendait déjà l’autre", "direction", "lendemain du 15e jour",
         "CSS D. 582-2", "L03"),
    Move("T3", I, R, "Titre contraire ou décès connu avant la mise en place", "caisse", "le jour", "C. civ. 373-2-2, II", "L02"),
    Move("T7", W, L, "Réponse complète dans les dix jours", "parent qui paie", "10 jours dès la réception de L03", "CSS D. 582-2", "L05"),
    Move("T7", W, I, "Le parent qui paie a répondu, l’autre pas encore ; ou ses observations sont acceptées", "direction", "–",
         "CSS D. 582-2"),
    Move("T8", W, P, f"{NO_ANSWER}", "direction", "lendemain du 10e jour", "CSS L. 582-1, II ; D. 582-2", "L04"),
    Move("T3", W, R, "Titre contraire ou décès connu avant la mise en place", "caisse", "le jour", "C. civ. 373-2-2, II", "L02"),
    Move("T9, T10", P, L, "Informations enfin données ; ou huit jours passés sans elles", "parent qui paie, caisse",
         "8 jours dès la réception de L04", "CSS D. 582-2", "L05"),
    Move("T9", P, I, "Le parent qui paie a répondu, l’autre pas encore ; ou ses observations sont acceptées", "direction", "–",
         "CSS D. 582-2"),
    Move("T3", P, R, "Titre contraire ou décès connu avant la mise en place", "caisse", "le jour", "C. civ. 373-2-2, II", "L02"),
    Move("T10, T13", L, F, "Échéance non réglée après L08 ou L09 ; ou mise en place sans les informations", "caisse",
         "15 jours (L08) ou 30 jours (L09) dès la réception", "CSS R. 582-8, I et II"),
    Move("T14", F, L, "Six échéances payées de suite, rien d’autre n’est dû", "parent qui paie, caisse", "à la demande",
         "CSS R. 582-8, I", "L12"),
    Move("T15", L, S, "Parent qui paie hors d’état, sauf cas 3° et 4°", "caisse", "1er du mois suivant", "CSS L. 523-1 ; D. 523-2", "L15"),
    Move("T15", F, S, "Parent qui paie hors d’état, sauf cas 3° et 4°", "caisse", "1er du mois suivant", "CSS L. 523-1 ; D. 523-2", "L15"),
    Move("T16", S, L, "Le parent qui paie le peut de nouveau", "caisse", "contrôle chaque année", "CSS D. 523-2", "L05"),
    Move("T17", L, PENDING, "Un parent demande la fin ; jamais si un parent est à protéger", "parent", "–", "C. civ. 373-2-2, III", "L13"),
    Move("T17", F, PENDING, "Un parent demande la fin ; jamais si un parent est à protéger", "parent", "–", "C. civ. 373-2-2, III", "L13"),
    Move("T19", PENDING, L, "Refus ou silence : le silence ne vaut pas accord", "autre parent", "30 jours dès la réception de L13",
         "C. civ. 373-2-2, III"),
    Move("T19", PENDING, F, "Refus ou silence : le silence ne vaut pas accord", "autre parent", "30 jours dès la réception de L13",
         "C. civ. 373-2-2, III"),
    Move("T18", PENDING, E, "Accord écrit de l’autre parent", "autre parent", "1er du mois suivant", "C. civ. 373-2-2, III", "L14"),
    Move("T20", L, E, "Décès, date du titre, pension plus due, nouveau titre, résidence", "caisse", "date de la cause",
         "CSS L. 582-1, VII", "L14"),
    Move("T20", F, E, "Mêmes causes ; l’arriéré reste recouvré", "caisse", "date de la cause", "CSS L. 582-1, VII ; R. 582-8, IV", "L14"),
    Move("T20", S, E, "Les mêmes causes", "caisse", "date de la cause", "CSS L. 582-1, VII", "L14"),
)  # fmt: skip
# A request to end does not stop the life of a case: what happens beneath it is its own state's.
ALLOWED = frozenset((one.source, one.target) for one in MOVES if PENDING not in (one.source, one.target))
NAMES = {NOTHING: "[*]"}


def check(source: str, target: str) -> None:
    """Raises MoveNotAllowed unless the table names this move; staying where one is is no move."""
    if source != target and (source, target) not in ALLOWED:
        raise MoveNotAllowed(f"{source or 'aucun état'} -> {target}")


def as_markdown() -> str:
    """The page: the diagram, then the table a lawyer reads."""
    drawn = [f"    {_name(one.source)} --> {_name(one.target)}: {one.number}" for one in MOVES]
    heading = ("N°", "De", "À", "Ce qui la permet", "Qui", "Délai", "Texte", "Courriers")
    rows = [
        (one.number, _code(one.source), _code(one.target), one.guard, one.actor, one.deadline, one.article, one.letters or "–")
        for one in MOVES
    ]  # fmt: skip
    table = [_row(heading), _row(["---"] * len(heading)), *(_row(one) for one in rows)]
    return "\n".join([HEAD, "```mermaid", "stateDiagram-v2", *drawn, "    ENDED --> [*]", "```", "", *table, "", TAIL])


def _name(state: str) -> str:
    return NAMES.get(state, str(state))


def _code(state: str) -> str:
    return f"`{state}`" if state else "–"


def _row(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


HEAD = """# The states of a pension's case

Written by `manage.py write_pension_states` from `aripa/life/transitions.py`: do not edit. The engine refuses any move that
is not here, and a test fails when this page and the table differ. In French, for those who check it against the texts.
"""
TAIL = """`RECEIVED` and `INSTRUCTED` of the procedure pass within a day and are not kept. `ENDING_CONSENT_PENDING` is a live case,
under recovery or not, with a request to end open: terms go on being called and paid beneath it.
"""
