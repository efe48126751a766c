"""Units: what a number measures, and how long a day of work is. Not here: reading text (scenario)."""
