"""What stands on printed pages."""

import io

from pypdf import PdfReader


def text_of(content: bytes) -> str:
    """The text of a PDF, without the breaks that cells make."""
    pages = (page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return "".join("".join(pages).split())
