"""The kernel and the Django project: it imports no other application."""
