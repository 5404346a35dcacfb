"""The simulations of ARIPA: facts in JSON to result, refusals, steps and figures."""
