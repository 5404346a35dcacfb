"""What a log may hold: no address that opens something without an account."""

import logging
import re

# A part of an address as long as those we draw and sign; words of ours are shorter.
SECRET = re.compile(r"/[A-Za-z0-9_\-.~:]{24,}")


class WithoutSecrets(logging.Filter):
    """Django writes the address of each page that it refuses: the secret part of it is left out."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if SECRET.search(message):
            record.msg, record.args = SECRET.sub("/…", message), ()
        return True
