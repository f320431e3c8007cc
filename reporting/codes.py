"""The coded concepts of our SR and SEG: PI-RADS (PS3.16 CID 6325–6332), anatomy, measurements, and our own.

Concepts of scheme `99PROSECTOR` exist because no standard one says the same: a detector's score is neither a
"Probability of cancer" (111047) nor a "Certainty of Finding" (111012), which a reader takes for a percentage.
"""

from pydicom.dataset import Dataset
from pydicom.sr.coding import Code

from core.findings import Feature
from core.pirads import Category, Dce, Epe, Score, Zone
from core.quality import PiQualScore, QualityFinding, Sequence
from core.sectors import Sector, sectors
from core.staging import PreciseScore, Seen
from core.study import Role
from core.wording import Language

OWN_SCHEME = "99PROSECTOR"


def _dcm(value: str, meaning: str) -> Code:
    return Code(value, "DCM", meaning)


def _sct(value: str, meaning: str) -> Code:
    return Code(value, "SCT", meaning)


def _own(value: str, meaning: str) -> Code:
    return Code(value, OWN_SCHEME, meaning)


IMAGING_MEASUREMENT_REPORT = _dcm("126000", "Imaging Measurement Report")
IMAGING_MEASUREMENTS = _dcm("126010", "Imaging Measurements")
MEASUREMENT_GROUP = _dcm("125007", "Measurement Group")
QUALITATIVE_EVALUATIONS = Code("C0034375", "UMLS", "Qualitative Evaluations")
LANGUAGE = _dcm("121049", "Language of Content Item and Descendants")
LANGUAGES = {
    Language.ENGLISH: Code("en", "RFC5646", "English"),
    Language.GERMAN: Code("de", "RFC5646", "German"),
    Language.SPANISH: Code("es", "RFC5646", "Spanish"),
}
ENGLISH = LANGUAGES[Language.ENGLISH]
PROCEDURE_REPORTED = _dcm("121058", "Procedure reported")
PROSTATE_MRI = _dcm("126021", "Multiparametric MRI of prostate")
PROSTATE_MRI_SCT = _sct("719178004", "Multiparametric magnetic resonance imaging of prostate")
"""What CID 100 has had for the same procedure since it moved to SNOMED CT; validators still know the one before."""

TRACKING_IDENTIFIER = _dcm("112039", "Tracking Identifier")
TRACKING_UID = _dcm("112040", "Tracking Unique Identifier")
FINDING = _dcm("121071", "Finding")
FINDING_SITE = _sct("363698007", "Finding Site")
COMMENT = _dcm("121106", "Comment")
FINDINGS = Code("59776-5", "LN", "Findings")
IMPRESSION = Code("19005-8", "LN", "Impressions")
INDICATION = Code("18785-6", "LN", "Indications for Procedure")

ABNORMAL_STRUCTURE = _sct("49755003", "Morphologically Abnormal Structure")
ANATOMICAL_STRUCTURE = _sct("123037004", "Anatomical Structure")
LESION = _sct("52988006", "Lesion")
PROSTATE = _sct("41216001", "Prostate")

