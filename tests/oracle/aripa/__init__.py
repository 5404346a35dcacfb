"""A second opinion of the days of intermediation, written from the published interface and the law alone.

Every day is lived for every case, in the order of the contract, by the slow and obvious way. Where a sentence leaves a
choice, the one that the project states (decision 0022) is taken, so that what differs is an error of one of the two.
"""
