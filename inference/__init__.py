"""From sequences to findings: recognise, load, segment, detect, measure."""