VOLUME = _sct("118565006", "Volume")
VOLUME_OF_ELLIPSOID = _dcm("121221", "Volume of ellipsoid")
LWH_METHOD = _dcm("126029", "LWH method for volume of ellipsoid")
VOXELS_COUNTED = _own("VOXELS_COUNTED", "Voxels of the segmentation counted")
LENGTH = _sct("410668003", "Length")
WIDTH = _sct("103355008", "Width")
DEPTH = _sct("131197000", "Depth")
LONG_AXIS = _sct("103339001", "Long Axis")
SHORT_AXIS = _sct("103340004", "Short Axis")
ADC = _dcm("113041", "Apparent Diffusion Coefficient")
REFERENCED_SEGMENT = _dcm("121191", "Referenced Segment")
SOURCE_SERIES = _dcm("121232", "Source series for segmentation")
SOURCE_B_VALUE = _dcm("113240", "Source image diffusion b-value")
MEASUREMENT_METHOD = _sct("370129005", "Measurement Method")
DERIVATION = _dcm("121401", "Derivation")
MEAN = _sct("373098007", "Mean")
TENTH_PERCENTILE = _sct("371890005", "10th Percentile Value of population")
ALGORITHM_NAME = _dcm("111001", "Algorithm Name")
ALGORITHM_VERSION = _dcm("111003", "Algorithm Version")
ALGORITHM_PARAMETERS = _dcm("111002", "Algorithm Parameters")
PSA = Code("2857-1", "LN", "Prostate Cancer Antigen")
PSA_DENSITY = Code("15325-4", "LN", "Prostate specific Antigen Density")
AI_SCORE = _own("AI_SCORE", "AI suspicion 0 to 1, not calibrated")
AI_PROBABILITY = _own("AI_PROBABILITY", "AI probability 0 to 1, calibrated")
CALIBRATED_ON = _own("CALIBRATED_ON", "Patients that the AI probability is calibrated on")
CONTRIBUTION = _own("AI_LOG_ODDS", "What a feature adds to the log-odds of the AI score")
FEATURE = _own("AI_FEATURE", "Feature that the AI weighs")
FEATURES = {
    Feature.ADC: _own("FEATURE_ADC", "ADC"),
    Feature.HIGH_B: _own("FEATURE_HIGH_B", "Signal at the high b-value"),
    Feature.LOCATION: _own("FEATURE_LOCATION", "Location in the prostate"),
    Feature.SIZE: _own("FEATURE_SIZE", "Volume"),
    Feature.BORDER: _own("FEATURE_BORDER", "Distance from the outline of the prostate"),
    Feature.PRIOR: _own("FEATURE_PRIOR", "Share of cancer before looking"),
}

MEASURED_ON = {
    Role.ADC: _own("AXIS_ON_ADC", "Within a slice of the ADC map"),
    Role.T2_AXIAL: _own("AXIS_ON_T2", "Within a slice of the axial T2"),
}

MILLILITRE = Code("mL", "UCUM", "milliliter")
MILLIMETRE = Code("mm", "UCUM", "millimeter")
ADC_UNIT = Code("10-6.mm2/s", "UCUM", "10-6.mm2/s")
B_VALUE_UNIT = Code("s/mm2", "UCUM", "s/mm2")
PSA_UNIT = Code("ng/mL", "UCUM", "nanogram per milliliter")
PSA_DENSITY_UNIT = Code("ng/mL2", "UCUM", "ng/mL2")
NO_UNIT = Code("1", "UCUM", "no units")

REPORTING_SYSTEM = _dcm("130551", "Reporting system")
PIRADS_V21 = _dcm("130565", "PI-RADS v2.1")
LESION_CATEGORY = _dcm("130560", "PI-RADS Localized Abnormality Assessment")
T2_SCORE = _dcm("130561", "PI-RADS T2WI Lesion Assessment")
DWI_SCORE = _dcm("130562", "PI-RADS DWI Lesion Assessment")
DCE_SCORE = _dcm("130563", "PI-RADS DCE Lesion Assessment")

