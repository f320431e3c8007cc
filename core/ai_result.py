"""How results of an analysis that nobody has reviewed are known again among the objects of a PACS.

A watcher stores one of two structured reports for each study that it analysed, both UNVERIFIED, Modality SR:

- what the AI found: Comprehensive 3D SR, TID 1500, series number 9002 (`reporting.sr.unverified_sr`). Where lesions
  were not looked for, it says so with the quality; it then means nothing about lesions;
- that the analysis failed: Basic Text SR whose title (Concept Name Code Sequence of the root) is `FAILED_TITLE` and
  whose series is called `FAILED_SERIES` with number `FAILED_SERIES_NUMBER` (`reporting.failed_sr`, whose `failure_of`
  returns the sentence). It never means "no lesion".

Both are made anew when the study's images change, and name the one that they replace (Predecessor Documents Sequence);
of several, the one that was made last counts (Content Date and Time).
"""

FAILED_SERIES = "AI analysis failed (research use)"
"""The Series Description by which a failure is known at series level, by C-FIND or QIDO."""
FAILED_SERIES_NUMBER = 9021
FAILED_TITLE = ("AI_FAILED", "99PROSECTOR", "AI analysis failed, nothing found or ruled out")
"""Code value, scheme and meaning of the title of the document."""
