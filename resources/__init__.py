"""Data that ships: coded tables, atlas, style sheet, icons."""
