"""Benchmarks: the performance claims of README, each pair of contenders measured in one run.

engine_speed  the command: all tables
coverage      the other command: do 95 % intervals cover what they say
network       the canonical network, as a scenario
by_hand       the same as a SimPy model written by hand
in_c          the same as a C program (network.c), which is also an oracle, to the millisecond
in_ciw        five stations in series, in Ciw and as a scenario, beside theory
growth        what an event costs, and how much memory a run takes, from 10,000 to a million cases
replicated    many replications on all cores
timing        CPU time of contenders in turn, and tables of it

Nothing here is imported by `sim`.
"""
