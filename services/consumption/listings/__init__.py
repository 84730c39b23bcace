"""Listings 黑白名单: who does well, and who sells nothing any more. The city and its counties share them."""
