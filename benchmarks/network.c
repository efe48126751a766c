/* The canonical network of network.py, written in C for this one model: what its simulation costs at least.

   The same law, and the same luck as `sim` draws: every draw is Philox 4x32-10 of (case number, hash of the
   path, visit, purpose) under the key (seed, replication), so every request arrives and leaves in the same
   millisecond as in both engines. Written independently of them from the description of the model; nothing of
   it is data, nothing is recorded but the sum of lead times.

   network SEED REPLICATION HOURS ROUNDS [cases]
   prints the best CPU time of the rounds [s], arrivals and ends of work, requests done, their lead times' sum
   [ms]; with `cases` also number, arrival and leaving [ms] of each request done. */

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HOUR_MS 3600000.0

/* Teams by name: it is their order when several dispatch at one instant. */
enum { DATA, INTAKE, PLATFORM, REVIEW, SCIENCE, N_TEAMS };
static const int team_size[N_TEAMS] = {2, 1, 2, 1, 5};

enum { TRIAGE, SURFACE, PROVISION, MODEL, SURFACE_AGAIN, CHECK, N_STEPS };
static const int team_of[N_STEPS] = {INTAKE, DATA, PLATFORM, SCIENCE, DATA, REVIEW};
static const double mean_ms[N_STEPS] = {0.7 * HOUR_MS,  1.5 * HOUR_MS, 1.6 * HOUR_MS,
                                        3.35 * HOUR_MS, 1.0 * HOUR_MS, 0.66 * HOUR_MS};
static const double interarrival_ms = HOUR_MS;
static const double p_wrong_data = 0.1, p_return = 0.2;

/* First four bytes of the BLAKE2s hash of `request|` and the path of the step. */
static const uint32_t step_hash[N_STEPS] = {0xf0703297, 0x9901ec5b, 0xf51befa5,
                                            0xb234a45d, 0x8f411ada, 0xd8f3d1af};
static const uint32_t arrival_hash = 0xb820488a;
enum { OF_ARRIVAL = 1, OF_WORK = 5, OF_OUTCOME = 7 };

/* -- luck */

static uint32_t seed, replication;

static double uniform(uint32_t number, uint32_t hash, uint32_t visit, uint32_t purpose)
{
    uint32_t c0 = number, c1 = hash, c2 = visit, c3 = purpose, k0 = seed, k1 = replication;
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53 * c0, p1 = (uint64_t)0xCD9E8D57 * c2;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p0;
        k0 += 0x9E3779B9;
        k1 += 0xBB67AE85;
    }
    uint64_t bits = ((uint64_t)c0 << 32 | c1) >> 12;
    return ((double)bits + 0.5) * 0x1p-52;
}

static int64_t whole_ms(double x) { return (int64_t)rint(x); }

/* -- what is planned: a binary heap by instant; at one instant ends of work by case and token, then arrivals */

#define ARRIVAL ((uint64_t)1 << 63)
#define MAX_PENDING 64 /* one arrival, and a work for each of the eleven people */

typedef struct {
    int64_t at;
    uint64_t order;
    int work;
} Item;

static Item heap[MAX_PENDING];
static int n_pending;

