"""The letters of intermediation, L01 to L24: what the law wants in each, and where their facts come from.

One service and one post box write to everybody: the fund of a case is that of the parent who receives, and its name would
say where they live. No letter names one parent to the other.
"""
