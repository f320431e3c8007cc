"""What both front ends do: analyse a study, publish a report; the command line."""
