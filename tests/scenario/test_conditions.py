import pytest

from sim.scenario.conditions import (
    And,
    AtLeast,
    Below,
    ConditionSyntaxError,
    Holds,
    Is,
    Not,
    Or,
    describe,
    evaluate,
    parse_condition,
    traits_read,
)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("sensitive", Holds("sensitive")),
        ("size is large", Is("size", "large")),
        ("visits at least 3", AtLeast("visits", 3.0)),
        ("visits below 2.5", Below("visits", 2.5)),
        ("change below -1", Below("change", -1.0)),
        ("not a", Not(Holds("a"))),
        ("a and b and c", And((Holds("a"), Holds("b"), Holds("c")))),
        ("a or b and not c", Or((Holds("a"), And((Holds("b"), Not(Holds("c"))))))),
        ("(a or b) and c", And((Or((Holds("a"), Holds("b"))), Holds("c")))),
        ("not (a or b)", Not(Or((Holds("a"), Holds("b"))))),
    ],
)
def test_a_condition_is_read_with_or_weakest_and_not_strongest(text, condition):
    assert parse_condition(text) == condition
    assert describe(condition) == text
    assert parse_condition(describe(condition)) == condition


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "found nothing"),
        ("   ", "found nothing"),
        ("a is", "at its end: a level is missing"),
        ("a is not b", "write 'not trait is x'"),
        ("a at 3", "'at' is followed by 'least'"),
        ("a at least", "a number is missing"),
        ("a below b", "at 'b': a number is missing"),
        ("a and", "a trait is missing"),
        ("and a", "at 'and': a trait is missing"),
        ("(a", r"'\)' is missing"),
        ("a)", r"at '\)'"),
        ("a ande b", "Did you mean 'and'"),
        ("a == b", "'==' is not part of a condition"),
        ("a at least 3x", "'3x' is not part of a condition"),
        ("a below " + "9" * 20, "a bound lies within"),
        ("a" * 501, "501 characters"),
        ("(" * 21 + "a" + ")" * 21, "more than 20 deep"),
        ("not " * 21 + "a", "more than 20 deep"),
    ],
)
def test_what_is_no_condition_is_refused_with_the_reason(text, message):
    with pytest.raises(ConditionSyntaxError, match=message):
        parse_condition(text)


def test_a_condition_that_is_no_text_is_refused():
    with pytest.raises(ConditionSyntaxError, match="found True where a condition belongs"):
        parse_condition(True)


def test_the_traits_a_condition_reads_are_listed():
    text = "a and not (b is x or c at least 1) or d below 2"
    assert traits_read(parse_condition(text)) == {"a", "b", "c", "d"}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("sensitive", True),
        ("not sensitive", False),
        ("size is large", False),
        ("visits at least 3", True),
        ("visits below 3", False),
        ("sensitive and visits below 4", True),
        ("size is large or not sensitive", False),
    ],
)
def test_a_condition_is_evaluated_for_one_case(text, holds):
    traits = {"sensitive": True, "size": "standard", "visits": 3}
    assert evaluate(parse_condition(text), traits.__getitem__) is holds


def test_later_traits_are_not_asked_for_once_the_answer_is_known():
    asked = []

    def lookup(trait):
        asked.append(trait)
        return True

    assert evaluate(parse_condition("a or b"), lookup)
    assert asked == ["a"]


def test_a_bound_on_a_trait_that_is_no_number_is_refused():
    with pytest.raises(TypeError, match="'size' is 'large'"):
        evaluate(parse_condition("size at least 2"), lambda trait: "large")
