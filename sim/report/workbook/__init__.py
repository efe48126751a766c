"""The business case as a workbook whose formulas are alive: change a rate or an amount, and it recomputes.

Amounts are means over replications before risk adjustment and discounting; the sheet applies both, and comes
to the same net present value and return as the run. Text is written as text, never as a formula or a link.
The same run gives the same bytes. XlsxWriter is known to this room only.

    sheets      what stands on each sheet       cash_flows      the sheets with formulas
    pages       looks, text and numbers in cells

Not here: what is in the business case (experiment.parts), how HTML shows it (html).
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from sim.errors import RunError
from sim.report.document import Document
from sim.report.workbook.pages import Pages, held
from sim.report.workbook.sheets import write

__all__ = ["workbook"]


def workbook(document: Document) -> bytes:
    """The workbook of a report.

    Raises
    ------
    RunError
        XlsxWriter is not installed.
    """
    try:
        from xlsxwriter import Workbook  # type: ignore[import-untyped]
    except ImportError:
        raise RunError(
            "a workbook takes XlsxWriter, which is not installed: pip install 'sim[office]'"
        ) from None
    file = BytesIO()
    with Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        started = datetime.fromisoformat(document.subject.stored.manifest.started).replace(tzinfo=None)
        book.set_properties({"title": held(document.title)[:250], "created": started})
        write(Pages(book), document)
    return file.getvalue()
