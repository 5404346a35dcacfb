"""Rules of monenfant: places and their reports, what follows a silence, what a place costs. Pure: facts and dated
figures in, columns and refusals out; no database, no clock."""
