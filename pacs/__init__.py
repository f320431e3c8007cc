"""Other machines: DIMSE, folders, the listener and the embedded archive."""
