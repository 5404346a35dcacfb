"""Rules of monenfant: what a place costs. Pure: facts and dated figures in, columns and refusals out."""
