"""Qt and VTK: the only package that knows a window."""
