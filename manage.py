#!/usr/bin/env python
"""Command line of the portal. Without DATABASE_URL it uses the embedded servers, starting them if need be."""

import os
import shutil
import sys
import traceback

# Commands that never touch the database need no server.
WITHOUT_SERVERS = {
    "simulate",
    "generate_population",
    "verify_exchange",
    "makemigrations",
    "collectstatic",
    "help",
    "--help",
}


# Beside 0 (done) and 1 (done, something needs a person): refused, stopped before the end, interrupted.
REFUSED = 2
NOT_DONE = 3
INTERRUPTED = 130
# Below this PostgreSQL cannot be sure to write its journal.
ROOM_MIB = 100


def main(arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.exceptions import ImproperlyConfigured

    try:
        return run(arguments)
    except ImproperlyConfigured as refusal:
        sys.stderr.write(f"{refusal}\n")
        return REFUSED
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrompu : ce qui était fait est gardé, la même commande reprend le reste.\n")
        return INTERRUPTED


def run(arguments: list[str]) -> int:
    from django.core.management import call_command, execute_from_command_line

    if len(arguments) < 2 or arguments[1] in WITHOUT_SERVERS or "--help" in arguments:
        execute_from_command_line(arguments)
        return 0
    from portal.embedded.attach import servers
    from portal.embedded.servers import ServerDidNotStart

    try:
        with servers() as started_here:
            if started_here and arguments[1] not in ("migrate", "check"):
                import django

                django.setup()
                call_command("migrate", verbosity=0, interactive=False)
            return execute(arguments)
    except ServerDidNotStart as failed:
        sys.stderr.write(f"{failed}\n{space_left()}")
        return NOT_DONE
    except OSError as failed:
        sys.stderr.write(f"Le portail ne peut pas écrire là où il garde ses données (PORTAL_HOME) : {failed}\n")
        return NOT_DONE


def space_left() -> str:
    """A sentence when the disk of the embedded data is full: servers leave then, for no reason that they say clearly."""
    from portal.embedded.attach import home_folder

    mebibytes = shutil.disk_usage(home_folder()).free // 2**20
    if mebibytes >= ROOM_MIB:
        return ""
    return f"Il ne reste que {mebibytes} Mio sur le disque de {home_folder()} : faites de la place d’abord.\n"


def execute(arguments: list[str]) -> int:
    """Do the command. A database that leaves in the middle is no status 1, which means done."""
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import InterfaceError, OperationalError

    try:
        execute_from_command_line(arguments)
    except (InterfaceError, OperationalError) as lost:
        sys.stderr.write(
            f"La base de données ne répond plus : relancez la même commande.\n{str(lost).strip()}\n{space_left()}"
        )
        return NOT_DONE
    except ImproperlyConfigured:
        raise
    except Exception:
        traceback.print_exc()
        return NOT_DONE
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
