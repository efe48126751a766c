"""Every construct of the language has a test: which one, and that it is there.

`TESTS` names, for each key of each section of a scenario file, a test in whose file the key is used in a
scenario that is run, read or merged. A key that is new to the schema fails here until it has one.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.scenario import schema

HERE = Path(__file__).parent.parent
_DISPATCH, _RULES = "behaviour/test_dispatch.py", "behaviour/test_flow_rules.py"
_TIME, _CONSTRUCTS = "behaviour/test_time_and_arrivals.py", "behaviour/test_constructs.py"
_MONEY, _EXTENDS = "behaviour/test_money.py", "scenario/test_extends.py"
_PRICES = "behaviour/test_money.py"

TESTS: dict[str, tuple[str, str]] = {
    "Alternative.falls_back": (_RULES, "test_after_a_fall_back_only_the_ordinary_outcomes_are_drawn"),
    "Arrive.at": (_TIME, "test_ways_to_arrive"),
    "Arrive.backlog": (_TIME, "test_ways_to_arrive"),
    "Arrive.calendar": (_TIME, "test_a_rate_is_a_unit_exponential_of_open_time"),
    "Arrive.every": (_TIME, "test_ways_to_arrive"),
    "Arrive.list": (_TIME, "test_ways_to_arrive"),
    "Arrive.log": (_TIME, "test_ways_to_arrive"),
    "Arrive.population": ("behaviour/test_hand_worked.py", "test_a_closed_population_starts_again_at_once"),
    "Arrive.rate": (_TIME, "test_a_rate_is_a_unit_exponential_of_open_time"),
    "Assumption.range": (_TIME, "test_a_number_is_read_when_it_is_used"),
    "Assumption.source": (_TIME, "test_a_number_is_read_when_it_is_used"),
    "Assumption.value": (_TIME, "test_a_number_is_read_when_it_is_used"),
    "Batch.exactly": (_DISPATCH, "test_the_date_of_a_batch_counts_from_who_is_now_first"),
    "Batch.or_after": (_DISPATCH, "test_the_date_of_a_batch_counts_from_who_is_now_first"),
    "Batch.up_to": (_DISPATCH, "test_a_second_batch_starts_before_what_queued_behind_it"),
    "Calendar.at": (_TIME, "test_a_wait_until_ends_when_the_calendar_opens_or_at_once"),
    "Calendar.closed": (_TIME, "test_work_runs_while_its_calendar_is_open"),
    "Calendar.days": (_TIME, "test_work_runs_while_its_calendar_is_open"),
    "Calendar.every": (_TIME, "test_a_wait_until_ends_when_the_calendar_opens_or_at_once"),
    "Calendar.from": (_TIME, "test_a_wait_until_ends_when_the_calendar_opens_or_at_once"),
    "Calendar.holidays": (_TIME, "test_work_runs_while_its_calendar_is_open"),
    "Calendar.hours": (_TIME, "test_work_runs_while_its_calendar_is_open"),
    "Calendar.open": (_TIME, "test_work_runs_while_its_calendar_is_open"),
    "Case.arrive": (_TIME, "test_ways_to_arrive"),
    "Case.due": (_CONSTRUCTS, "test_orders"),
    "Case.flow": (_RULES, "test_successors_keep_number_and_source_and_may_be_of_another_type"),
    "Case.owner": (_DISPATCH, "test_an_owner_who_joins_the_team_takes_a_case_that_waits"),
    "Case.patience": (_RULES, "test_the_patience_of_a_case_does_not_run_while_a_token_of_it_is_worked_on"),
    "Case.priority": (_CONSTRUCTS, "test_orders"),
    "Case.start_with": (_RULES, "test_start_with_fills_limits_without_being_refused"),
    "Case.traits": (_TIME, "test_a_step_whose_condition_fails_is_not_entered"),
    "Case.value": (_TIME, "test_traits_and_values_are_drawn_once_by_their_own_names"),
    "CasePatience.then": (_RULES, "test_a_case_without_patience_ends_as_it_says"),
    "CasePatience.until": (_CONSTRUCTS, "test_case_patience_until_a_milestone"),
    "Clock.business": (_TIME, "test_work_runs_while_its_calendar_is_open"),
    "Clock.horizon": (_TIME, "test_points_in_time_count_from_month_0_and_the_warm_up_has_its_values"),
    "Clock.start": (_TIME, "test_points_in_time_count_from_month_0_and_the_warm_up_has_its_values"),
    "Clock.warm_up": (_TIME, "test_points_in_time_count_from_month_0_and_the_warm_up_has_its_values"),
    "Cost.amount": (_MONEY, "test_a_change_without_effect_is_worth_minus_what_it_costs_to_the_cent"),
    "Cost.from": (_MONEY, "test_a_change_without_effect_is_worth_minus_what_it_costs_to_the_cent"),
    "Cost.running": (_MONEY, "test_a_change_without_effect_is_worth_minus_what_it_costs_to_the_cent"),
    "Cost.source": (_MONEY, "test_a_change_without_effect_is_worth_minus_what_it_costs_to_the_cent"),
    "Cost.when": (_MONEY, "test_a_change_without_effect_is_worth_minus_what_it_costs_to_the_cent"),
    "Economics.costs": (_MONEY, "test_a_change_without_effect_is_worth_minus_what_it_costs_to_the_cent"),
    "Economics.discount_rate": (
        _MONEY,
        "test_a_change_without_effect_is_worth_minus_what_it_costs_to_the_cent",
    ),
    "Economics.freed_hours": (
        _MONEY,
        "test_a_change_without_effect_is_worth_minus_what_it_costs_to_the_cent",
    ),
    "Economics.risk": (_MONEY, "test_a_change_without_effect_is_worth_minus_what_it_costs_to_the_cent"),
    "Economics.years": (_MONEY, "test_a_change_without_effect_is_worth_minus_what_it_costs_to_the_cent"),
    "End.as": (_RULES, "test_successors_keep_number_and_source_and_may_be_of_another_type"),
    "End.starts": (_RULES, "test_successors_keep_number_and_source_and_may_be_of_another_type"),
    "Environment.cost": (_PRICES, "test_environments_and_people_cost_by_the_hour_they_are_there"),
    "Environment.lingers": (_CONSTRUCTS, "test_a_pool_and_what_lingers"),
    "Environment.pool": (_RULES, "test_two_branches_of_a_case_share_the_one_it_holds"),
    "Flow.limit": (_RULES, "test_a_limit_counts_the_tokens_of_all_who_call"),
    "Flow.steps": (_RULES, "test_a_limit_counts_the_tokens_of_all_who_call"),
    "Limit.cases": (_RULES, "test_when_full_leave_is_routed_by_the_step_that_called"),
    "Limit.when_full": (_RULES, "test_when_full_leave_is_routed_by_the_step_that_called"),
    "OtherWork.people": (_TIME, "test_other_work_stands_in_the_same_queue_and_in_the_log"),
    "OtherWork.priority": (_TIME, "test_other_work_stands_in_the_same_queue_and_in_the_log"),
    "OtherWork.work": (_TIME, "test_other_work_stands_in_the_same_queue_and_in_the_log"),
    "Outcome.at_most": (_TIME, "test_later_visits_have_work_of_their_own"),
    "Outcome.p": (_TIME, "test_later_visits_have_work_of_their_own"),
    "Outcome.weaken": (_TIME, "test_what_is_weakened_to_nothing_happens_once"),
    "Patience.then": (_RULES, "test_a_step_s_patience_leads_to_another_step"),
    "Patience.waiting": (_RULES, "test_a_step_s_patience_leads_to_another_step"),
    "Risk.benefits": (_MONEY, "test_a_change_without_effect_is_worth_minus_what_it_costs_to_the_cent"),
    "Risk.costs": (_MONEY, "test_a_change_without_effect_is_worth_minus_what_it_costs_to_the_cent"),
    "ScenarioFile.assumptions": (_TIME, "test_a_number_is_read_when_it_is_used"),
    "ScenarioFile.calendars": (_TIME, "test_work_runs_while_its_calendar_is_open"),
    "ScenarioFile.cases": (_TIME, "test_work_runs_while_its_calendar_is_open"),
    "ScenarioFile.clock": (_TIME, "test_work_runs_while_its_calendar_is_open"),
    "ScenarioFile.currency": (
        _MONEY,
        "test_a_change_without_effect_is_worth_minus_what_it_costs_to_the_cent",
    ),
    "ScenarioFile.economics": (
        _MONEY,
        "test_a_change_without_effect_is_worth_minus_what_it_costs_to_the_cent",
    ),
    "ScenarioFile.environments": (_RULES, "test_two_branches_of_a_case_share_the_one_it_holds"),
    "ScenarioFile.flows": (_TIME, "test_work_runs_while_its_calendar_is_open"),
    "ScenarioFile.name": (_TIME, "test_work_runs_while_its_calendar_is_open"),
    "ScenarioFile.summary": (_MONEY, "test_a_change_without_effect_is_worth_minus_what_it_costs_to_the_cent"),
    "ScenarioFile.teams": (_TIME, "test_work_runs_while_its_calendar_is_open"),
    "ScenarioFile.traits": ("behaviour/test_invariants.py", "test_the_hash_seed_of_python_does_not_matter"),
    "Starts.after": (_RULES, "test_successors_keep_number_and_source_and_may_be_of_another_type"),
    "Starts.case": (_RULES, "test_successors_keep_number_and_source_and_may_be_of_another_type"),
    "Starts.p": (_RULES, "test_successors_keep_number_and_source_and_may_be_of_another_type"),
    "Step.adds": ("behaviour/test_hand_worked.py", "test_rework_is_what_was_completed_before"),
    "Step.after": (_EXTENDS, "test_a_new_step_goes_last_unless_it_says_where"),
    "Step.batch": (_DISPATCH, "test_the_date_of_a_batch_counts_from_who_is_now_first"),
    "Step.before": (_EXTENDS, "test_a_new_step_goes_last_unless_it_says_where"),
    "Step.calendar": (_TIME, "test_waits_in_d_and_w_are_business_time_and_in_days_and_weeks_the_wall_clock"),
    "Step.end": (_RULES, "test_an_end_in_a_branch_ends_the_case_and_frees_who_worked_for_it"),
    "Step.flow": (_RULES, "test_a_limit_counts_the_tokens_of_all_who_call"),
    "Step.gives_back": (_RULES, "test_on_rework_a_case_keeps_the_one_it_holds"),
    "Step.instead": (_RULES, "test_a_flow_alternative_may_fall_back_to_the_ordinary_step"),
    "Step.milestone": (_RULES, "test_branches_are_numbered_on_and_the_root_goes_on_after_the_last"),
    "Step.parallel": (_RULES, "test_branches_are_numbered_on_and_the_root_goes_on_after_the_last"),
    "Step.patience": (_RULES, "test_a_step_s_patience_leads_to_another_step"),
    "Step.skip": (_TIME, "test_a_step_whose_condition_fails_is_not_entered"),
    "Step.takes": (_RULES, "test_on_rework_a_case_keeps_the_one_it_holds"),
    "Step.team": (_DISPATCH, "test_a_second_batch_starts_before_what_queued_behind_it"),
    "Step.then": (_TIME, "test_later_visits_have_work_of_their_own"),
    "Step.wait": (_TIME, "test_waits_in_d_and_w_are_business_time_and_in_days_and_weeks_the_wall_clock"),
    "Step.when": (_TIME, "test_a_step_whose_condition_fails_is_not_entered"),
    "Step.why": (_TIME, "test_the_cause_of_a_wait_is_in_the_log"),
    "Step.with": (_DISPATCH, "test_with_the_owners_own_team_means_another_member"),
    "Step.work": (_TIME, "test_work_is_the_quantile_of_the_draw_that_its_path_names"),
    "Target.do": (_RULES, "test_who_finds_a_detour_full_goes_where_it_says"),
    "Target.end": (_RULES, "test_who_finds_a_detour_full_goes_where_it_says"),
    "Target.go_to": (_TIME, "test_later_visits_have_work_of_their_own"),
    "Target.leave": (_CONSTRUCTS, "test_leave_is_routed_by_the_caller"),
    "Team.calendar": (_DISPATCH, "test_an_appointment_that_opens_later_does_not_hold_back_work_for_one"),
    "Team.closing": (_DISPATCH, "test_joint_work_follows_the_closing_rule_of_the_steps_team"),
    "Team.cost": (_PRICES, "test_environments_and_people_cost_by_the_hour_they_are_there"),
    "Team.focus": (_DISPATCH, "test_too_late_to_start_under_fit_counts_with_focus"),
    "Team.order": (_CONSTRUCTS, "test_orders"),
    "Team.other_work": (_TIME, "test_other_work_stands_in_the_same_queue_and_in_the_log"),
    "Team.owns": (_DISPATCH, "test_an_owner_who_joins_the_team_takes_a_case_that_waits"),
    "Team.size": (_DISPATCH, "test_a_leaving_member_finishes_what_it_has_begun"),
    "Team.slice": (_CONSTRUCTS, "test_slices_let_short_work_pass"),
    "Team.switching": (_CONSTRUCTS, "test_switching_is_for_another_case"),
    "Value.decay": (_PRICES, "test_a_case_earns_from_its_milestone_as_long_as_it_lasts"),
    "Value.from": (_TIME, "test_traits_and_values_are_drawn_once_by_their_own_names"),
    "Value.lasts": (_PRICES, "test_a_case_earns_from_its_milestone_as_long_as_it_lasts"),
    "Value.per_month": (_TIME, "test_traits_and_values_are_drawn_once_by_their_own_names"),
    "WrittenFile.base": (_EXTENDS, "test_a_patch_alone_is_its_base_with_it_and_its_headings_are_not_merged"),
    "WrittenFile.cases": (_EXTENDS, "test_a_child_overrides_by_name_and_each_change_is_recorded"),
    "WrittenFile.changes": (_MONEY, "test_a_change_without_effect_is_worth_minus_what_it_costs_to_the_cent"),
    "WrittenFile.clock": ("scenario/test_load.py", "test_a_patch_is_put_on_its_base_or_on_another"),
    "WrittenFile.extends": (_EXTENDS, "test_a_child_overrides_by_name_and_each_change_is_recorded"),
    "WrittenFile.flows": (_EXTENDS, "test_a_child_overrides_by_name_and_each_change_is_recorded"),
    "WrittenFile.patch": (_EXTENDS, "test_a_patch_alone_is_its_base_with_it_and_its_headings_are_not_merged"),
}


def keys_of_the_schema() -> set[str]:
    """`Section.key` for every key that a section declares itself."""
    models = [
        model
        for model in vars(schema).values()
        if isinstance(model, type) and issubclass(model, schema.Model) and model is not schema.Model
    ]
    return {
        f"{model.__name__}.{field.alias or name}"
        for model in models
        for name, field in model.model_fields.items()
        if name in model.__annotations__
    }


def test_every_key_of_the_schema_has_a_test():
    assert set(TESTS) == keys_of_the_schema()


@pytest.mark.parametrize("key", sorted(TESTS))
def test_the_test_of_a_key_is_there_and_its_file_uses_the_key(key):
    file, name = TESTS[key]
    text = (HERE / file).read_text(encoding="utf-8")
    assert f"def {name}(" in text
    assert re.search(rf"""\b{key.partition(".")[2]}['"]?(:|=|\])""", text), f"{file} has no '{key}'"