static int is_before(const Item *a, const Item *b)
{
    return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static void plan(int64_t at, uint64_t order, int work)
{
    Item item = {at, order, work};
    int place = n_pending++;
    while (place > 0 && is_before(&item, &heap[(place - 1) / 2])) {
        heap[place] = heap[(place - 1) / 2];
        place = (place - 1) / 2;
    }
    heap[place] = item;
}

static Item take_first(void)
{
    Item first = heap[0], last = heap[--n_pending];
    int place = 0;
    for (int child = 1; child < n_pending; child = 2 * place + 1) {
        if (child + 1 < n_pending && is_before(&heap[child + 1], &heap[child])) child++;
        if (!is_before(&heap[child], &last)) break;
        heap[place] = heap[child];
        place = child;
    }
    heap[place] = last;
    return first;
}

/* -- requests and their works, in tables with lists of free rows */

typedef struct {
    int64_t arrived;
    uint32_t number;
    uint32_t visits[N_STEPS];
    int n_branches_open;
    int next_free;
} Request;

typedef struct {
    int64_t ms, enqueued;
    uint64_t order; /* case number and token */
    int request, step;
    int next; /* in its queue, or free */
} Work;

static Request *requests;
static Work *works;
static int n_requests, n_works, requests_room, works_room, free_request, free_work;

static void *grown(void *table, int *room, size_t width)
{
    *room = *room ? 2 * *room : 1024;
    table = realloc(table, *room * width);
    if (!table) {
        fprintf(stderr, "network: no memory for %d rows\n", *room);
        exit(1);
    }
    return table;
}

static int new_request(void)
{
    int request = free_request;
    if (request >= 0) {
        free_request = requests[request].next_free;
        return request;
    }
    if (n_requests == requests_room) requests = grown(requests, &requests_room, sizeof(Request));
    return n_requests++;
}

static int new_work(void)
{
    int work = free_work;
    if (work >= 0) {
        free_work = works[work].next;
        return work;
    }
    if (n_works == works_room) works = grown(works, &works_room, sizeof(Work));
    return n_works++;
}

/* -- teams: first come, first served */

static int64_t now;
static int queue_first[N_TEAMS], queue_last[N_TEAMS], n_busy[N_TEAMS];
static unsigned to_dispatch; /* a bit for each team */

static void enqueue(int team, int work)
{
    /* Those of one instant stand by case and token; nearly always that is last. */
    works[work].next = -1;
    to_dispatch |= 1u << team;
    int last = queue_last[team];
    if (last < 0) {
        queue_first[team] = queue_last[team] = work;
    } else if (works[last].enqueued < now || works[last].order < works[work].order) {
        works[last].next = work;
        queue_last[team] = work;
    } else {
        int *place = &queue_first[team];
        while (works[*place].enqueued < now || works[*place].order < works[work].order)
            place = &works[*place].next;
        works[work].next = *place;
        *place = work;
    }
}

static void dispatch(int team)
{
    while (n_busy[team] < team_size[team] && queue_first[team] >= 0) {
        int work = queue_first[team];
        queue_first[team] = works[work].next;
        if (queue_first[team] < 0) queue_last[team] = -1;
        n_busy[team]++;
        plan(now + works[work].ms, works[work].order, work);
    }
}

/* -- what a request does */

static uint64_t n_events, n_done;
static int64_t lead_ms;
static int tells_cases;

static void enter(int request, int step, int token)
{
    Request *r = &requests[request];
    double u = uniform(r->number, step_hash[step], ++r->visits[step], OF_WORK);
    int work = new_work();
    works[work] = (Work){
        .ms = whole_ms(-mean_ms[step] * log1p(-u)),
        .enqueued = now,
        .order = (uint64_t)r->number << 2 | (uint64_t)token,
        .request = request,
        .step = step,
    };
    enqueue(team_of[step], work);
}

static int happens(const Request *r, int step, double p)
{
    return uniform(r->number, step_hash[step], r->visits[step], OF_OUTCOME) < p;
}

static void leave(int request)
{
    Request *r = &requests[request];
    n_done++;
    lead_ms += now - r->arrived;
    if (tells_cases) printf("%u %lld %lld\n", r->number, (long long)r->arrived, (long long)now);
    r->next_free = free_request;
    free_request = request;
}

static void complete(int work)
{
    int request = works[work].request, step = works[work].step;
    Request *r = &requests[request];
    works[work].next = free_work;
    free_work = work;
    n_busy[team_of[step]]--;
    to_dispatch |= 1u << team_of[step];
    switch (step) {
    case TRIAGE:
        r->n_branches_open = 2;
        enter(request, SURFACE, 1);
        enter(request, PROVISION, 2);
        break;
    case SURFACE:
    case PROVISION:
        if (--r->n_branches_open == 0) enter(request, MODEL, 0);
        break;
    case MODEL:
        enter(request, happens(r, MODEL, p_wrong_data) ? SURFACE_AGAIN : CHECK, 0);
        break;
    case SURFACE_AGAIN:
        enter(request, MODEL, 0);
        break;
    case CHECK:
        if (happens(r, CHECK, p_return))
            enter(request, MODEL, 0);
        else
            leave(request);
    }
}

/* -- arrivals: a unit exponential after the other, divided by the rate, in `sim`'s order of operations */

static uint32_t n_arrived;
static double reached;

static void plan_arrival(void)
{
    const double rate = 1.0 / interarrival_ms;
    uint32_t number = n_arrived + 1;
    reached -= log1p(-uniform(number, arrival_hash, 0, OF_ARRIVAL));
    plan(whole_ms(2.0 * reached / (rate + sqrt(rate * rate))), ARRIVAL | number, -1);
}

static void arrive(void)
{
    int request = new_request();
    requests[request] = (Request){.arrived = now, .number = ++n_arrived};
    plan_arrival();
    enter(request, TRIAGE, 0);
}

/* -- the run */

static void begin(void)
{
    n_pending = n_requests = n_works = 0;
    free_request = free_work = -1;
    for (int team = 0; team < N_TEAMS; team++) {
        queue_first[team] = queue_last[team] = -1;
        n_busy[team] = 0;
    }
    to_dispatch = n_arrived = 0;
    n_events = n_done = 0;
    now = lead_ms = 0;
    reached = 0.0;
    plan_arrival();
}

static void simulate(int64_t end)
{
    begin();
    for (;;) {
        if (heap[0].at == now || !to_dispatch) {
            if (heap[0].at >= end) break;
            Item item = take_first();
            now = item.at;
            n_events++;
            if (item.order & ARRIVAL)
                arrive();
            else
                complete(item.work);
        } else {
            int team = __builtin_ctz(to_dispatch);
            to_dispatch &= to_dispatch - 1;
            dispatch(team);
        }
    }
}

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(int argc, char **argv)
{
    if (argc < 5) {
        fprintf(stderr, "usage: network SEED REPLICATION HOURS ROUNDS [cases]\n");
        return 2;
    }
    seed = (uint32_t)strtoul(argv[1], NULL, 10);
    replication = (uint32_t)strtoul(argv[2], NULL, 10);
    int64_t end = whole_ms(atof(argv[3]) * HOUR_MS);
    int n_rounds = atoi(argv[4]);
    tells_cases = argc > 5 && strcmp(argv[5], "cases") == 0;
    double best = INFINITY;
    for (int round = 0; round < n_rounds; round++) {
        double began = cpu_seconds();
        simulate(end);
        best = fmin(best, cpu_seconds() - began);
    }
    printf("%.6f %llu %llu %lld\n", best, (unsigned long long)n_events, (unsigned long long)n_done,
           (long long)lead_ms);
    return 0;
}
