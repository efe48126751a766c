"""Tuning: the best setting of levers that keeps its promises, with a guarantee.

sequences   intervals that hold at every number of replications
selection   the best of candidates that share their luck
space       levers, their values, and the plan of a setting
screening   what is known of a staffing without a run
runs        replications of settings, and the ledger that outlives the process
worth       cost and net present value
local       search in a space too large to try
search      `tune`: all of it
tuning      what was found
"""

from sim.experiment.tune.search import tune
from sim.experiment.tune.tuning import Candidate, Step, Tuning

__all__ = ["Candidate", "Step", "Tuning", "tune"]
