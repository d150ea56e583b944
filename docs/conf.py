"""Configuration of the user guide: ``make docs``."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

import bespoke

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "bespoke"
author = "The bespoke developers"
version = release = bespoke.__version__
copyright = author  # noqa: A001  name of Sphinx

extensions = [
    "commands",
    "results",
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
]
nitpicky = False  # types of third parties have no page here, and their inventories are on the network

# Pages
myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist"]
myst_heading_anchors = 4
default_role = "literal"  # `name` in a docstring
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True

# The tutorial runs at every build; a cell that fails ends the build.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True
nb_mime_priority_overrides = [("html", "image/svg+xml", 0)]

# Python interface
autodoc_typehints = "none"  # the docstrings name types, with shapes and units
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_param = True
napoleon_custom_sections = [("Attributes", "params_style")]  # named so, where Sphinx says "Variables"

# Site: no file comes from the network
html_theme = "furo"
html_title = "bespoke"
html_static_path = ["_static"]
html_css_files = ["guide.css"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
templates_path: list[str] = []
pygments_style = "friendly"
pygments_dark_style = "github-dark"
html_theme_options = {"navigation_with_keys": True}


def skip_member(_app: Sphinx, _what: str, name: str, *_rest: Any) -> bool | None:  # noqa: ANN401  signature of Sphinx
    """Leave out the methods that scikit-learn writes for every estimator; their texts link to its own guide."""
    return True if re.fullmatch(r"set_\w+_request|get_metadata_routing", name) else None


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("autodoc-skip-member", skip_member)
