"""``python -m portal.frame.ready PORT``: status 0 when the portal on this machine answers that it is ready."""

import os
import sys
import urllib.error
import urllib.request

TIMEOUT = 8


def is_ready(port: int) -> bool:
    """Ask /readyz by the name that the portal is served under: it answers to no other."""
    host = os.environ.get("PORTAL_HOSTS", "").split(",")[0].strip() or "localhost"
    # A name that begins with a dot or a star stands for every name below it.
    host = "portal" + host if host.startswith(".") else host.replace("*", "localhost")
    request = urllib.request.Request(f"http://127.0.0.1:{port}/readyz", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError):
        return False


if __name__ == "__main__":
    sys.exit(not is_ready(int(sys.argv[1])))
