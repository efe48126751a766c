"""The templates of pages: what is put into them is escaped, and a name they do not know is an error.

Not here: pages (html, animation).
"""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined


def templates(package: str = "sim.report") -> Environment:
    """The templates of a room."""
    return Environment(
        loader=PackageLoader(package, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def source(environment: Environment, name: str) -> str:
    """A file beside the templates, such as a style sheet, as it is."""
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]
