"""The command: arguments in, one public call, text and exit code out. No arithmetic here."""
