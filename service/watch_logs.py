"""A watcher's log: lines for people, or one JSON object a line for those who collect them. UIDs, never names."""

import json
import logging
from datetime import UTC, datetime
from typing import Literal

Form = Literal["text", "json"]


class JsonLines(logging.Formatter):
    """Time (UTC), level, logger, message, and the study that it is about."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as one line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if study := getattr(record, "study", ""):
            line["study"] = study
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def log_to_stderr(form: Form) -> None:
    """Let everything that the program says from INFO on go to stderr, in this form only."""
    handler = logging.StreamHandler()
    plain = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(JsonLines() if form == "json" else plain)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for loud in ("pynetdicom", "distributed", "asyncio"):
        logging.getLogger(loud).setLevel(logging.WARNING)
