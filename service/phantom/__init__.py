"""A digital phantom: a made-up male pelvis with a prostate whose lesions are known, scanned as a real one is."""

from service.phantom.study import PhantomTruth, TrueLesion, make_phantom

__all__ = ["PhantomTruth", "TrueLesion", "make_phantom"]
