"""The clock: what is planned, in a heap ordered by (time, place in the order of the instant).

The order at one instant is that of `sim.engines`; of items with the same place the one planned first comes
first, as in SimPy. An item knows its place in the heap, so what is called off leaves it at once. Items for
the end of the run and later are counted, not kept.
"""

from __future__ import annotations

from sim.engines.compiled_engine.layout import (
    DISPATCH,
    END,
    FOREVER,
    HEAP,
    HEAP_CLASS,
    HEAP_SIZE,
    INSTANT,
    ITEM_AT,
    ITEM_CLASS,
    ITEM_KEY1,
    ITEM_KEY2,
    ITEM_KIND,
    ITEM_MORE,
    ITEM_PLACE,
    ITEM_REF,
    ITEM_SERIAL,
    LAST_CALLED_OFF,
    LATEST,
    LATEST_AT,
    MOST_AT_INSTANT,
    N_AT_INSTANT,
    N_BEYOND,
    N_LATEST,
    N_LATEST_KEPT,
    N_PASSED,
    NOW,
    PEND_IS_IN,
    PEND_KIND,
    PEND_NEXT,
    PEND_RANK,
    PEND_REF,
    PEND_SERIAL,
    PENDING,
    SERIAL_ITEM,
    STOP_LOOP,
    WALK_CASE,
    WALK_INSTANT,
)
from sim.engines.compiled_engine.memory import Words, give, kernel, stop, take


@kernel
def first_key(phase: int, source: int, number: int) -> int:
    """The first half of an item's place: phase, source and number of the case."""
    return phase << 60 | source << 32 | number


@kernel
def second_key(generation: int, token: int) -> int:
    """The second half; `token` counts from 0, a case itself is -1."""
    return generation << 32 | (token + 1)


@kernel
def comes_before(m: Words, at: int, a: int, other: int, b: int) -> bool:
    """Of item a for one instant and item b for another."""
    if at != other:
        return at < other
    if m[a + ITEM_KEY1] != m[b + ITEM_KEY1]:
        return m[a + ITEM_KEY1] < m[b + ITEM_KEY1]
    if m[a + ITEM_KEY2] != m[b + ITEM_KEY2]:
        return m[a + ITEM_KEY2] < m[b + ITEM_KEY2]
    return m[a + ITEM_SERIAL] < m[b + ITEM_SERIAL]


@kernel
def put_at(m: Words, heap: int, place: int, at: int, item: int) -> None:
    m[heap + 2 * place], m[heap + 2 * place + 1] = at, item
    m[item + ITEM_PLACE] = place


@kernel
def move_up(m: Words, place: int, at: int, item: int) -> None:
    heap = m[HEAP]
    while place > 0:
        above = (place - 1) >> 1
        other_at, other = m[heap + 2 * above], m[heap + 2 * above + 1]
        if not comes_before(m, at, item, other_at, other):
            break
        put_at(m, heap, place, other_at, other)
        place = above
    put_at(m, heap, place, at, item)


@kernel
def move_down(m: Words, place: int, at: int, item: int) -> None:
    """The smaller of those below moves up, down to the last row; from there the item finds its place.

    It was among the last, so that is near. Which of two is smaller nobody can foresee, so it is worked out
    without a branch, except where both are of one instant.
    """
    heap, size = m[HEAP], m[HEAP_SIZE]
    below = 2 * place + 1
    while below + 1 < size:
        left = heap + 2 * below
        left_at, right_at = m[left], m[left + 2]
        is_right = right_at < left_at
        if left_at == right_at:
            is_right = comes_before(m, right_at, m[left + 3], left_at, m[left + 1])
        below += is_right
        put_at(m, heap, place, m[heap + 2 * below], m[heap + 2 * below + 1])
        place, below = below, 2 * below + 1
    if below < size:  # the last one, which has none beside it
        put_at(m, heap, place, m[heap + 2 * below], m[heap + 2 * below + 1])
        place = below
    move_up(m, place, at, item)


@kernel
def remove_first(m: Words) -> None:
    """Take the smallest item out of the heap."""
    size = m[HEAP_SIZE] - 1
    m[HEAP_SIZE] = size
    if size:
        last = m[HEAP] + 2 * size
        move_down(m, 0, m[last], m[last + 1])


@kernel
def remove_at(m: Words, place: int) -> None:
    """Take what stands at a place out of the heap."""
    heap, size = m[HEAP], m[HEAP_SIZE] - 1
    m[HEAP_SIZE] = size
    if place == size:
        return
    at, last = m[heap + 2 * size], m[heap + 2 * size + 1]
    above = (place - 1) >> 1
    if place > 0 and comes_before(m, at, last, m[heap + 2 * above], m[heap + 2 * above + 1]):
        move_up(m, place, at, last)
    else:
        move_down(m, place, at, last)


