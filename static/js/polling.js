// Regions that keep themselves fresh: <section data-poll="3" hx-get="…" hx-trigger="poll">.
//
// The interval counts from the end of the last load, so one request is in flight at most.
// Nothing is asked in a hidden tab; on return everything is asked at once. After errors the
// pace slows down, and an amber note says how old the region is. After a command, and when a
// region with data-poll-leads has news, all the others are asked at once.

import { words } from "./words.js"
import { relative } from "./times.js"

const SLOWEST_S = 30
const JITTER = 0.1
const BEGINS_WITHIN_MS = 500

const regions = new Map() // id -> { timer, busy, inFlight, again, failures, freshAt }

const find = id => document.getElementById(id)

function delay(seconds, failures) {
  const slowed = failures ? Math.min(seconds * 2 ** failures, SLOWEST_S) : seconds
  return slowed * 1000 * (1 - JITTER + Math.random() * 2 * JITTER)
}

function schedule(id) {
  const element = find(id)
  const state = regions.get(id)
  clearTimeout(state?.timer)
  if (!element?.dataset.poll || !state) return void regions.delete(id)
  state.timer = setTimeout(() => ask(id), delay(Number(element.dataset.poll), state.failures))
}

function ask(id) {
  const element = find(id)
  const state = regions.get(id)
  if (!element) return void regions.delete(id)
  if (!state || document.hidden) return
  if (state.busy) return void (state.again = true)
  state.busy = true
  state.again = false
  htmx.trigger(element, "poll")
  // Something may have stopped the request before it began.
  setTimeout(() => state.busy && !state.inFlight && settle(id, null), BEGINS_WITHIN_MS)
}

function settle(id, worked) {
  const state = regions.get(id)
  if (!state) return
  state.busy = state.inFlight = false
  if (worked === true) Object.assign(state, { failures: 0, freshAt: Date.now() })
  if (worked === false) state.failures += 1
  showFreshness()
  if (state.again) ask(id)
  else schedule(id)
}

function askAll(but) {
  for (const [id, state] of regions) {
    if (id === but) continue
    clearTimeout(state.timer)
    ask(id)
  }
}

// News of the leader concern everybody; news of anybody concern the leader.
function passOn(source) {
  if ("pollLeads" in source.dataset) return askAll(source.id)
  const leader = document.querySelector("[data-poll-leads]")
  if (!leader || !regions.has(leader.id)) return
  clearTimeout(regions.get(leader.id).timer)
  ask(leader.id)
}

export function watch() {
  for (const element of document.querySelectorAll("[data-poll][id]")) {
    if (regions.has(element.id)) continue
    regions.set(element.id, { busy: false, inFlight: false, failures: 0, freshAt: Date.now() })
    schedule(element.id)
  }
}

// One note for the page: how old the oldest of what cannot be refreshed is.
function showFreshness() {
  const failing = [...regions.values()].filter(state => state.failures)
  const place = find("freshness")
  if (!place) return
  if (!failing.length) return void place.replaceChildren()
  if (!place.firstElementChild) place.append(find("freshness-template").content.cloneNode(true))
  const oldest = new Date(Math.min(...failing.map(state => state.freshAt)))
  place.querySelector("[data-age]").textContent = words("updated", { ago: relative(oldest) })
}

const pollOf = event => (event.target.dataset?.poll && event.target.id) || null

document.addEventListener("htmx:beforeSend", event => {
  const state = regions.get(pollOf(event))
  if (state) state.inFlight = true
})

// A failed poll is told by the note; its toast or error page stays out.
document.addEventListener("htmx:beforeSwap", event => {
  const target = event.detail.requestConfig?.elt
  if (target?.dataset.poll && event.detail.xhr.status >= 400) event.detail.shouldSwap = false
})

document.addEventListener("htmx:afterRequest", event => {
  const source = event.detail.requestConfig?.elt ?? event.target
  const status = event.detail.xhr?.status ?? 0
  if (source?.dataset?.poll && regions.has(source.id)) {
    settle(source.id, status >= 200 && status < 400)
    if (status === 200) passOn(source)
  } else if (event.detail.requestConfig?.verb !== "get") {
    askAll() // somebody did something: the pace of before no longer fits
  }
  watch()
})

document.addEventListener("htmx:afterSwap", watch)
document.addEventListener("htmx:oobAfterSwap", watch)
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) askAll()
})
window.addEventListener("online", () => askAll())
setInterval(showFreshness, 1000)

watch()
