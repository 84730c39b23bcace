"""One thing as a page that a telephone shows: a heading beside each value."""

from html import escape

from shared.sheets.columns import Sheet
from shared.sheets.writing import Item, cells_of, headed, values_of
from shared.words.language import Language


def page_of(sheet: Sheet, item: Item, language: Language) -> str:
    """The page in this language. What anybody wrote stands in it as text alone; what is not known is left out."""
    title = escape(sheet.title(language))
    cells = cells_of(sheet, values_of(sheet, [item]), language)
    told = [(heading, cell) for (heading, _), [cell] in zip(headed(sheet, language), cells, strict=True) if cell]
    rows = "".join(f"<dt>{escape(heading)}</dt><dd>{escape(cell)}</dd>" for heading, cell in told)
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    body = f"<h1>{title}</h1><dl>{rows}</dl>"
    return f'<!doctype html><html lang="{language}"><head>{head}</head><body>{body}</body></html>'
