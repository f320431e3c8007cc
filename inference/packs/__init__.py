"""Model packs: what a model is, where packs lie, and how foreign formats become one. Listing imports no torch."""
