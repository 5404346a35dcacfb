"""The control case: opened with a legal basis, never decided without the person having been told and heard."""
