"""A small network that reaches most of the compiled engine."""

NETWORK = """
name: small
clock: {start: 2027-01-04, horizon: 4 weeks, warm_up: 7 days, business: office}
calendars:
  office: {days: Mon-Fri, hours: 09:00-17:00}
traits: {lucky: 40%}
teams:
  a: {size: 2, other_work: {people: 0.5, work: exponential mean 2 h}}
  b: {size: 1, order: shortest}
environments:
  sandbox: {cost: 10 per month, pool: 2}
cases:
  x: {arrive: {rate: 3 per d}, flow: main, patience: {waiting: 5 d}}
flows:
  main:
    steps:
      first: {team: a, work: exponential mean 2 h, takes: sandbox, gives_back: sandbox}
      both: {parallel: {one: {team: b, work: 1 h}, two: {wait: lognormal mean 4 h cv 1}}}
      last:
        team: a
        work: gamma mean 1 h cv 0.5
        when: lucky
        then: {back: {p: 20%, go_to: first}, on: rest}
"""
