"""Requests for data 乡村“一张表”: what is held is asked for once, and nobody collects it again."""
