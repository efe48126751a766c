def check(s): return []
