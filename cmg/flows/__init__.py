"""The flow files of the CMG: what each kind holds and where its rows go."""
