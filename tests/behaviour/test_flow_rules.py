"""How cases move: steps, alternatives, detours, limits, forks, patience, environments. Worked out by hand.

Instant 0 is Monday 2027-01-04 00:00; the small scenarios stand in conftest.
"""

from __future__ import annotations

import pytest

from sim.errors import EngineError, ScenarioError
from sim.records import AccountClass as A

HOUR = 3_600_000
TWO_AT_NINE = "{at: [2027-01-04 09:00, 2027-01-04 09:00]}"


def outcomes(run, case_type="c"):
    return [row.outcome for row in run.facts.cases if run.plan.case_types[row.case_type].name == case_type]


# -- alternatives


def test_a_flow_alternative_may_fall_back_to_the_ordinary_step(small):
    run = small(
        "a: {size: 1}",
        "s: {team: a, work: 2 h, instead: {quick: {flow: g, then: next, falls_back: 100%}}}",
        flows="g: {steps: {t: {team: a, work: 1 h}}}",
    )
    assert run.case(1).leave == 12 * HOUR
    assert [(row.visit, row.complete) for row in run.facts.visits if row.step == 0] == [(1, 12 * HOUR)]


def test_after_a_fall_back_only_the_ordinary_outcomes_are_drawn(small):
    run = small(
        "a: {size: 1}",
        "s: {team: a, work: 1 h, then: {x: {p: 100%, end: ordinary}, y: rest}, instead: {quick: {work: 1 h,"
        " then: {x: {p: 100%, end: quick}, y: rest}, falls_back: {by: lucky, yes: 0%, no: 100%}}}}",
        arrive="{backlog: 12}",
    )
    assert set(outcomes(run)) == {"quick", "ordinary"}


def test_what_an_alternative_gives_back_is_kept_until_the_step_is_complete(small):
    """The alternative falls back: the box is held to the end of the ordinary work, at 12:00."""
    run = small(
        "a: {size: 1}",
        "s: {team: a, work: 2 h, takes: box, instead: {quick: {work: 1 h, gives_back: box,"
        " falls_back: 100%}}}, t: {wait: 1 h}",
        more="environments: {box: {pool: 1}}",
    )
    assert run.events("release") == [(12, 1)]


def test_an_alternative_draws_under_a_key_of_its_own(small):
    """Work of the same law: the alternative's first draw is not the step's."""
    steps = "s: {team: a, work: uniform 1 h to 3 h%s}"
    plain = small("a: {size: 1}", steps % "")
    other = small("a: {size: 1}", steps % ", instead: {same: {work: uniform 1 h to 3 h}}")
    assert plain.case(1).leave != other.case(1).leave


def test_an_alternative_with_nobody_needs_only_the_step_s_team(small):
    """The two teams are there together from 11:00; alone, the first begins at 09:00."""
    run = small(
        "a: {size: 1}, b: {size: 1, calendar: late}",
        "s: {team: a, with: b, work: 1 h, instead: {alone: {with: nobody}}}",
    )
    assert run.events("start", "/s") == [(9, 1)]


def test_a_batch_in_an_alternative_waits_apart_from_the_step_s_own(small):
    run = small(
        "a: {size: 9}",
        "s: {team: a, work: 1 h, batch: {exactly: 2, or_after: 1 d},"
        " instead: {express: {when: lucky, batch: {exactly: 3, or_after: 2 d}}}}",
        arrive="{backlog: 12}",
    )
    sizes: dict[tuple[object, object], int] = {}
    for row in run.facts.events:
        if row[9] == "start":
            sizes[row[14], row[12]] = sizes.get((row[14], row[12]), 0) + 1
    assert {n for (info, _), n in sizes.items() if not info} <= {1, 2}
    assert {n for (info, _), n in sizes.items() if info} <= {1, 2, 3}
    assert 2 in sizes.values() and 3 in sizes.values()


def test_work_in_place_of_a_flow_leaves_under_none_of_its_names(small):
    run = small(
        "a: {size: 1}",
        "s: {flow: g, then: {bad: {end: failed}}, instead: {x: {team: a, work: 1 h}}}, u: {end: served}",
        flows="g: {steps: {t: {team: a, work: 3 h, then: {no: {p: 50%, leave: bad}, y: rest}}}}",
        arrive="{backlog: 3}",
    )
    assert outcomes(run) == ["served"] * 3


# -- detours and limits


