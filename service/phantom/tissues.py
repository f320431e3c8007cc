"""What each tissue is to a 3 T scanner: proton density, relaxation times, diffusion, and how uneven it is.

Relaxation: de Bazelaire et al., Radiology 2004;230:652 (muscle, fat, marrow, prostate at 3 T); Yamauchi et al., JMRI
2015;41:1622 and Liu et al., MRM 2011;65:1400 (T2 of PZ, TZ and cancer). Diffusion: Barrett et al., Radiology
2015;274:585; Sato et al., JMRI 2005;21:258 (ADC of PZ, TZ and cancer); free water at 37 °C has 3.0·10⁻³ mm²/s. Fat's
T2 is the effective one of a turbo spin echo train, which J-coupling lengthens.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tissue:
    """One tissue; `adc` in 10⁻⁶ mm²/s, times in ms.

    `fat` is the part of the signal that fat suppression takes from diffusion images. `grain`, `patches` and `strands`
    say how much the signal varies over about 1 mm, over about 6 mm and along thin septa;
    `adc_patches` how much ADC varies with the patches.
    """

    pd: float
    t1_ms: float
    t2_ms: float
    adc: float
    fat: float = 0.0
    grain: float = 0.0
    patches: float = 0.0
    strands: float = 0.0
    adc_patches: float = 0.0


AIR = Tissue(0.0, 1000.0, 100.0, 0.0)
CORTEX = Tissue(0.06, 1000.0, 25.0, 300.0)
FLOWING_BLOOD = Tissue(0.06, 1600.0, 60.0, 2500.0, grain=0.3)
FAT = Tissue(0.95, 380.0, 155.0, 250.0, fat=0.97, grain=0.05, patches=0.06, strands=0.2)
SKIN = Tissue(0.6, 1000.0, 45.0, 1200.0)
MARROW = Tissue(0.75, 400.0, 95.0, 250.0, fat=0.9, grain=0.1, patches=0.22, strands=0.1)
MUSCLE = Tissue(0.85, 1400.0, 40.0, 1450.0, grain=0.2, patches=0.3)
SPHINCTER = Tissue(0.85, 1400.0, 47.0, 1300.0, grain=0.12, patches=0.12)
FIBROUS = Tissue(0.6, 1100.0, 38.0, 1150.0)
FASCIA = Tissue(0.5, 1100.0, 45.0, 1100.0)
URINE = Tissue(1.0, 3900.0, 1600.0, 3000.0, grain=0.008)
BLADDER_WALL = Tissue(0.85, 1400.0, 50.0, 1350.0, grain=0.1, patches=0.1)
BOWEL_WALL = Tissue(0.85, 1300.0, 55.0, 1250.0, grain=0.12, patches=0.12)
MUCOSA = Tissue(0.9, 1300.0, 90.0, 1350.0, grain=0.1)
STOOL = Tissue(0.55, 900.0, 55.0, 900.0, grain=0.2, patches=0.3)
PLEXUS = Tissue(0.95, 1500.0, 130.0, 2000.0, grain=0.28, patches=0.35, strands=0.5)
VESICLE = Tissue(0.95, 2000.0, 160.0, 1900.0, grain=0.3, patches=0.2, strands=0.7)
ERECTILE = Tissue(0.92, 1700.0, 125.0, 1500.0, grain=0.08, patches=0.1)
PERIPHERAL_ZONE = Tissue(0.92, 1700.0, 128.0, 1720.0, grain=0.08, patches=0.1, strands=0.28, adc_patches=0.05)
TRANSITION_ZONE = Tissue(0.87, 1500.0, 92.0, 1330.0, grain=0.13, patches=0.12, strands=0.25, adc_patches=0.06)
CENTRAL_ZONE = Tissue(0.85, 1500.0, 70.0, 1180.0, grain=0.08, patches=0.08, adc_patches=0.03)
ANTERIOR_STROMA = Tissue(0.75, 1300.0, 45.0, 1150.0, grain=0.1, patches=0.1)
URETHRA = Tissue(0.9, 1500.0, 105.0, 1500.0)
GLANDULAR_NODULE = Tissue(0.92, 1700.0, 140.0, 1750.0, grain=0.12, patches=0.18, strands=0.3, adc_patches=0.05)
MIXED_NODULE = Tissue(0.88, 1600.0, 92.0, 1400.0, grain=0.12, patches=0.3, strands=0.2, adc_patches=0.06)
STROMAL_NODULE = Tissue(0.84, 1400.0, 62.0, 1080.0, grain=0.08, patches=0.06, adc_patches=0.02)
PERIPHERAL_CANCER = Tissue(0.92, 1500.0, 80.0, 760.0, grain=0.05, patches=0.04)
TRANSITION_CANCER = Tissue(0.9, 1450.0, 58.0, 720.0, grain=0.04, patches=0.03)
