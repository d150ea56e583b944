"""Designs as tables, pages and folders."""

from bespoke.drawing import area_words, delay_text, power_text, score_words
from bespoke.report.analyses import save_analyses
from bespoke.report.answer import ANSWER_STATE, answer_report, save_answer, source_table
from bespoke.report.answer_sources import stronger_words
from bespoke.report.facts import accuracy_facts, design_facts, estimate_facts, verification_facts
from bespoke.report.folder import ANSWER_KIND, DESIGN_KIND, FRONT_KIND, OPERATOR_KIND, exact_folder, save_design
from bespoke.report.front import SEARCH, front_report, front_table, save_front
from bespoke.report.page import design_page
from bespoke.report.stored_page import with_page
