"""The files of the offer: what each kind holds, what its rows must be, and where they go."""
