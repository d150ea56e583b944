"""What people bring, what is right then, and the tests that hold it: models, files, folders, libraries, netlists."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent

# Situation, what is right, tests: folder/file, then names of functions.
LINES = (
    # Folders.
    ("own files in a compiled folder", "they stay", "files/test_folders test_files_of_others_stay"),
    (
        "a folder without a list of files, or an edited file",
        "refused, naming it",
        "files/test_folders test_what_is_not_ours_is_refused_and_named test_a_folder_without_a_list_is_refused",
    ),
    (
        "compile over the folder of approximate",
        "refused",
        "report/test_folder test_a_front_takes_the_place_of_a_design_but_not_the_other_way_round",
    ),
    (
        "Verilog with $fopen, `include and the like",
        "refused, or written anew; acts on nothing",
        (
            "flow/test_foreign_folders test_hostile_verilog_acts_on_nothing"
            " test_a_hostile_function_in_the_library_is_refused verilog/test_plain test_what_acts_is_refused_and_named"
        ),
    ),
    (
        "an edited fact, all digests renewed",
        "named, exit code 1",
        "flow/test_stated test_facts test_texts flow/test_modes test_edited_figures_are_named",
    ),
    (
        "an untouched folder",
        "nothing differs, whatever features are called",
        "flow/test_stated test_a_folder_states_what_is_so test_names_that_are_no_identifiers_are_stated_as_they_are",
    ),
    ("a loop in netlist.v", "refuted at once", "flow/test_foreign_folders test_a_loop_in_the_netlist_takes_no_time"),
    (
        "SIGTERM, kill -9",
        "no process and no file stays; the old folder is whole",
        (
            "flow/test_foreign_folders test_nothing_outlives_a_verification_that_is_ended files/test_folders"
            " test_killed_at_any_step_nothing_is_gone_and_the_next_call_clears_up files/test_files"
            " test_what_a_killed_writer_left_is_removed sweep/test_run test_no_process_outlives_a_sweep_that_is_killed"
        ),
    ),
    ("a data file ...csv in a sweep", "refused", "cli/test_bad_calls test_bad_call"),
    (
        "brackets nested deep, weights 1.5 or '7', bits true",
        "refused in a line",
        "model/test_text test_damaged_text test_faults_of_other_kinds cli/test_bad_calls test_bad_call",
    ),
    (
        "an equivalent netlist with a cell that cells.v lacks",
        "agrees",
        "flow/test_foreign_folders test_an_equivalent_netlist_with_a_cell_that_cells_lacks_is_not_refuted",
    ),
    (
        "a circuit too large for all vectors",
        "as many as fit, their number, progress of the proof",
        (
            "flow/test_verify test_vectors_that_do_not_fit_into_the_time_are_left_out_and_said"
            " test_the_proof_says_how_far_it_is"
        ),
    ),
    # What a model means.
    (
        "features that are ADC words of 1 to 8 bits",
        "1.000 agreement with b bits; threshold floor(t)",
        "frontend/test_words test_converter_words_agree test_threshold_is_the_whole_part",
    ),
    (
        "words declared or declined; thresholds between rows; fewer bits of a boolean tree",
        "as told; the answers stay",
        (
            "frontend/test_words test_words_can_be_declared_and_declined test_thresholds_move_between_the_words_of_rows"
            " test_boolean_tree_keeps_its_answers_on_one_bit"
        ),
    ),
    (
        "a bare model whose scaler is not known",
        "guessed by evidence with a margin, else refused; Python is warned",
        (
            "frontend/test_guesses test_thirty_guesses test_one_row_does_not_decide"
            " test_support_vectors_outside_speak_against_a_better_score test_python_is_warned_of_a_guessed_scaling"
        ),
    ),
    (
        "regressors on counts",
        "judged by R2",
        "flow/test_meaning test_regressors_are_judged_by_r2 test_trees_of_few_whole_numbers_are_judged_by_r2",
    ),
    (
        "a class without a training row",
        "compiled, with a remark",
        "flow/test_meaning test_a_class_without_a_training_row_is_a_remark",
    ),
    ("labels True, '0', 01", "those of the model", "flow/test_meaning test_labels_are_told_by_what_they_say"),
    ("a CSV without a header", "refused, saying how", "flow/test_meaning test_a_row_is_not_taken_for_names"),
    (
        "trees fitted on gaps, sparse features, an index column",
        "as on clean rows, as dense, left out",
        (
            "flow/test_meaning test_trees_fitted_on_gaps_answer_on_clean_rows test_sparse_features"
            " test_an_index_column_is_left_out"
        ),
    ),
    (
        "models of older scikit-learn; searches that are not trusted",
        "their version is named; best_estimator_ is read",
        (
            "frontend/test_load test_a_model_of_another_version_that_cannot_be_read_names_it"
            " test_a_model_of_another_version_that_can_be_read_says_so"
            " test_only_the_best_estimator_of_a_strange_search_is_read"
        ),
    ),
    (
        "a column of texts",
        "what the model's encoder makes of it, else the remedy",
        (
            "frontend/test_text_features test_a_tree_sees_what_its_encoder_saw test_refusals"
            " data/test_texts test_of_two_texts_the_later_one_is_1"
        ),
    ),
    (
        "default bits",
        "at most half a point lost in training; 2 points are a remark with the remedy; options rule",
        (
            "frontend/test_precision test_defaults_lose_at_most_half_a_point"
            " test_a_loss_of_two_points_is_a_caution_that_names_the_remedy test_explicit_options_rule"
        ),
    ),
    (
        "forests, boosting, votes; LightGBM and XGBoost files",
        "the classes and values of their libraries",
        (
            "frontend/test_ensembles test_classes_are_those_of_scikit_learn test_values_are_those_of_scikit_learn"
            " test_trained_with_missing_values frontend/test_boosters test_lightgbm test_xgboost"
            " test_files_need_no_library fuzz/test_ensembles test_libraries_and_executors_agree test_icarus_agrees"
        ),
    ),
    (
        "pipelines of all that folds",
        "equal scikit-learn on the input grid, down to the gates",
        "contracts/test_pipelines test_equals_scikit_learn_on_the_grid test_gates_equal_the_integer_model",
    ),
    (
        "what has no circuit",
        "refused by name, with what would do",
        "frontend/test_instead test_estimators test_steps frontend/test_ensembles test_refusals_say_what_is_allowed",
    ),
    # Versions, libraries and foreign netlists.
    (
        "the oldest versions",
        "those of pyproject.toml; private names behind one door",
        (
            "test_oldest_versions test_the_oldest_version_is_the_lower_bound test_architecture"
            " test_third_parties_come_through_their_doors"
        ),
    ),
    ("circuits of a sweep", "proven", "sweep/test_run test_chosen_circuits_are_proven"),
    (
        "default_operating_conditions",
        "its voltage; without a default none is guessed",
        (
            "cells/test_odd_libraries test_supply_voltage"
            " test_several_operating_conditions_without_a_default_are_not_guessed"
        ),
    ),
    (
        "several .lib files; a second import",
        "joined; never replaces silently",
        (
            "cells/test_technologies test_files_of_one_voltage_are_joined test_a_second_import_never_replaces_silently"
            " test_two_corners_of_one_voltage_are_refused"
        ),
    ),
    (
        "isolation cells, level shifters, dont_touch, --dont-use",
        "never used",
        (
            "cells/test_odd_libraries test_marked_cells_are_never_used_though_they_are_the_cheapest"
            " test_cells_that_the_user_does_not_want"
        ),
    ),
    (
        "a library without power or timing",
        "not stated",
        "flow/test_not_stated test_figures_are_there_or_null test_the_terminal",
    ),
    (
        "an odd cell",
        "left out and named",
        (
            "cells/test_odd_libraries test_an_odd_cell_is_left_out_and_named test_function_syntax"
            " test_axes_of_its_own_stand_for_a_missing_template"
        ),
    ),
    (
        "netlists with ties, fillers, supply pins, modules",
        "areas of yosys stat",
        "verilog/test_foreign test_shared_cases test_ties_fillers_and_supplies test_a_hierarchy_becomes_flat",
    ),
    (
        "transition times beyond the tables",
        "held, or as OpenSTA within 2 %",
        "estimate/test_timing test_table_ends oracles/test_opensta test_extrapolated_delays",
    ),
    (
        "small trees at fast effort",
        "no larger than plain ABC",
        "opt/test_value_search test_circuits_are_right_on_what_their_inputs_take_and_smaller",
    ),
    # The command line.
    (
        "bad calls",
        "one line, exit code 2, nothing left behind, before any circuit is made",
        "cli/test_bad_calls test_bad_call cli/test_bad_calls_of_searches test_bad_call",
    ),
)


@cache
def functions(file: str) -> set[str]:
    tree = ast.parse((TESTS / f"{file}.py").read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("tests", [line[2] for line in LINES], ids=[line[0] for line in LINES])
def test_each_line_has_its_tests(tests: str) -> None:
    words, file = tests.split(), ""
    for word in words:
        if (TESTS / f"{word}.py").exists():
            file = word
        else:
            assert word in functions(file), f"{file} lacks {word}"
    assert words[-1] in functions(file)
