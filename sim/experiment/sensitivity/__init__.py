"""Sensitivity: which assumption matters, how sure a result is given what is not known, what to measure first.

    inputs        the assumptions that are moved, and where
    figures       the figures looked at
    points        what the figures are where the inputs stand at some values
    tornado       one input at a time, at the ends of its range
    sample        many points all over the ranges
    polynomials   the terms of a response surface
    surface       a figure's mean as a polynomial of the inputs
    indices       Sobol indices, from a surface or from Saltelli's design
    spread        the figure over inputs, over luck, over both
    worth         what knowing an input would be worth
    shown         how a figure is called, and in which unit
    findings      all of it, for each figure
    run           the door

Not here: pictures (charts), words (cli).
"""

from sim.experiment.sensitivity.result import About, Fit, Sensitivity
from sim.experiment.sensitivity.run import sensitivity

__all__ = ["About", "Fit", "Sensitivity", "sensitivity"]