@pytest.mark.parametrize(("where", "outcome"), [("end: refused", "refused"), ("go_to: u", "skipped")])
def test_who_finds_a_detour_full_goes_where_it_says(small, where, outcome):
    """The detour has room for one, and both cases come to it at 10:00."""
    run = small(
        "a: {size: 2}, b: {size: 1}",
        "s: {team: a, work: 1 h, then: {ask: {p: 100%, do: g, at_most: 1}, ok: rest}},"
        " t: {end: asked}, u: {end: skipped}",
        flows=f"g: {{limit: {{cases: 1, when_full: {{{where}}}}}, steps: {{w: {{team: b, work: 3 h}}}}}}",
        arrive=TWO_AT_NINE,
    )
    assert outcomes(run) == ["asked", outcome]


def test_a_limit_counts_the_tokens_of_all_who_call(small):
    """Branches and detours enter the same flow: with room for one they pass one after the other."""
    run = small(
        "a: {size: 5}",
        "p: {parallel: {one: {flow: g}, two: {flow: g}}}",
        flows="g: {limit: 1, steps: {t: {team: a, work: 1 h}}}",
        arrive=TWO_AT_NINE,
    )
    assert run.events("start", "/t") == [(9, 1), (10, 1), (11, 2), (12, 2)]
    assert run.account(2) == {A.LIMIT_OR_OWNER: 2, A.VALUE_ADDING: 2}


def test_when_full_leave_is_routed_by_the_step_that_called(small):
    run = small(
        "a: {size: 1}",
        "s: {flow: g, then: {full: {end: refused}, ok: rest}}, e: {end: served}",
        flows="g: {limit: {cases: 1, when_full: {leave: full}}, steps: {t: {team: a, work: 1 h}}}",
        arrive=TWO_AT_NINE,
    )
    assert outcomes(run) == ["served", "refused"]


def test_a_full_flow_of_its_own_ends_the_case(small):
    run = small(
        "a: {size: 1}",
        "s: {team: a, work: 1 h}",
        limit="limit: {cases: 1, when_full: {leave: refused}}, ",
        arrive=TWO_AT_NINE,
    )
    assert outcomes(run) == ["done", "refused"]


# -- forks


def test_branches_are_numbered_on_and_the_root_goes_on_after_the_last(small):
    run = small(
        "a: {size: 3}",
        "p: {parallel: {one: {team: a, work: 1 h}, two: {team: a, work: 2 h}}},"
        " q: {parallel: {three: {team: a, work: 1 h}}}, m: {milestone: through}",
    )
    tokens = [(row[6], row[1] / HOUR) for row in run.facts.events if row[9] == "start"]
    assert tokens == [(1, 9), (2, 9), (3, 11)]
    assert [(row[6], row[1] / HOUR) for row in run.facts.events if row[9] == "milestone"] == [(0, 12)]
    assert run.account(1) == {A.VALUE_ADDING: 3}


def test_an_end_in_a_branch_ends_the_case_and_frees_who_worked_for_it(small):
    run = small(
        "a: {size: 1}, b: {size: 1}",
        "p: {parallel: {one: {team: a, work: 5 h}, two: {flow: g}}}",
        flows="g: {steps: {t: {team: b, work: 1 h}, e: {end: stopped}}}",
        arrive="{at: [2027-01-04 09:00, 2027-01-04 09:30]}",
    )
    assert outcomes(run) == ["stopped", "stopped"]
    assert run.events("start", "/one") == [(9, 1), (10, 2)]
    assert run.events("cancel") == [(10, 1), (11, 2)]


# -- patience


def test_the_patience_of_a_case_does_not_run_while_a_token_of_it_is_worked_on(small):
    """4 h of patience: it runs 09:00-10:00, stands still until 12:00, and is over at 15:00."""
    run = small(
        "a: {size: 1}",
        "w: {wait: 1 h}, p: {parallel: {one: {team: a, work: 2 h}, two: {wait: 9 h}}}",
        case=", patience: {waiting: 4 h, then: {end: gone}}",
    )
    assert (run.case(1).outcome, run.case(1).leave) == ("gone", 15 * HOUR)
    assert run.case(1).by_patience


def test_the_patience_of_a_case_goes_before_that_of_its_steps(small):
    run = small(
        "a: {size: 1}",
        "s: {team: a, work: 1 h, patience: {waiting: 1 h, then: {end: step}}}",
        case=", patience: {waiting: 1 h, then: {end: case}}",
        cases="d: {arrive: {at: [2027-01-04 08:59]}, flow: g}",
        flows="g: {steps: {t: {team: a, work: 3 h}}}",
    )
    assert outcomes(run) == ["case"]


