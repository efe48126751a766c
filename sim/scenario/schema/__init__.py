"""The words of a scenario file: every section, every key, what each means.

These models describe the merged file in its canonical form. Numbers, durations, money and conditions stay
the text they were written as: here stands only which keys there are. The descriptions are what the reference
page and the editor show: written for people.

values        kinds of value
organisation  clock, assumptions, economics, calendars, teams, environments
steps         flows and their steps
file          case types, and the sections together

Not here: reading YAML and merging (reader, extends), what names refer to (checks).
"""

from sim.scenario.schema.file import Arrive, Case, ScenarioFile, Value, WrittenFile
from sim.scenario.schema.organisation import (
    Assumption,
    Calendar,
    Clock,
    Cost,
    Economics,
    Environment,
    OtherWork,
    Risk,
    Team,
)
from sim.scenario.schema.steps import (
    STEP_KINDS,
    TARGET_KEYS,
    Alternative,
    Batch,
    CasePatience,
    End,
    EndText,
    Flow,
    Limit,
    Outcome,
    Patience,
    Starts,
    Step,
    Target,
    Then,
    WhereTo,
    then_kind,
)
from sim.scenario.schema.values import (
    ConditionText,
    LongText,
    Model,
    MoneyText,
    NumberText,
    PointsText,
    PriceText,
    RateText,
    Raw,
    ShareText,
    Texts,
    WaitText,
    WorkText,
)

__all__ = [
    "STEP_KINDS",
    "TARGET_KEYS",
    "Alternative",
    "Arrive",
    "Assumption",
    "Batch",
    "Calendar",
    "Case",
    "CasePatience",
    "Clock",
    "ConditionText",
    "Cost",
    "Economics",
    "End",
    "EndText",
    "Environment",
    "Flow",
    "Limit",
    "LongText",
    "Model",
    "MoneyText",
    "NumberText",
    "OtherWork",
    "Outcome",
    "Patience",
    "PointsText",
    "PriceText",
    "RateText",
    "Raw",
    "Risk",
    "ScenarioFile",
    "ShareText",
    "Starts",
    "Step",
    "Target",
    "Team",
    "Texts",
    "Then",
    "Value",
    "WaitText",
    "WhereTo",
    "WorkText",
    "WrittenFile",
    "then_kind",
]
