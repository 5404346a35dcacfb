"""The notices of the CMG: what each says in a list of e-mails, and when it is asked for."""

from datetime import date

from cmg.models import Report
from portal.batches.models import Run
from portal.casework.models import Message
from portal.frame.templatetags.portal import long_day, month_key, month_name
from portal.letters.models import Letter
from portal.notices.kinds import NoticeKind, register
from portal.notices.operations import ask, ask_many

SUBJECT = "cmg:employer:"
KINDS = (
    NoticeKind("cmg.hold", "Un prélèvement est arrêté pour vérification", "Nous avons arrêté un prélèvement",
               "Nous vérifions votre mois {words}. Rien n’est prélevé pendant ce temps."),
    NoticeKind("cmg.ready", "Mon mois est prêt, avant le départ à la banque", "Votre mois {words} est prêt",
               "Votre mois {words} est calculé. Vous pouvez le lire avant son départ à la banque."),
    NoticeKind("cmg.report_received", "Mon signalement est reçu", "Votre signalement est reçu",
               "Nous avons bien reçu votre signalement. Une réponse est attendue avant le {words}."),
    NoticeKind("cmg.report_answered", "Mon signalement a une réponse", "Votre signalement a une réponse",
               "Nous avons répondu à votre signalement."),
    NoticeKind("cmg.letter", "Un courrier m’attend", "Un courrier vous attend", "Un courrier vous attend dans votre espace."),
    NoticeKind("cmg.message", "Un message de mon responsable de dossier", "Un message vous attend",
               "Une personne de l’équipe vous a écrit."),
)  # fmt: skip
HELD = "SELECT 'cmg:employer:' || s.employer_no FROM cmg_settlement s WHERE s.run_id = %(run)s AND s.status = 'HELD'"
READY = (
    "SELECT 'cmg:employer:' || s.employer_no FROM cmg_settlement s WHERE s.run_id = %(run)s GROUP BY s.employer_no "
    "HAVING bool_or(s.status = 'SETTLED') AND NOT bool_or(s.status = 'HELD')"
)


def register_notices() -> None:
    """Make the CMG's notices known to the kernel."""
    for kind in KINDS:
        register(kind)


def of_month(month: date) -> str:
    """``d’octobre``, ``de mai``."""
    name = month_name(month).split(" ")[0]
    return f"d’{name}" if name[0] in "aeiouéh" else f"de {name}"


def tell_of_month(run: Run) -> int:
    """A run of everybody was just computed: who is held, and whose month is ready. Each is told once a month."""
    if run.dry_run or run.scope is not None:
        return 0
    values = {"run": run.pk}
    path, words, suffix = f"/famille/mois/{month_key(run.month)}/", of_month(run.month), f":{month_key(run.month)}"
    held = ask_many(
        subjects_sql=HELD, values=values, kind="cmg.hold", prefix="hold:", suffix=suffix, path=path, words=words
    )
    return held + ask_many(
        subjects_sql=READY, values=values, kind="cmg.ready", prefix="ready:", suffix=suffix, path=path, words=words
    )


def tell_of_report(report: Report) -> int:
    """A report came in, or has its answer: once each, and once more after it was opened again."""
    answered = report.answered_at is not None and report.state == "ANSWERED"
    kind = "cmg.report_answered" if answered else "cmg.report_received"
    moment = f":{report.answered_at:%Y%m%d%H%M%S}" if answered and report.answered_at else ""
    return ask(
        subject=SUBJECT + report.employer_no, kind=kind, key=f"{kind}:{report.number}{moment}",
        path=f"/famille/suivi/{report.number}/", words=long_day(report.first_answer_by),
    )  # fmt: skip


def tell_of_letter(letter: Letter) -> int:
    """A letter was written for a family of the CMG."""
    if not letter.subject.startswith(SUBJECT):
        return 0
    return ask(
        subject=letter.subject,
        kind="cmg.letter",
        key=f"cmg.letter:{letter.number}",
        path=f"/famille/courriers/{letter.pk}/",
    )


def tell_of_message(message: Message) -> int:
    """Somebody of the team wrote to the family."""
    if message.from_family or not message.subject.startswith(SUBJECT):
        return 0
    return ask(subject=message.subject, kind="cmg.message", key=f"cmg.message:{message.pk}", path="/famille/messages/")
