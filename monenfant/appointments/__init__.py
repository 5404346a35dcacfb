"""Appointments of families with a desk: asked for without an account, answered with a name and by a date."""
