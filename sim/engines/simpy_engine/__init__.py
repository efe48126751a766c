"""The reference engine: SimPy processes, one generator per token, written to be read aloud.

engine    one replication: beginnings and ends of cases
arrivals  where cases come from
flow      what a token does, step by step
teams     queues, dispatch, work in progress
rooms     lines for limits, pools and owners
case      the state of cases and tokens
luck      draws, and numbers read with them
clock     SimPy's event loop with the order at one instant
recorder  event log and facts
"""

from sim.engines.simpy_engine.engine import run

__all__ = ["run"]