EXAM_CATEGORY = _own("EXAM_CATEGORY", "PI-RADS category of the examination")
SUGGESTED_CATEGORY = _own("AI_SUGGESTION", "PI-RADS category suggested by AI, not assessed by a reader")
SCORED_AS = _own("SCORED_AS", "Zone whose PI-RADS rules apply")
EXTENSION = _own("EPE", "Extraprostatic extension")
CATEGORY_BASIS = _own("CATEGORY_BASIS", "Basis of the PI-RADS category")
BY_RULE = _own("BY_RULE", "PI-RADS v2.1 rule")
BY_READER = _own("BY_READER", "Reader's decision against the rule")
RULE = _own("RULE", "PI-RADS v2.1 rule applied")
OVERRIDE_REASON = _own("OVERRIDE_REASON", "Reason for deciding against the PI-RADS rule")
REVIEW = _own("REVIEW", "Review of the finding by the reader")
UNREVIEWED = _own("UNREVIEWED", "Not reviewed")
ACCEPTED = _own("ACCEPTED", "Accepted")
EDITED = _own("EDITED", "Accepted after editing")
ORIGIN = _own("ORIGIN", "Origin of the finding")
FROM_MODEL = _own("FROM_MODEL", "AI model")
FROM_READER = _own("FROM_READER", "Reader")
EXPLANATION = _own("EXPLANATION", "What made the AI score")
REJECTED = _own("REJECTED", "Finding rejected by the reader")
AI_MODEL = _own("AI_MODEL", "AI model used")
CSPCA_RISK = _own("CSPCA_RISK", "Estimated risk of csPCa of the patient (research use)")
"""A text: "Probability of cancer" (111047) is that of a finding, and no standard concept is that of the patient."""
ANALYSIS_NOTE = _own("ANALYSIS_NOTE", "Note on the examination or its analysis")

ADDENDUM = Code("55107-7", "LN", "Addendum")
CORRECTION_REASON = _own("CORRECTED", "Reason for the correction of the report")
SIGNED_AT = _own("SIGNED_AT", "When it was signed")

ABNORMALITY = Code("C9440", "NCIt", "Abnormality")
INDEX_LESION = Code("C110961", "NCIt", "Index lesion")
"""CID 6333 and 6336."""
SET_ASIDE = _own("SET_ASIDE", "Reader names other lesions when more than four are suspicious")
YES = _sct("373066001", "Yes")
MEASURED_IMAGE = _dcm("121112", "Source of Measurement")
GLAND_DOUBT = _own("GLAND_DOUBT", "Doubt about the outline of the prostate")
REJECT_REASON = _own("REJECT_REASON", "Reason for rejecting the finding")
REJECTED_OUTLINE = _own("REJECTED_OUTLINE", "Outline that was rejected, packed; not to be displayed")
ORIGINAL_OUTLINE = _own("ORIGINAL_OUTLINE", "Outline before it was edited, packed; not to be displayed")
KEY_IMAGES = _dcm("121180", "Key Images")
KEY_IMAGE = _own("KEY_IMAGE", "Image that the reader chose")
USED_SERIES = _own("USED_SERIES", "Series that the AI worked on")
DRAWINGS = _own("DRAWINGS", "Drawings of the reader on the images, as Prosector keeps them")
SERIES_MOVED = _own("SERIES_MOVED", "Where series were laid on the axial T2")
WRITTEN_OVER = _own("WRITTEN_OVER", "What the reader's own text was written instead of")
OF_FINDINGS = _own("OF_FINDINGS", "Findings")
OF_IMPRESSION = _own("OF_IMPRESSION", "Impression")

EXTRA_PROSTATIC_FINDING = _dcm("130559", "Extra-prostatic Finding")
RIGHT_SEMINAL_VESICLE = _sct("74308000", "Right seminal vesicle")
LEFT_SEMINAL_VESICLE = _sct("42320003", "Left seminal vesicle")
NEUROVASCULAR_BUNDLE = Code("RID43492", "RADLEX", "Neurovascular bundle of prostate")
LYMPH_NODE = _sct("59441001", "Lymph Node")
BONE = _sct("272673000", "Bone")
LATERALITY = _sct("272741003", "Laterality")
RIGHT = _sct("24028007", "Right")
LEFT = _sct("7771000", "Left")
VESICLE_INVASION = _own("SVI", "Seminal vesicle invasion")
BUNDLE_INVOLVEMENT = _own("NVB", "Involvement of the neurovascular bundle")
LYMPHADENOPATHY = _sct("30746006", "Lymphadenopathy")
BONE_METASTASIS = _sct("94222008", "Bony metastasis")
"""CID 6347 and 6348 where they have the concept."""
DEGREE = _own("SEEN", "Degree to which the finding is seen")
DEGREES = {
    Seen.NONE: _own("SEEN_NONE", "Not seen"),
    Seen.POSSIBLE: _own("SEEN_POSSIBLE", "Possible"),
    Seen.DEFINITE: _own("SEEN_DEFINITE", "Definite"),
}
PRECISE = _own("PRECISE_V2", "PRECISE version 2 score")
PRECISE_SCORES = {score: _own(f"PRECISE_{score.value}", f"PRECISE {score.value}") for score in PreciseScore}
COMPARED_WITH = _own("COMPARED_WITH", "Date of the examination that is compared with")

