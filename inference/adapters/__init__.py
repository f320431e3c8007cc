"""How packs of each format are run. Their libraries are imported only when one is."""
