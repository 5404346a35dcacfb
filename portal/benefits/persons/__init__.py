"""What is known of a family of ARS and AEEH, and what people tell of it."""
