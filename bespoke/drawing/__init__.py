"""Pictures from plain data: schematics, plots, pages, fragments for notebooks, and figures for print."""

from bespoke.drawing.figure import figure_bytes, save_figure
from bespoke.drawing.front import designs_table, front_figure, front_plot, front_table, metric_words
from bespoke.drawing.notebook import card, frame, front_fragment
from bespoke.drawing.plot import PlotRow, Point, Scatter, hue, row_plot, scatter
from bespoke.drawing.schematic import Diagram, Gate, schematic, schematic_file
from bespoke.drawing.symbols import cell_kind
from bespoke.drawing.tree import Fork, Leaf, tree_drawing
from bespoke.drawing.words import NOT_STATED, area_words, delay_text, power_text, score_words, shortened, yield_words
