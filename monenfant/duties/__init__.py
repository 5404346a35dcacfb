"""What follows from the duty to report free places: campaigns of childminders, silences of structures, acts of agents."""
