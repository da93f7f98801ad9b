"""Measuring: digits one by one, whole pictures, generated pages, strangers, corruptions; and the report."""
