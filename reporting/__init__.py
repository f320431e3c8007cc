"""From a report to DICOM SR, SEG, overlay series and PDF and back; signatures."""
