"""``python -m portal.embedded.fresh``: remove the embedded data of this home folder, so that a demo begins anew.

Only what the portal made is removed, by name: PORTAL_HOME may be a folder that holds other things.
"""

import os
import shutil
import sys
from pathlib import Path

from portal.embedded.attach import SECRETS_FILE, STATE_FILE, home_folder, running, start_lock
from portal.embedded.servers import Postgres, ServerDidNotStart

FOLDERS = ("valkey", "bank", "demo", "logs")
FILES = (SECRETS_FILE, STATE_FILE)


def remove(home: Path) -> None:
    """Raises OSError when something cannot be removed, ServerDidNotStart when no plain user exists."""
    postgres = Postgres(home / "postgres", 0).home
    for folder in (postgres, home / "postgres", *(home / name for name in FOLDERS)):
        if folder.exists():
            shutil.rmtree(folder)
    for name in FILES:
        (home / name).unlink(missing_ok=True)


def main() -> int:
    home = home_folder()
    if os.environ.get("DATABASE_URL"):
        sys.stderr.write("DATABASE_URL est donné : --fresh n’efface que les données embarquées, pas cette base.\n")
        return 2
    try:
        with start_lock(home):
            if running(home):
                sys.stderr.write(f"Les serveurs de {home} tournent encore : arrêtez-les (Ctrl-C) avant --fresh.\n")
                return 2
            remove(home)
    except (OSError, ServerDidNotStart) as failed:
        sys.stderr.write(f"Les données de {home} n’ont pas pu être effacées : {failed}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
