"""Reports: what is kept of a run, and findings in words, tables and figures."""
