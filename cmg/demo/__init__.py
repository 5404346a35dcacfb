"""The demonstration: a sample region, its people, and a month closed from files to bank."""