@kernel
def grow_heap(m: Words) -> None:
    old, size_class = m[HEAP], m[HEAP_CLASS]
    new = take(m, size_class + 2)
    for i in range(2 * m[HEAP_SIZE]):
        m[new + i] = m[old + i]
    m[HEAP], m[HEAP_CLASS] = new, size_class + 1
    give(m, old, size_class + 1)


@kernel
def count_item(m: Words, kind: int, ref: int) -> None:
    """Something is planned for the present instant."""
    if m[INSTANT] != m[NOW]:
        m[INSTANT], m[N_AT_INSTANT] = m[NOW], 0
    m[N_AT_INSTANT] += 1
    if m[N_AT_INSTANT] > m[MOST_AT_INSTANT]:
        stop(m, STOP_LOOP, kind, ref)


@kernel
def plan_item(m: Words, at: int, key1: int, key2: int, kind: int, ref: int, more: int) -> int:
    """Plan something for an instant, at its place in the order of that instant."""
    if at == m[NOW]:
        count_item(m, kind, ref)
    item = take(m, ITEM_CLASS)
    m[SERIAL_ITEM] += 1
    m[item + ITEM_AT] = at
    m[item + ITEM_KEY1] = key1
    m[item + ITEM_KEY2] = key2
    m[item + ITEM_SERIAL] = m[SERIAL_ITEM]
    m[item + ITEM_KIND] = kind
    m[item + ITEM_REF] = ref
    m[item + ITEM_MORE] = more
    if at >= m[END]:
        m[item + ITEM_PLACE] = -1
        if at < FOREVER:
            m[N_BEYOND] += 1
        return item
    if m[HEAP_SIZE] == 1 << m[HEAP_CLASS]:
        grow_heap(m)
    m[HEAP_SIZE] += 1
    move_up(m, m[HEAP_SIZE] - 1, at, item)
    return item


@kernel
def plan_dispatch(m: Words, at: int, rank: int, kind: int, ref: int, more: int) -> int:
    """After all that ends or arrives at the instant, by rank."""
    return plan_item(m, at, first_key(DISPATCH, rank, 0), second_key(0, 0), kind, ref, more)


@kernel
def pend_dispatch(m: Words, pend: int) -> None:
    """A dispatch of this instant, after all that ends or arrives, by rank."""
    count_item(m, m[pend + PEND_KIND], m[pend + PEND_REF])
    if m[pend + PEND_IS_IN]:
        return
    m[SERIAL_ITEM] += 1
    m[pend + PEND_SERIAL], m[pend + PEND_IS_IN] = m[SERIAL_ITEM], 1
    before, after = 0, m[PENDING]
    while after and m[after + PEND_RANK] < m[pend + PEND_RANK]:
        before, after = after, m[after + PEND_NEXT]
    m[pend + PEND_NEXT] = after
    m[(before + PEND_NEXT) if before else PENDING] = pend


@kernel
def comes_next(m: Words, pend: int) -> bool:
    """Whether a pending dispatch comes before the smallest item of the heap."""
    if m[HEAP_SIZE] == 0:
        return True
    if m[m[HEAP]] != m[NOW]:
        return True
    item = m[m[HEAP] + 1]
    key1 = first_key(DISPATCH, m[pend + PEND_RANK], 0)
    if m[item + ITEM_KEY1] != key1:
        return m[item + ITEM_KEY1] > key1
    return m[item + ITEM_SERIAL] > m[pend + PEND_SERIAL]


@kernel
def call_off(m: Words, item: int) -> None:
    """Nobody waits for this any more."""
    if m[item + ITEM_PLACE] >= 0:
        m[LAST_CALLED_OFF] = max(m[LAST_CALLED_OFF], m[item + ITEM_AT])
        remove_at(m, m[item + ITEM_PLACE])
    elif m[item + ITEM_AT] < FOREVER:
        m[N_BEYOND] -= 1
    give(m, item, ITEM_CLASS)


@kernel
def pass_through(m: Words, serial: int, path: int) -> None:
    """A case enters a step. Within one item it may run on through so many, not for ever."""
    if m[WALK_INSTANT] != m[NOW] or m[WALK_CASE] != serial:
        m[WALK_INSTANT], m[WALK_CASE], m[N_PASSED] = m[NOW], serial, 0
    m[N_PASSED] += 1
    at = m[LATEST_AT]
    m[LATEST + at] = path
    m[LATEST_AT] = at + 1 if at + 1 < N_LATEST_KEPT else 0
    m[N_LATEST] += 1
    if m[N_PASSED] > m[MOST_AT_INSTANT]:
        stop(m, STOP_LOOP, -1, 0)
