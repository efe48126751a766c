"""The tuning page: a scenario's numbers as sliders, its results beside them, live.

controls   what can be turned, as the page shows it
figures    an answer in words and numbers
pictures   the value stream, and what the settings tried so far cost and take
report     the report of a setting
tab        one browser tab: its setting, the work it started, what it is shown
page       the Shiny app, put together
guard      who may talk to it
server     where it listens, and how it ends

Not here: what a setting means and what it comes to (experiment.what_if); nothing here reckons.
"""
