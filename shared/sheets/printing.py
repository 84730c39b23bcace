"""Sheets as printed pages 打印件 (PDF, A4): headings again on every page, forms as pairs of a heading and a value.

The font is the one that every reader of PDF has for simplified Chinese; it is named in the file, not in it.
"""

import io
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, LongTable, Paragraph, SimpleDocTemplate, Spacer

from shared.sheets.columns import Sheet
from shared.sheets.writing import Line, headed
from shared.words.language import Language

PDF_TYPE: Final = "application/pdf"
_FONT: Final = "STSong-Light"
_MARGIN, _GAP, _HEADING_WIDTH = 15 * mm, 6 * mm, 45 * mm
_UPRIGHT_COLUMNS: Final = 6
"""So many columns stand on a page that is held upright."""
_CELL: Final = ParagraphStyle("cell", fontName=_FONT, fontSize=9, leading=12, wordWrap="CJK")
_TITLE: Final = ParagraphStyle("title", parent=_CELL, fontSize=14, leading=20)
_GRID: Final = [("GRID", (0, 0), (-1, -1), 0.4, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")]

pdfmetrics.registerFont(UnicodeCIDFont(_FONT))


class Block(NamedTuple):
    """A sheet with its lines, as a table or, where it tells of one thing alone, as a form."""

    sheet: Sheet
    lines: Sequence[Line]
    is_form: bool = False


def printed(blocks: Sequence[Block], language: Language) -> bytes:
    """The pages of these sheets, one below the other."""
    buffer = io.BytesIO()
    upright = all(block.is_form or len(block.sheet.columns) <= _UPRIGHT_COLUMNS for block in blocks)
    page = A4 if upright else landscape(A4)
    title = blocks[0].sheet.title(language)
    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), _MARGIN)
    document = SimpleDocTemplate(buffer, pagesize=page, title=title, **margins)
    document.build(
        [part for block in blocks for part in _parts(block, document.width, language)],
        onFirstPage=_numbered,
        onLaterPages=_numbered,
    )
    return buffer.getvalue()


def _parts(block: Block, width: float, language: Language) -> list[Flowable]:
    table = _form if block.is_form else _table
    return [Paragraph(escape(block.sheet.title(language)), _TITLE), table(block, width, language), Spacer(1, _GAP)]


def _table(block: Block, width: float, language: Language) -> Flowable:
    headings = headed(block.sheet, language)
    whole = sum(wide for _, wide in headings)
    lines = [[heading for heading, _ in headings], *block.lines]
    return _grid(lines, [width * wide / whole for _, wide in headings], repeatRows=1)


def _form(block: Block, width: float, language: Language) -> Flowable:
    headings = [heading for heading, _ in headed(block.sheet, language)]
    lines = [pair for line in block.lines for pair in zip(headings, line, strict=True)]
    return _grid(lines, [_HEADING_WIDTH, width - _HEADING_WIDTH]) if lines else Spacer(1, 0)


def _grid(lines: Sequence[Sequence[str]], widths: Sequence[float], **options: Any) -> Flowable:
    cells = [[Paragraph(escape(cell), _CELL) for cell in line] for line in lines]
    return LongTable(cells, colWidths=widths, style=_GRID, **options)


def _numbered(canvas: Any, document: Any) -> None:
    """Write the number of the page below it."""
    draw: Callable[[float, float, str], None] = canvas.drawCentredString
    canvas.setFont(_FONT, 9)
    draw(document.pagesize[0] / 2, _MARGIN / 2, str(canvas.getPageNumber()))
