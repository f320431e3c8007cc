"""The report in plain words, written from the draft alone by templates: nothing is said that the draft does not hold.

What a template cannot say is a `TemplateBroken`; there is no other text that would stand in for it.
"""

from core.errors import TemplateBroken
from core.report import Lesion, Report
from reporting import said
from reporting.said_lesion import lesion_said
from reporting.templates import rendered, template_file
from reporting.terms import terms_of

_IMPRESSION = "impression.txt.j2"


def shown_findings(report: Report) -> str:
    """Return the findings that count: the reader's own text, else the one that writes itself."""
    return report.own_findings or findings_text(report)


def shown_impression(report: Report) -> str:
    """Return the impression that counts: the reader's own text, else the one that writes itself."""
    return report.own_impression or impression_text(report)


def findings_text(report: Report) -> str:
    """Return the findings: headings in capitals, one paragraph a line, sections apart by an empty line."""
    return rendered("findings.txt.j2", report.language, said.said(report))


def impression_text(report: Report) -> str:
    """Return the impression: numbered, the index lesion first, and the research-use line.

    Raises `TemplateBroken` also when a site's template leaves it empty: no report is signed without an impression.
    """
    impression = rendered(_IMPRESSION, report.language, said.said(report))
    if not impression:
        raise TemplateBroken(
            f"The report template {template_file(_IMPRESSION, report.language)} leaves the impression empty. Correct or"
            " remove the file, or write the impression yourself; the draft is kept."
        )
    return impression


def decision_support(report: Report) -> str:
    """Return the estimated risk of csPCa, and the AI's probabilities where its model is calibrated; else nothing.

    It stands beside the impression and is never part of it.
    """
    return rendered("decision_support.txt.j2", report.language, said.said(report))


def lesion_text(report: Report, lesion: Lesion) -> str:
    """Return everything that the draft holds about one reported lesion, in one paragraph."""
    facts = {**said.said(report), "lesion": lesion_said(report, lesion)}
    return " ".join(rendered("lesion.txt.j2", report.language, facts).split())


def no_lesion(report: Report) -> str:
    """Return that no lesion is reported, without a full stop."""
    return said.no_lesion(report, terms_of(report.language))