def test_a_step_s_patience_leads_to_another_step(small):
    run = small(
        "a: {size: 1}",
        "s: {team: a, work: 1 h, patience: {waiting: 30 min, then: u}}, t: {end: served}, u: {end: gave_up}",
        arrive=TWO_AT_NINE,
    )
    assert [(row.outcome, row.leave / HOUR) for row in run.facts.cases] == [("served", 10), ("gave_up", 9.5)]
    assert not run.case(2).by_patience


@pytest.mark.parametrize(("then", "outcome"), [("done", "done"), ("{leave: bored}", "bored")])
def test_a_case_without_patience_ends_as_it_says(small, then, outcome):
    run = small("a: {size: 1}", "s: {wait: 2 d}", case=f", patience: {{waiting: 1 h, then: {then}}}")
    assert (run.case(1).outcome, run.case(1).leave) == (outcome, 10 * HOUR)


# -- environments


def test_two_branches_of_a_case_share_the_one_it_holds(small):
    """Both branches want the box; the case gets one, and the second case waits for it, not for two."""
    run = small(
        "a: {size: 9}",
        "p: {parallel: {one: {team: a, work: 1 h, takes: box}, two: {team: a, work: 2 h, takes: box}}}",
        arrive=TWO_AT_NINE,
        more="environments: {box: {pool: 1}}",
    )
    assert run.events("hold") == [(9, 1), (11, 2)]
    assert [(row.begin / HOUR, row.end / HOUR, row.unit) for row in run.facts.holds] == [
        (9, 11, 0),
        (11, 13, 0),
    ]


def test_a_branch_whose_case_holds_one_does_not_stand_behind_others(small):
    """Case 1 takes a box in its first branch only; its other branch comes at 10:00, behind case 2."""
    run = small(
        "a: {size: 9}",
        "p: {parallel: {one: {team: a, work: 5 h, takes: box}, two: {flow: g}}}",
        flows="g: {steps: {w: {wait: 1 h}, t: {team: a, work: 1 h, takes: box}}}",
        arrive="{at: [2027-01-04 09:00, 2027-01-04 09:30]}",
        more="environments: {box: {pool: 1}}",
    )
    assert run.events("start", "/t") == [(10, 1), (14, 2)]


def test_on_rework_a_case_keeps_the_one_it_holds(small):
    run = small(
        "a: {size: 1}",
        "s: {team: a, work: 1 h, takes: box}, t: {team: a, work: 1 h, gives_back: box,"
        " then: {back: {p: 100%, go_to: s, at_most: 1}, ok: rest}}",
        more="environments: {box: {pool: 2}}",
    )
    assert run.events("hold") == [(9, 1), (11, 1)]
    assert run.events("release") == [(11, 1), (13, 1)]


def test_a_pool_may_be_waited_for_with_patience(small):
    run = small(
        "a: {size: 9}",
        "s: {team: a, work: 3 h, takes: box, gives_back: box, patience: {waiting: 1 h, then: {end: lost}}}",
        arrive=TWO_AT_NINE,
        more="environments: {box: {pool: 1}}",
    )
    assert outcomes(run) == ["done", "lost"]
    assert run.account(2) == {A.LIMIT_OR_OWNER: 1}


# -- at the beginning and at the end


def test_start_with_fills_limits_without_being_refused(small):
    """Two stand inside a flow with room for one from the beginning; the new case waits until both are out."""
    run = small(
        "a: {size: 1}",
        "s: {flow: g}, e: {end: over}",
        flows="g: {limit: 1, steps: {t: {team: a, work: 1 h}, u: {team: a, work: 2 h}}}",
        case=", start_with: {s/u: 2}",
        arrive="{at: [2027-01-04 09:00]}",
    )
    assert run.events("start", "/u") == [(9, 1), (11, 2), (14, 1)]
    assert run.events("start", "/t") == [(13, 1)]


def test_start_with_fills_limits_before_it_has_an_owner(small):
    """The owner has one case; the case that stands in g without an owner keeps g full all the same."""
    run = small(
        "a: {size: 1, owns: 1}, b: {size: 1}",
        "s: {flow: g}",
        flows="g: {limit: 2, steps: {t: {team: owner, work: 4 h}}}\nh: {steps: {v: {flow: g2}}}\n"
        "g2: {steps: {x: {team: b, work: 1 h}}}",
        case=", owner: a, start_with: {s/t: 2}",
    )
    assert run.events("start", "/t") == [(9, 1), (13, 2), (33, 1)]
    inside = [row.enter for row in run.facts.passages if run.plan.flows[row.flow].name == "g"]
    assert inside == [0, 0, 17 * HOUR]


