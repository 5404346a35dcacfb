"""The kinds: title, template, the facts without which none is written, and the articles it rests on.

All of L01 to L24 but L20: nobody can ask here for a recovery without intermediation.
"""

from portal.letters.kinds import LetterKind, register

TO = ("recipient", "sender", "case_no")
# Code, title, template, what it needs beside its reader and case, articles.
LETTERS: tuple[tuple[str, str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("L01", "Ouverture de votre dossier de pension", "letters/aripa/L01.html",
     ("party", "answer_days", "penalty_cents", "items"),
     ("CSS L. 582-1", "CSS R. 582-5", "CSS D. 582-2", "CPC 1074-3")),
    ("L02", "Une demande ne peut pas être acceptée", "letters/aripa/L02.html",
     ("reason", "article"), ("CSS L. 582-1",)),
    ("L03", "Avertissement avant pénalité", "letters/aripa/L03.html",
     ("penalty_cents", "answer_days"), ("CSS L. 582-1", "CSS D. 582-2")),
    ("L04", "Pénalité pour absence d’information", "letters/aripa/L04.html", ("penalty_cents", "pay_days", "reason"),
     ("CSS L. 582-1", "CSS D. 582-2")),
    ("L05", "Mise en place de l’intermédiation", "letters/aripa/L05.html",
     ("lines", "due_day", "means", "discharge_date", "indexation"),
     ("CSS L. 582-1", "CSS R. 582-6", "CSS R. 582-7", "C. pén. 227-3", "C. pén. 227-4")),
    ("L06", "Vos prélèvements à venir", "letters/aripa/L06.html",
     ("debits", "creditor_identifier", "mandate_ref"), ("CSS R. 582-6",)),
    ("L07", "Revalorisation de la pension", "letters/aripa/L07.html",
     ("lines", "first_month", "steps"), ("CSS R. 582-7",)),
    ("L08", "Dernier rappel avant recouvrement", "letters/aripa/L08.html",
     ("month", "lacking_cents", "settle_days", "pay_iban"),
     ("CSS L. 582-1", "CSS R. 582-8")),
    ("L09", "Mois passés à payer", "letters/aripa/L09.html",
     ("terms", "total_cents", "answer_days", "least_cents"), ("CSS R. 582-8",)),
    ("L10", "Votre plan de paiement", "letters/aripa/L10.html",
     ("instalments", "total_cents", "first_by"), ("CSS R. 582-8", "CPCE R. 213-11")),
    ("L11", "Paiement direct de la pension", "letters/aripa/L11.html",
     ("debtor_name", "title", "current_cents", "decided_on"),
     ("CPCE L. 213-1", "CPCE L. 213-2", "CPCE R. 213-6", "CPCE R. 213-11")),
    ("L12", "Fin du paiement direct", "letters/aripa/L12.html", ("ended_on",), ("CPCE R. 213-12", "CSS R. 582-8")),
    ("L13", "L’autre parent demande la fin de l’intermédiation", "letters/aripa/L13.html",
     ("answer_days",), ("C. civ. 373-2-2",)),
    ("L14", "Fin de l’intermédiation", "letters/aripa/L14.html",
     ("end_date", "cause"), ("CSS L. 582-1", "CSS R. 582-5-1", "CSS R. 582-10")),
    ("L15", "La pension n’est plus appelée pour le moment", "letters/aripa/L15.html",
     ("suspended_from",), ("CSS L. 523-1", "CSS D. 523-2")),
    ("L16", "Une somme vous a été versée en trop", "letters/aripa/L16.html", ("amount_cents", "total_cents"),
     ("CSS L. 582-1", "CSS R. 582-11")),
    ("L17", "Compte rendu du recouvrement", "letters/aripa/L17.html",
     ("acts", "months", "passed_on_cents", "cleared_cents", "left_cents"),
     ("CSS R. 581-5", "CSS R. 582-8")),
    ("L18", "Les mois passés sont entièrement payés", "letters/aripa/L18.html", ("cleared_on",), ("CSS R. 581-5",)),
    ("L19", "Recouvrement par le comptable public", "letters/aripa/L19.html",
     ("sent_on", "owed_cents"), ("Loi 75-618, art. 9", "CSS L. 581-7")),
    ("L21", "Votre allocation de soutien familial", "letters/aripa/L21.html",
     ("month", "amount_cents"),
     ("CSS L. 523-1", "CSS D. 523-1")),
    ("L22", "Résultat du contrôle de votre allocation", "letters/aripa/L22.html",
     ("result", "since"), ("CSS R. 523-1", "CSS D. 523-2")),
    ("L23", "Faire fixer la pension : il reste deux mois d’aide", "letters/aripa/L23.html",
     ("months_left",), ("CSS R. 523-3",)),
    ("L24", "Accord rendu exécutoire", "letters/aripa/L24.html",
     ("parents", "children", "index", "signed_on", "director", "request", "signatures"),
     ("CSS L. 582-2", "CSS R. 582-1", "CPCE L. 111-3")),
)  # fmt: skip
CODES = tuple(code for code, *_rest in LETTERS)


def kind_code(code: str) -> str:
    """``aripa.L08``: how the kernel knows the letter."""
    return f"aripa.{code}"


def register_letters() -> None:
    """Make the letters of intermediation known to the kernel."""
    for code, title, template, needs, articles in LETTERS:
        register(LetterKind(kind_code(code), title, template, (*TO, *needs), articles))
