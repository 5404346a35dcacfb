#!/usr/bin/env python
"""Command line of the portal. Without DATABASE_URL it uses the embedded servers, starting them if need be."""

import os
import sys

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


def main(arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.management import call_command, execute_from_command_line

    if len(arguments) < 2 or arguments[1] in WITHOUT_SERVERS or "--help" in arguments:
        execute_from_command_line(arguments)
        return 0
    from portal.embedded.attach import servers

    with servers() as started_here:
        if started_here and arguments[1] not in ("migrate", "check"):
            import django

            django.setup()
            call_command("migrate", verbosity=0, interactive=False)
        execute_from_command_line(arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
