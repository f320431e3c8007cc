"""The trials of what is spoken to by other than DIMSE: DICOMweb, the RIS by MLLP, the EHR by FHIR."""

from core.settings import DicomWebNode, FhirSettings, RisSettings
from pacs.reach import reach, shake_hands
from service.check import Peer, Step, Trial
from service.check_trial import Samples, TestObject, counted, stored
from service.workspace import Workspace

_PORTS = {"http": 80, "https": 443}


def dicomweb_peer(ws: Workspace, node: DicomWebNode, *, store: bool) -> Peer:
    """Return the trials of a DICOMweb archive: QIDO-RS, WADO-RS, and STOW-RS of the test object with `store`."""
    from pacs.dicomweb import DicomWebArchive

    archive = DicomWebArchive(node)
    samples, test = Samples(ws, archive), TestObject(ws.settings.this_node.ae_title, node.name)

    def wado() -> str:
        return f"{counted(samples.retrieved_by(archive), 'image')} came by WADO-RS."

    sending = (Trial(Step.STORE, lambda: stored(ws, archive, test, samples), (Step.CONNECTION,)),) if store else ()
    return Peer(
        node.name,
        (
            Trial(Step.CONNECTION, lambda: _reached(node)),
            *sending,
            Trial(Step.FIND, samples.find, (Step.CONNECTION,)),
            Trial(Step.WADO, wado, (Step.FIND,)),
        ),
    )


def ris_peer(ris: RisSettings) -> Peer:
    """Return the trials of the RIS: a connection, by TLS where the settings say so; no message is sent."""
    from pacs.mllp import TlsFiles, client_context

    def tls() -> str:
        context = client_context(TlsFiles(ris.ca, ris.certificate, ris.key))
        return f"It speaks {shake_hands(ris.name, ris.host, ris.port, ris.connect_timeout_s, context)}."

    def connection() -> str:
        ours = reach(ris.name, ris.host, ris.port, ris.connect_timeout_s)
        return f"{ris.host}:{ris.port} takes a connection from {ours}; no message was sent."

    by_tls = (Trial(Step.TLS, tls, (Step.CONNECTION,)),) if ris.tls else ()
    return Peer(ris.name, (Trial(Step.CONNECTION, connection), *by_tls))


def fhir_peer(fhir: FhirSettings) -> Peer:
    """Return the trials of the FHIR server: a connection and its CapabilityStatement; nothing is posted."""
    from pacs.fhir import fhir_version

    def metadata() -> str:
        version = fhir_version(fhir)
        return f"It speaks FHIR {version or 'of a version that it does not tell'}; nothing was posted."

    connection = Trial(Step.CONNECTION, lambda: _reached(fhir))
    return Peer(fhir.name, (connection, Trial(Step.METADATA, metadata, (Step.CONNECTION,))))


def _reached(site: DicomWebNode | FhirSettings) -> str:
    host, port = site.url.host or "", site.url.port or _PORTS[site.url.scheme]
    ours = reach(site.name, host.strip("[]"), port, site.connect_timeout_s)
    return f"{host}:{port} takes a connection from {ours}."
