"""What an attacker tries, and meets."""
