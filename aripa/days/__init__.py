"""The day's run over every family: facts loaded, lives lived, what they left written, a slice in one transaction."""
