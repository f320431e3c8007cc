"""The vocabulary: studies, volumes, lesions, PI-RADS, reports, audit, settings, progress."""
