"""Numbers of a scenario: from text and maps to a small tree of frozen values.

Reads every form of the scenario language that stands for an amount: quantities with units, `$name`,
arithmetic with units checked, distributions, ramps, steps over time, by trait, mixtures, first and again.

algebra       what results measure
vocabulary    the words and limits of the grammar
tree          what a number is once it has been read
describe      a number in plain words
arithmetic    `+ - * /`, and whether a number fits its place
constructors  distributions, mixtures, values over time, each checked when it is made
slips, text   one text; its grammar is numbers.lark
maps          `by`, over time, `mix`, `first` and `again`
substitution  assumptions put in

Every error is a `NumberSyntaxError` whose message can be shown as it is.
Not here: files, lines and keys (scenario.tree), the meaning of a distribution's parameters (randomness).
"""

from sim.scenario.numbers.algebra import NumberSyntaxError, Operator
from sim.scenario.numbers.arithmetic import calculate, negate, read_as, suggest_working_unit
from sim.scenario.numbers.constructors import by_trait, distribution, first_again, mixture
from sim.scenario.numbers.describe import OFFICE, describe
from sim.scenario.numbers.maps import parse_value
from sim.scenario.numbers.substitution import substitute
from sim.scenario.numbers.text import parse_number
from sim.scenario.numbers.tree import (
    Arithmetic,
    ByTrait,
    Constant,
    DistributionCall,
    FirstAgain,
    Mixture,
    Number,
    Ramp,
    Reference,
    Steps,
    children,
    references,
)
from sim.scenario.numbers.vocabulary import FAMILIES, FAMILY_EXAMPLES

__all__ = [
    "FAMILIES",
    "FAMILY_EXAMPLES",
    "OFFICE",
    "Arithmetic",
    "ByTrait",
    "Constant",
    "DistributionCall",
    "FirstAgain",
    "Mixture",
    "Number",
    "NumberSyntaxError",
    "Operator",
    "Ramp",
    "Reference",
    "Steps",
    "by_trait",
    "calculate",
    "children",
    "describe",
    "distribution",
    "first_again",
    "mixture",
    "negate",
    "parse_number",
    "parse_value",
    "read_as",
    "references",
    "substitute",
    "suggest_working_unit",
]