ORDER = _own("ORDER", "Order as the RIS sent it")
ACCESSION_NUMBER = _dcm("121022", "Accession Number")
PLACER_NUMBER = _dcm("121020", "Placer Number")
FILLER_NUMBER = _dcm("121021", "Filler Number")
REQUESTED_PROCEDURE_ID = _own("ORDER_PROCEDURE", "Requested Procedure ID")
ORDER_DESCRIPTION = _own("ORDER_TEXT", "Requested Procedure Description")
ORDER_CODE = _own("ORDER_CODE", "Code of the requested procedure")
ORDER_CODE_MEANING = _own("ORDER_MEANING", "Meaning of the code of the requested procedure")
ORDER_CODE_SYSTEM = _own("ORDER_SYSTEM", "Coding system of the requested procedure")
ORDER_STUDY = _own("ORDER_STUDY", "Study Instance UID of the order")
ORDER_PATIENT = _own("ORDER_PATIENT", "Patient ID of the order")
PSA_DATE = _own("PSA_DATE", "Date of the PSA")

STUDY_QUALITY = _dcm("130549", "Imaging Study Quality")
SERIES_QUALITY = _dcm("130550", "Imaging Series Quality")
QUALITY_STANDARD = _dcm("111051", "Quality Control Standard")
PIRADS_ACQUISITION = _dcm("130608", "PI-RADS 2.1 prostate MRI acquisition requirements")
"""CID 6326."""
QUALITY_FINDINGS = {
    QualityFinding.PROTOCOL_NOT_FOLLOWED: _dcm("130570", "Protocol not followed"),
    QualityFinding.INCOMPLETE_STUDY: _dcm("130574", "Incomplete study"),
    QualityFinding.COVERAGE_INCOMPLETE: _dcm("130576", "Anatomy coverage incomplete"),
    QualityFinding.POOR_FOV: _dcm("130577", "Poor FOV selection"),
    QualityFinding.POOR_SNR: _dcm("130578", "Poor SNR"),
    QualityFinding.POOR_CONTRAST_TIMING: _dcm("130579", "Poor contrast timing"),
    QualityFinding.B_VALUE_MISSING: _dcm("130583", "Expected b-value is missing"),
    QualityFinding.SEVERE_DISTORTION: _dcm("130584", "Severe distortion in the area of interest"),
    QualityFinding.ADC_MISSING: _dcm("130585", "Expected ADC map is missing"),
    QualityFinding.DISTORTION: _dcm("130586", "Distortion artifact in the area of interest"),
    QualityFinding.MOTION: Code("RID11423", "RADLEX", "Motion related artifact"),
    QualityFinding.GHOST: Code("RID11426", "RADLEX", "Ghost"),
    QualityFinding.SUSCEPTIBILITY: Code("RID11372", "RADLEX", "Tissue magnetic susceptibility effect"),
}
"""CID 6314 and 6315, which holds those of 6316 (MR), 6317 (DCE) and 6318 (DWI)."""
SEQUENCES = {
    Sequence.T2: _dcm("110805", "T2 Weighted MR Signal Intensity"),
    Sequence.DWI: _dcm("113043", "Diffusion weighted"),
    Sequence.DCE: _dcm("130567", "Dynamic Contrast-Enhanced Acquisition"),
}
"""CID 6311."""
QUALITY_OF = _own("QUALITY_OF", "Images that the quality finding is about")
QUALITY_CHECKS = _own("QUALITY_CHECKS", "Checks of the image quality")
PI_QUAL = _own("PI_QUAL_V2", "PI-QUAL version 2 score")
PI_QUAL_FORM = _own("PI_QUAL_V2_FORM", "PI-QUAL version 2 form, confirmed by the reader")
PI_QUAL_DRAFT = _own("PI_QUAL_V2_DRAFT", "PI-QUAL version 2 form, not confirmed by the reader")
PI_QUAL_SCORES = {
    PiQualScore.INADEQUATE: _own("PI_QUAL_1", "PI-QUAL 1 - Inadequate"),
    PiQualScore.ACCEPTABLE: _own("PI_QUAL_2", "PI-QUAL 2 - Acceptable"),
    PiQualScore.OPTIMAL: _own("PI_QUAL_3", "PI-QUAL 3 - Optimal"),
}

