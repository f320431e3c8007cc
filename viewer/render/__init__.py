"""Geometry, sampling and grey levels of 2D pictures: the part of the viewer that knows VTK and no widget."""
