"""An offer of childcare that does not exist, of any size up to that of France, as the files that funds and départements send."""

from monenfant.population.generator import Summary, generate

__all__ = ["Summary", "generate"]
