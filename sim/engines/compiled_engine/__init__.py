"""The compiled engine: the same plan, the same facts and event log, in a loop compiled by Numba.

engine     one replication: memory, loop, facts
compiling  how the loop is compiled
machine_code   its machine code: kept in a file, linked, called
loop       takes the smallest pending item, carries it out, looks again
arrivals   where cases come from
flow       what a token does, stage by stage
cases      beginnings and ends of cases
rooms      lines for limits, pools and owners
teams      dispatch, work in progress
queues     queues of teams, batches
signposts  places in long queues
luck       draws, and numbers read with them
calendars  working time
clock      what is planned, in the order at one instant
recorder   event log and facts
stretches  what a token is doing, as a class of its case's account
accounts   accounts of cases, closed at each of their events
hours      people's time
owners     time in which owners have nothing in hand while a case of theirs waits
tallies    sums over cases, passages, visits and queues
memory     blocks of the memory of a run
layout     where each word of it stands
tables     from a plan to the memory that a run begins with
results    from the memory to facts
stays      how long cases and passages stayed
tallied    from the sums to tallies in words
tally_layout, tally_tables   where sums stand, and what is written of a plan for them
stops      why a run had to stop, in words

All that a scenario can say runs here; the two engines are held equal, row by row, by tests/differential.
"""

from sim.engines.compiled_engine.engine import run, tally
from sim.engines.compiled_engine.tally_tables import can_tally

__all__ = ["can_tally", "run", "tally"]
