"""The simulations of monenfant: facts in JSON to result, refusals, steps and figures."""
