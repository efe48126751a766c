"""The small grammars of the language by example: what the reference page shows and its test reads.

Every example is text as it stands in a file. Not here: the grammars themselves (numbers, conditions,
shorthand, merge), which keys there are (schema).
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.scenario.numbers import FAMILY_EXAMPLES


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write something: an example as it stands in a file, and what it means."""

    example: str
    meaning: str


NUMBERS = (
    Form("3 h", "An amount with its unit. Without a unit it is a plain number: `40`."),
    Form("$return_rate", "An assumption by its name."),
    Form(
        "2 * $ideas_each + 1 per year",
        "Arithmetic: `+ - * / ( )`. Units are checked: both sides of `+` measure the same.",
    ),
    Form("lognormal mean 2 h cv 1", "A distribution: drawn anew each time it is asked for. Families below."),
    Form("1 h + exponential mean 2 h", "One distribution may stand in arithmetic."),
    Form(
        "{0 months: 100%, 9 months: 92%}",
        "Over time, in steps: each value from its point in time on, the first also before. Points in time "
        "count "
        "from month 0.",
    ),
    Form(
        "ramp 0% at 9 months to 80% at 21 months",
        "Over time, evenly: linear between the points, constant outside.",
    ),
    Form(
        "{by: size, large: 2 h, standard: 1 h}",
        "By a trait of the case: a number for each of its levels (of a share: `true` and `false`). `by: "
        "case` "
        "goes by case type.",
    ),
    Form(
        "{mix: {easy: {p: 80%, is: 1 h}, hard: {p: rest, is: lognormal mean 2 d cv 1}}}",
        "A mixture: with probability `p` this part. Exactly one part may be the `rest`.",
    ),
    Form(
        "{first: triangular 1 h to 2 h to 8 h, again: 50%}",
        "Work only: the first visit of a case to a step, and every later one. A percentage is that share "
        "of a "
        "new draw of `first`.",
    ),
)

PARAMETERS = {
    "constant": "the value",
    "uniform": "lowest, highest",
    "triangular": "lowest, most likely, highest",
    "pert": "lowest, most likely, highest (a smooth hill over the same three)",
    "exponential": "`mean`",
    "erlang": "`k` (a whole number), `mean`",
    "gamma": "`mean`, and one of `cv`, `sd`, `shape`",
    "lognormal": "`mean` or `median`, and one of `cv`, `sd`, `sigma`",
    "weibull": "`mean` or `median`, and one of `cv`, `shape`",
    "normal": "`mean`, `sd`, cut to `from` .. `to`",
    "empirical": "a CSV file beside the scenario, a column: one of its values, each as likely as the next",
}
DISTRIBUTIONS = tuple(Form(FAMILY_EXAMPLES[family], words) for family, words in PARAMETERS.items())

UNITS = (
    Form(
        "30 min",
        "Working time: `s min h d w`. `1 d` is an ordinary day of the business calendar, `1 w` its days of "
        "a week.",
    ),
    Form(
        "10 days",
        "Wall clock: `days weeks months years`, singular after 1. A month is 730.5 h, a year 8,766 h.",
    ),
    Form("25%", "A share or probability; `0.25` is no share."),
    Form("42 k", "Money in the file's currency: `k` is a thousand, `M` a million."),
    Form("3 per year", "A rate: `per h`, `per d`, `per w`, `per month`, `per year` of open time."),
    Form("89 per hour", "A price: money per time."),
)

CONDITIONS = (
    Form("sensitive", "The trait is true: a share, drawn once per case."),
    Form("size is large", "The trait has this level."),
    Form("pages at least 3", "The trait, a number, is 3 or more."),
    Form("pages below 3", "The trait, a number, is less than 3."),
    Form(
        "adopts and not (sensitive or size is large)",
        "`not` binds closest, then `and`, then `or`; `( )` group.",
    ),
)

THEN = (
    Form("next", "The next step, as without `then`."),
    Form("done", "The flow ends normally."),
    Form("draft", "A step of the same flow."),
    Form("{go_to: draft}", "The same, written out."),
    Form("{end: dropped}", "The case is over, as `dropped`."),
    Form(
        "{leave: refused}",
        "The flow ends, and the step that called it routes `refused`; a case's own flow ends it so.",
    ),
    Form(
        "{unclear: {p: 20%, do: ask_again}, clear: rest}",
        "A detour: that flow is run, then this step once more.",
    ),
    Form(
        "{returned: {p: 20%, go_to: draft}, complete: rest}",
        "Outcomes: one is drawn; without a target it goes on with the next step.",
    ),
    Form(
        "{returned: {p: 20%, go_to: draft, weaken: 50%}, complete: rest}",
        "Each time a case has taken it, `p` is multiplied by 50%.",
    ),
    Form(
        "{returned: {p: 20%, do: ask_again, at_most: 2}, complete: rest}",
        "No more often than twice for one case; what is freed goes to the rest.",
    ),
)

MERGE = (
    Form("{teams: {desk: {size: 3}}}", "By name: of `desk` the size changes, all else stays."),
    Form(
        "{flows: {main: {steps: {check: {work: 1 h}}}}}",
        "A step that exists is changed, not replaced, as long as its kind stays.",
    ),
    Form(
        "{flows: {main: {steps: {check: {wait: 5 min, calendar: always}}}}}",
        "Of another kind: the step is replaced whole, at its place.",
    ),
    Form(
        "{flows: {main: {steps: {sign: {team: desk, work: 1 h, after: draft}}}}}",
        "A new step goes last, or where `after` or `before` says.",
    ),
    Form("{flows: {main: {steps: {check: remove}}}}", "`remove` takes away; an empty value is an error."),
    Form(
        "{flows: {main: {steps: {check: {then: {returned: 10%}}}}}}",
        "Outcomes go by name, too; a bare value is their `p`.",
    ),
    Form("{traits: {size: {standard: remove, small: rest}}}", "So do levels: one goes, another comes."),
    Form(
        "{teams: {desk: {focus: {0 months: 100%, 6 months: 90%}}}}",
        "Maps that are values (`by`, over time, `mix`, `limit`, `batch`) are replaced whole.",
    ),
)
"""Patches, as they are put on `MERGE_BASE`."""

MERGE_BASE = """\
clock: {start: 2027-01-04, horizon: 12 months}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams: {desk: {size: 2}}
traits: {sensitive: 40%, adopts: 50%, pages: uniform 1 to 9, size: {large: 50%, standard: rest}}
cases: {request: {arrive: {rate: 3 per d}, flow: main}}
flows:
  main:
    steps:
      draft: {team: desk, work: 1 h}
      check: {team: desk, work: 30 min, then: {returned: {p: 20%, go_to: draft}, complete: rest}}
      last: {wait: 1 d}
  ask_again: {steps: {ask: {team: desk, work: 1 h}}}
"""
