"""What a run says of the precision it was asked for."""

from __future__ import annotations


def test_a_run_names_the_figure_that_decided(command):
    text = command("run", "office.yaml", "--precision", "20%", "--precision-of", "wip").stdout
    head = " ".join(text.split("\n\n")[0].split())
    assert "Precision 20 % of" in head
    assert "reached; wip of" in head and "decided, at ± " in head


def test_the_document_has_every_aim(document):
    found = document("run", "office.yaml", "--precision", "20%", "--precision-of", "utilisation")
    assert found["precise"] is True
    aims = found["aims"]
    assert {aim["metric"] for aim in aims} == {"utilisation"} and len(aims) > 1
    assert all(aim["met"] and aim["half_width"] <= aim["allowed"] for aim in aims)


def test_a_comparison_names_the_difference_that_decided(command):
    text = command("compare", "office.yaml", "form.yaml", "--precision", "40%").stdout
    head = " ".join(text.split("\n\n")[0].split())
    assert "Precision 40 % of 2 differences together: reached; " in head


def test_a_figure_that_is_none_ends_before_any_work_and_writes_nothing(command, office):
    result = command("run", "office.yaml", "--precision", "5%", "--precision-of", "lead_tme")
    assert result.exit_code != 0
    assert "Did you mean 'lead_time'?" in str(result.exception)
    assert not (office / "results").exists()


def test_figures_without_a_precision_are_the_users_mistake(command):
    result = command("run", "office.yaml", "--precision-of", "lead_time")
    assert result.exit_code == 2
    assert "--precision says how sure" in result.stderr
