"""Virtual patients: prostate MRI drawn from real gland, zone and lesion masks, for measuring detectors."""