_LIKELIHOOD = {"1": "Very low", "2": "Low", "3": "Intermediate", "4": "High", "5": "Very high"}
_INADEQUATE = "Inadequate or absent"


def _graded(first: int, inadequate: int, prefix: str = "", suffix: str = "") -> dict[str, Code]:
    """Return the codes of the values 1 to 5 and X, whose RadLex numbers run on from `first`."""
    likelihoods = {**_LIKELIHOOD, "X": _INADEQUATE}
    numbers = {**{grade: first + place for place, grade in enumerate(_LIKELIHOOD)}, "X": inadequate}
    return {
        grade: Code(f"RID{numbers[grade]}", "RADLEX", f"PI-RADS {grade} - {prefix}{words}{suffix}")
        for grade, words in likelihoods.items()
    }


EXAM_CATEGORIES = {Category(k): code for k, code in _graded(50289, 50322).items()}
"""CID 6325."""
LESION_CATEGORIES = {Category(k): code for k, code in _graded(50296, 50323, suffix=" (lesion)").items()}
"""CID 6328."""
T2_SCORES = {
    Zone.PZ: {Score(k): code for k, code in _graded(50302, 50324, "T2WI PZ ").items()},
    Zone.TZ: {Score(k): code for k, code in _graded(50308, 50325, "T2WI TZ ").items()},
}
"""CID 6329 and 6330, by the zone whose rules apply."""
DWI_SCORES = {Score(k): code for k, code in _graded(50314, 50326, "DWI ").items()}
"""CID 6331."""
DCE_SCORES = {
    Dce.NEGATIVE: Code("RID50320", "RADLEX", "PI-RADS DCE -ve"),
    Dce.POSITIVE: Code("RID50321", "RADLEX", "PI-RADS DCE +ve"),
    Dce.X: Code("RID50327", "RADLEX", f"PI-RADS X - DCE {_INADEQUATE}"),
}
"""CID 6332."""
EXTENSIONS = {
    Epe.NONE: _own("EPE_NONE", "None"),
    Epe.POSSIBLE: _own("EPE_POSSIBLE", "Possible"),
    Epe.DEFINITE: _own("EPE_DEFINITE", "Definite"),
}
SCORING_ZONES = {
    Zone.PZ: _sct("279706003", "Peripheral zone of the prostate"),
    Zone.TZ: _sct("399384005", "Transition zone of the prostate"),
}


def sector_code(sector: Sector) -> Code:
    """Return the SNOMED CT code of a sector (CID 6304)."""
    return _sct(sector.code, sector.meaning)


def sector_of(code: Code) -> Sector:
    """Return the sector that a code of CID 6304 names; raises KeyError when it names none."""
    return {sector.code: sector for sector in sectors().values()}[code.value]


def code_of(item: Dataset) -> Code:
    """Return the code that a code sequence item holds."""
    return Code(str(item.CodeValue), str(item.CodingSchemeDesignator), str(item.CodeMeaning))