def test_start_with_takes_the_alternative_of_its_step(small):
    run = small(
        "a: {size: 1}",
        "s: {wait: 1 d}, t: {team: a, work: 4 h, instead: {quick: {work: 1 h}}}",
        case=", start_with: {t: 1}",
    )
    assert run.events("complete", "/t")[0] == (10, 1)


def test_a_run_in_which_nothing_can_happen_any_more_says_what_each_case_waits_for(small):
    with pytest.raises(EngineError, match=r"c 1: token 0 waits at c/s"):
        small("a: {size: 1}", "s: {team: a, work: 1 h, batch: {exactly: 2}}")


def test_patience_that_was_called_off_does_not_hide_a_standstill(small):
    """The patience would run out after the end of the run; the milestone has called it off."""
    with pytest.raises(EngineError, match=r"c 1: token 0 waits at c/s"):
        small(
            "a: {size: 1}",
            "m: {milestone: seen}, s: {team: a, work: 1 h, batch: {exactly: 2}}",
            case=", patience: {waiting: 80 d, until: seen}",
        )


def test_a_loop_through_an_open_date_ends_the_run_and_names_its_steps(small, monkeypatch):
    monkeypatch.setattr("sim.engines.simpy_engine.clock.MAX_ITEMS_AT_ONE_INSTANT", 1_000)
    with pytest.raises(EngineError, match=r"at one instant .* c/s"):
        small(
            "a: {size: 1}",
            "s: {wait: until office, then: {again: {p: 100%, go_to: s, at_most: 2000}, ok: rest}}",
        )


def test_successors_keep_number_and_source_and_may_be_of_another_type(small):
    run = small(
        "a: {size: 1}",
        "s: {team: a, work: 1 h}, e: {end: {as: over, starts: {case: d, p: 100%, after: 1 d}}}",
        cases="d: {flow: g}",
        flows="g: {steps: {t: {team: a, work: 1 h}}}",
    )
    rows = [(row[2], row[3], row[4], row[7]) for row in run.facts.events if row[9] == "start"]
    assert rows == [("c", 1, 0, "c/s"), ("c", 1, 1, "d/t")]
    assert run.case(1, 1).arrive == 34 * HOUR


def test_a_step_sent_back_by_patience_is_not_complete_and_accurate(small):
    run = small(
        "a: {size: 1}",
        "s: {team: a, work: 1 h}, t: {wait: 5 d}",
        case=", patience: {waiting: 1 d, then: s}",
    )
    assert [(row.visit, row.sent_back) for row in run.facts.visits if row.step == 0] == [
        (1, True),
        (2, False),
    ]


