"""How long a certificate holds."""

from typing import Final

CERTIFICATE_YEARS: Final = "consumption.basket_certificate_years"
"""菜篮子证书有效期: years for which a certificate holds."""
