"""``python -m portal.embedded.fresh``: remove the embedded data of this home folder, so that a demo begins anew."""

import shutil
import sys

from portal.embedded.attach import home_folder, running
from portal.embedded.servers import Postgres


def main() -> int:
    home = home_folder()
    if running(home):
        sys.stderr.write(f"Les serveurs de {home} tournent encore : arrêtez-les (Ctrl-C) avant --fresh.\n")
        return 2
    shutil.rmtree(Postgres(home / "postgres", 0).home, ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
