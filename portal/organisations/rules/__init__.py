"""Who is competent, and how a joint fund is created. Pure: facts and dated figures in, answers and refusals out."""
