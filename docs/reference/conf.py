"""How the API reference is made of the docstrings: ``make reference`` writes it to ``build/reference``."""

from __future__ import annotations

from typing import Any

import digitcam

project = "digitcam"
version = release = digitcam.__version__
author = project_copyright = "the authors of digitcam"

extensions = ["sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.napoleon"]
templates_path = ["_templates"]
autosummary_generate = True
# What a package takes over from its modules has its place in those.
autosummary_imported_members = False
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "show-inheritance": True}
# Resolved by their full names, of which some classes share the last part, and shown by that.
autodoc_typehints_format = "fully-qualified"
# A type that is imported for the type checker alone is looked for by its last part, which several may have.
suppress_warnings = ["ref.python"]
napoleon_numpy_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
add_module_names = False
python_use_unqualified_type_names = True
# "such as ``--model``" is not to become an en dash.
smartquotes = False



def setup(app: Any) -> None:
    app.connect("autodoc-skip-member", _skip_fields)


def _skip_fields(app: Any, what: str, name: str, member: object, skip: bool, options: object) -> bool | None:
    """Fields of named tuples say nothing by themselves: what they mean stands in the class's docstring."""
    return True if type(member).__name__ == "_tuplegetter" else None


html_theme = "furo"
html_title = f"digitcam {version}"
html_copy_source = False
html_show_sphinx = False
