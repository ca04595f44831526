"""How the documentation is built: offline, and with every warning an error."""

from __future__ import annotations

import sys
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from docs.pasting import PROMPTS

project = "collective_booking"
author = "The collective_booking contributors"
copyright = f"2026 {author}"
release = version_of("collective-booking")
version = release

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
    "sphinx_design",
    "docs.docstrings",
    "docs.pasting",
]
exclude_patterns = ["_build"]

# References between our own pages and names must lead somewhere; names of Python
# itself and of other libraries stay plain text, because the build asks no network.
nitpicky = True
_INSIDE = r"checks\..*|.*\.T|service\.base\.Service"
nitpick_ignore_regex = [(r"py:.*", rf"(?!collective_booking).*|collective_booking\.({_INSIDE})")]

default_role = "code"
myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

autodoc_default_options = {
    "members": True,
    "undoc-members": True,
    "member-order": "bysource",
}
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
add_module_names = False
toc_object_entries_show_parents = "hide"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 80

html_extra_path = ["calendar.schema.json"]
html_static_path = ["static"]
html_css_files = ["phone.css"]
html_theme = "furo"
html_title = f"{project} {release}"
html_show_sphinx = False

# The prompt is not part of what one wants to paste.
copybutton_prompt_text = PROMPTS
copybutton_prompt_is_regexp = True
