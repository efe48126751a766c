"use strict";
// Draws what the block of data says of a moment, and lets the reader move that moment. It works nothing out but
// where dots stand in their rooms. `#at=1234` after the address shows that minute, standing still.
(() => {
  const byId = (id) => document.getElementById(id);
  const all = JSON.parse(byId("data").textContent); // one entry for each scenario, all on one clock
  const summed = (list) => { let sum = 0; return list.map((each) => (sum += each)); };
  const time = byId("time"), play = byId("play"), speed = byId("speed"), cause = byId("cause");
  const isCalm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
  const { ticks, day, week, tickMinutes } = all[0];
  const clock = { openings: [], tickMinutes };
  all[0].openings.reduce((before, [ticksMore, minutesMore]) => {
    const next = [before[0] + ticksMore, before[1] + minutesMore];
    clock.openings.push(next);
    return next;
  }, [0, 0]);
  clock.opening = clock.openings.map((each) => each[0]);
  let now = 0, isPlaying = false, last = 0, drawn = -1, saying = 0;

  // How many values of a sorted list are at most k.
  function upTo(list, k) {
    let low = 0, high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle] <= k) low = middle + 1; else high = middle;
    }
    return low;
  }

  // The largest distance at which n dots have room, 12 at most.
  function pitchFor(width, height, n) {
    let pitch = 12;
    while (pitch > 0.5 && Math.max(1, Math.floor(width / pitch)) * Math.max(1, Math.floor(height / pitch)) < n) {
      pitch *= 0.94;
    }
    return pitch;
  }

  function write(id, text) {
    const element = byId(id);
    if (element && element.textContent !== text) element.textContent = text;
  }

  // One scenario: its map, its dots and its counters.
  function viewOf(data, index) {
    const begin = summed(data.begin), arrive = summed(data.arrive), leave = summed(data.leave);
    const leads = [0], measured = [0]; // sums over the cases done, in the order in which they leave
    data.lead.forEach((lead, i) => {
      leads.push(leads[i] + Math.max(lead, 0));
      measured.push(measured[i] + (lead >= 0 ? 1 : 0));
    });
    const layer = byId(`dots-${index}`);
    const dots = new Map(); // dot -> {circle, x, y, toX, toY}
    const seenAt = new Map(); // case -> where one of its dots stood last

    function isShown(i) {
      const wanted = cause.value;
      if (!wanted) return true;
      if (wanted === "work") return data.place[i] % 2 === 1;
      if (wanted.startsWith("part:")) return data.parts[data.class[i]] === wanted.slice(5);
      return data.class[i] === Number(wanted.slice(6));
    }

    // The stays at a tick, by the room they are in; within it by dot, so that who came first stands first.
    function roomsAt(k) {
      const rooms = data.rooms.map(() => []);
      const n = upTo(begin, k);
      for (let i = 0; i < n; i += 1) {
        if (k < begin[i] + data.length[i] && isShown(i)) {
          const place = data.place[i];
          rooms[data.isOne[place >> 1] ? place & ~1 : place].push(i);
        }
      }
      rooms.forEach((room) => room.sort((a, b) => data.dot[a] - data.dot[b]));
      return rooms;
    }

    function circleOf(dot) {
      const known = dots.get(dot);
      if (known) return known;
      const circle = document.createElementNS("http://www.w3.org/2000/svg", "circle");
      circle.setAttribute("class", "dot");
      layer.append(circle);
      const [x, y] = seenAt.get(data.caseOfDot[dot]) || [data.ends[0][0] + 32, data.ends[0][1]];
      const made = { circle, x, y, toX: x, toY: y };
      dots.set(dot, made);
      return made;
    }

    function arrange(rooms) {
      const here = new Set();
      rooms.forEach((room, place) => {
        const [left, top, width, height] = data.rooms[place];
        const pitch = pitchFor(width, height, room.length);
        const columns = Math.max(1, Math.floor(width / pitch));
        const inset = (width - columns * pitch) / 2;
        room.forEach((i, slot) => {
          const dot = data.dot[i], each = circleOf(dot);
          here.add(dot);
          each.toX = left + inset + ((slot % columns) + 0.5) * pitch;
          each.toY = top + (Math.floor(slot / columns) + 0.5) * pitch;
          each.circle.setAttribute("r", (pitch * 0.43).toFixed(2));
          each.circle.setAttribute("fill", data.colours[data.class[i]]);
          seenAt.set(data.caseOfDot[dot], [each.toX, each.toY]);
        });
      });
      for (const [dot, each] of dots) {
        if (!here.has(dot)) {
          each.circle.remove();
          dots.delete(dot);
        }
      }
    }

    // Dots glide to where they belong; they jump where the reader jumps, or wants no motion.
    function glide(share) {
      for (const each of dots.values()) {
        each.x += (each.toX - each.x) * share;
        each.y += (each.toY - each.y) * share;
        each.circle.setAttribute("cx", each.x.toFixed(2));
        each.circle.setAttribute("cy", each.y.toFixed(2));
      }
    }

    function writeNumbers(rooms) {
      for (let i = 0; i < data.names.length; i += 1) {
        const both = [...rooms[2 * i], ...rooms[2 * i + 1]];
        const working = both.filter((each) => data.place[each] % 2 === 1).length;
        const waiting = both.length - working;
        write(`w${index}-${i}`, String(waiting));
        write(`b${index}-${i}`, String(working));
        const first = data.isOne[i] ? both.length : waiting;
        write(`n${index}-${2 * i}`, first ? String(first) : "");
        write(`n${index}-${2 * i + 1}`, working ? String(working) : "");
      }
    }

    function leadTime(n) {
      if (!measured[n]) return "–";
      const minutes = (leads[n] / measured[n]) * data.tickMinutes, day = data.day * data.tickMinutes;
      return minutes >= day ? `${(minutes / day).toFixed(1)} working days` : `${(minutes / 60).toFixed(1)} h`;
    }

    function writeCounters(k) {
      const gone = upTo(leave, k);
      write(`inside-${index}`, String(upTo(arrive, k) - gone));
      write(`done-${index}`, String(gone));
      write(`lead-${index}`, leadTime(gone));
    }

    function draw(k) {
      const rooms = roomsAt(k);
      arrange(rooms);
      writeNumbers(rooms);
      writeCounters(k);
    }

    // The moment in a clause: how many are inside, and where most wait.
    function told() {
      const waiting = data.names.map((name, i) => [Number((byId(`w${index}-${i}`) || {}).textContent || 0), name]);
      const [n, name] = waiting.reduce((a, b) => (b[0] > a[0] ? b : a), [0, ""]);
      const queue = n ? `, most wait at ${name}, ${n}` : "";
      return `${all.length > 1 ? `${data.scenario}: ` : ""}${byId(`inside-${index}`).textContent} inside${queue}`;
    }

    return { draw, glide, told, forget: () => seenAt.clear() };
  }

  const views = all.map(viewOf);

  function dateAt(k) {
    const [tick, minute] = clock.openings[Math.max(0, upTo(clock.opening, k) - 1)];
    const at = new Date((minute + (k - tick) * clock.tickMinutes) * 60000);
    return `${days[at.getUTCDay()]} ${at.toISOString().slice(0, 10)} ${at.toISOString().slice(11, 16)}`;
  }

  function draw(isJump) {
    const k = Math.floor(now);
    if (k !== drawn || isJump) {
      views.forEach((view) => view.draw(k));
      const date = dateAt(k);
      write("date", date);
      time.value = String(k);
      time.setAttribute("aria-valuetext", date);
      drawn = k;
    }
    if (isJump) glide(1);
  }

  function glide(share) {
    views.forEach((view) => view.glide(share));
  }

  // For those who listen: the moment in a sentence, when they have stopped moving it.
  function say() {
    window.clearTimeout(saying);
    saying = window.setTimeout(() => {
      byId("said").textContent = [byId("date").textContent, ...views.map((view) => view.told())].join("; ");
    }, 400);
  }

  function go(to) {
    now = Math.min(Math.max(to, 0), ticks - 1);
    views.forEach((view) => view.forget());
    draw(true);
    if (!isPlaying) say();
  }

  function setPlaying(to) {
    isPlaying = to;
    if (to && now >= ticks - 1) go(0);
    play.textContent = to ? "Pause" : "Play";
    play.setAttribute("aria-label", play.textContent);
    last = 0;
    if (to) window.requestAnimationFrame(step);
    else { glide(1); say(); }
  }

  function step(stamp) {
    if (!isPlaying) return;
    const passed = last ? Math.min((stamp - last) / 1000, 0.1) : 0;
    last = stamp;
    now = Math.min(now + passed * Number(speed.value) * day, ticks - 1);
    draw(false);
    glide(isCalm.matches ? 1 : 1 - Math.exp(-9 * passed));
    if (now >= ticks - 1) setPlaying(false);
    else window.requestAnimationFrame(step);
  }

  function onKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target === speed || event.target === cause) return;
    const far = event.shiftKey ? week : day;
    const keys = {
      " ": () => setPlaying(!isPlaying),
      ArrowLeft: () => go(Math.floor(now) - far),
      ArrowRight: () => go(Math.floor(now) + far),
      ArrowUp: () => { speed.selectedIndex = Math.min(speed.selectedIndex + 1, speed.options.length - 1); },
      ArrowDown: () => { speed.selectedIndex = Math.max(speed.selectedIndex - 1, 0); },
      Home: () => go(0),
      End: () => go(ticks - 1),
    };
    if (!Object.hasOwn(keys, event.key)) return;
    if (event.key !== " " && event.target.closest?.(".scroll")) return; // there the arrows scroll
    event.preventDefault(); // the page does not scroll, and a button is not pressed twice
    keys[event.key]();
  }

  play.addEventListener("click", () => setPlaying(!isPlaying));
  play.addEventListener("keyup", (event) => { if (event.key === " ") event.preventDefault(); });
  time.addEventListener("input", () => go(Number(time.value)));
  cause.addEventListener("change", () => { draw(true); say(); });
  document.addEventListener("keydown", onKey);
  const at = /^#at=(\d+)$/.exec(window.location.hash);
  go(at ? Number(at[1]) : 0);
  if (!at && !isCalm.matches) setPlaying(true);
})();
