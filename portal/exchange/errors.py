"""What is said of a row that cannot enter: column, code, French sentence, and what to do."""

from functools import lru_cache

RowError = dict[str, str]
SENDER = "À corriger par l’émetteur, ou ici, puis rejouer cette seule ligne."


@lru_cache(maxsize=10_000)
def error(column: str, code: str, message: str, remedy: str = SENDER) -> RowError:
    return {"column": column, "code": code, "message": message, "remedy": remedy}