def test_the_cases_of_a_falling_rate_keep_coming(small):
    """The rate falls to 0 on Wednesday and is back on Thursday: the source is not lost in the hole."""
    run = small(
        "a: {size: unlimited}",
        "s: {team: a, work: 1 h}",
        arrive="{rate: '{0 days: 5 per d, 2 days: 0 per d, 3 days: 5 per d}'}".replace("'", ""),
    )
    days = {int(row.arrive // (24 * HOUR)) for row in run.facts.cases}
    assert {0, 1} & days and 2 not in days and days & {3, 4}


def test_the_successor_of_a_case_from_the_beginning_is_in_the_statistics(small):
    """The first has no known age; what follows it arrives at 10:00 and stays an hour."""
    run = small(
        "a: {size: 1}",
        "s: {team: a, work: 1 h}, e: {end: {as: over, starts: {case: d}}}",
        case=", start_with: {s: 1}",
        arrive="{at: [2027-01-20 10:00]}",
        cases="d: {flow: g}",
        flows="g: {steps: {t: {team: a, work: 1 h}}}",
    )
    assert run.measure("cases", "c") == 1
    assert (run.measure("cases", "d"), run.measure("lead_time", "d")) == (2, 1)


@pytest.mark.parametrize(
    ("team", "case", "message"),
    [
        ("a: {size: unlimited, owns: 1}", ", owner: a", "it has no members who could own a case"),
        ("a: {size: 1, order: due}", ", due: uniform 1 d to 3 d", "a number that is not drawn"),
    ],
)
def test_what_no_run_could_follow_is_refused_before_it(small, team, case, message):
    with pytest.raises(ScenarioError, match=message):
        small(team, "s: {team: a, work: 1 h}", case=case)


def test_a_case_sent_to_a_step_leaves_the_flows_it_is_in(small):
    """Case 1 loses patience at 11:00 inside g, which has room for one; case 2 gets in, until 12:00."""
    run = small(
        "a: {size: 1}",
        "s: {flow: g}, t: {end: served}, u: {end: gave_up}",
        flows="g: {limit: 1, steps: {w: {wait: 5 h}}}",
        case=", patience: {waiting: 2 h, then: u}",
        arrive="{at: [2027-01-04 09:00, 2027-01-04 10:00]}",
    )
    inside = [
        (row.enter / HOUR, row.leave / HOUR, row.outcome) for row in run.facts.passages if row.flow == 1
    ]
    assert inside == [(9, 11, "abandoned"), (11, 12, "abandoned")]
    assert outcomes(run) == ["gave_up", "gave_up"]


def test_a_case_that_loses_patience_before_it_has_room_waits_for_room_again(small):
    """Case 2 is sent on at 11:00 while it waits outside; it gets in at 13:00 and goes to u."""
    run = small(
        "a: {size: 1}",
        "s: {team: a, work: 4 h}, t: {end: served}, u: {end: gave_up}",
        limit="limit: 1, ",
        case=", patience: {waiting: 2 h, then: u}",
        arrive=TWO_AT_NINE,
    )
    assert [(row.outcome, row.leave / HOUR) for row in run.facts.cases] == [("served", 13), ("gave_up", 13)]


def test_impatience_before_a_full_flow_or_pool_leads_on(small):
    """At 14:00 the box is free and case 1's patience is over: it is served."""
    run = small(
        "a: {size: 9}",
        "s: {flow: g, patience: {waiting: 1 h, then: t}}, t: {team: a, work: 4 h, takes: box,"
        " patience: {waiting: 2 h, then: u}}, v: {end: served}, u: {end: gave_up}",
        flows="g: {limit: 1, steps: {w: {wait: 3 h}}}",
        arrive="{at: [2027-01-04 09:00, 2027-01-04 09:00, 2027-01-04 09:00]}",
        more="environments: {box: {pool: 1}}",
    )
    ends = [(row.outcome, row.leave / HOUR) for row in run.facts.cases]
    assert ends == [("served", 34), ("served", 14), ("gave_up", 12)]


def test_a_branch_that_ends_the_case_at_once_keeps_the_others_from_beginning(small):
    run = small(
        "a: {size: 9}",
        "p: {parallel: {one: {end: stopped}, two: {team: a, work: 1 h}}}",
    )
    assert (run.case(1).outcome, run.events("enter", "/two")) == ("stopped", [])


def test_environments_without_a_pool_are_there_at_once_and_held_to_the_end_of_the_run(small):
    run = small(
        "a: {size: 9}",
        "s: {team: a, work: 1 h, takes: box, gives_back: other}, w: {wait: 60 days}",
        more="environments: {box: {cost: 1 per month}, other: {cost: 1 per month}}",
    )
    assert [(row.begin / HOUR, row.end) for row in run.facts.holds] == [(9, run.plan.end)]


def test_a_case_without_an_environment_for_ever_is_named(small, tmp_path):
    """Two steps take two kinds in opposite order: neither case can go on."""
    (tmp_path / "list.csv").write_text("when,big\n2027-01-04 09:00,yes\n2027-01-04 09:00,no\n")
    with pytest.raises(EngineError, match=r"c 2: token 0 waits for room, an owner or an environment"):
        small(
            "a: {size: 9}",
            "s: {team: a, work: 1 h, takes: box, when: big}, t: {team: a, work: 1 h, takes: key},"
            " u: {team: a, work: 1 h, takes: box}",
            arrive="{list: list.csv}",
            case=", traits: {big: 50%}",
            more="environments: {box: {pool: 1}, key: {pool: 1}}",
        )


def test_the_cases_of_a_closed_population_go_round_wherever_they_stood_at_the_beginning(small):
    run = small(
        "a: {size: 9}",
        "s: {team: a, work: 1 h}, t: {team: a, work: 1 h}",
        case=", start_with: {t: 1}",
        arrive="{population: 1}",
    )
    assert run.events("leave")[:3] == [(10, 1), (11, 1), (12, 1)]
    still_there = [row.source for row in run.facts.cases if row.leave < 0]
    assert sorted(still_there) == [0, 1]
