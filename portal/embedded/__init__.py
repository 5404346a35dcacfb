"""Real PostgreSQL and Valkey servers from Python packages, for machines that have neither."""
