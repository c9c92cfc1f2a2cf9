// What a region that refreshes itself must not do: restart the player, close what was fetched
// into it, go back in time, lose the focus, or read itself out at every turn. After a press it
// looks again soon, whatever its pace was.
//
// [data-keep] is left alone by a refresh, and so is what comes as [data-same]. [data-say-state] with [data-say]: when the state is
// another one after a refresh, the sentence is put into #live-words (role=status).

const SOON_MS = [300, 900, 1600]

let changedAt = 0 // when the last answer to a press came
const sentAt = new WeakMap() // request -> when it was sent

export function mount(region) {
  keepWhatIsKept()
  let states = statesOf(region)
  const compare = () => {
    const now = statesOf(region)
    announce(changes(states, now))
    states = now
  }
  const lookSoon = event => {
    if (isPress(event)) SOON_MS.forEach(wait => setTimeout(() => look(region), wait))
  }
  document.addEventListener("htmx:afterSwap", compare)
  document.addEventListener("htmx:afterRequest", lookSoon)
  return () => {
    document.removeEventListener("htmx:afterSwap", compare)
    document.removeEventListener("htmx:afterRequest", lookSoon)
  }
}

/** What to read out. Both: Map of id -> {state, words}. Newcomers are not news. */
export function changes(before, after) {
  return [...after]
    .filter(([id, { state }]) => before.has(id) && before.get(id).state !== state)
    .map(([, { words }]) => words)
}

/** Was this refresh asked for before something was changed, and answered after it? */
export function isOutdated(sent, changed) {
  return sent !== undefined && sent < changed
}

function statesOf(region) {
  const told = [...region.querySelectorAll("[data-say-state]")]
  if (region.matches("[data-say-state]")) told.push(region)
  return new Map(
    told.map(each => [each.id, { state: each.dataset.sayState, words: each.dataset.say }]),
  )
}

function announce(sentences) {
  const place = document.getElementById("live-words")
  if (place && sentences.length) place.textContent = sentences.join(". ")
}

function keepWhatIsKept() {
  if (!window.Idiomorph) return
  Idiomorph.defaults.callbacks.beforeNodeMorphed = (old, fresh) =>
    !old.dataset || !("keep" in old.dataset || "same" in (fresh.dataset ?? {}))
}

function look(region) {
  if (region.isConnected && region.dataset.poll) htmx.trigger(region, "poll")
}

const isPress = event => (event.detail.requestConfig?.verb ?? "get") !== "get"
const isPoll = event => Boolean(event.detail.requestConfig?.elt?.dataset?.poll)

document.addEventListener("htmx:beforeSend", event => {
  sentAt.set(event.detail.xhr, performance.now())
})
document.addEventListener("htmx:afterRequest", event => {
  if (isPress(event)) changedAt = performance.now()
})

// A button that is disabled while its request runs loses the focus; it gets it back, or, where
// the answer has no such button any more, what its row or page begins with.
let pressed = null // ids of the button that had the focus and of its place

document.addEventListener("htmx:beforeRequest", event => {
  if (isPoll(event)) return
  const button = document.activeElement
  const place = button.closest("[data-row]") ?? button.closest("[data-behaviour~=live]")
  pressed = event.detail.elt.contains(button) && button.id ? [button.id, place?.id] : null
})
document.addEventListener("htmx:afterSettle", () => {
  if (!pressed) return
  const [button, place] = pressed.map(id => document.getElementById(id))
  const next = button ?? place?.querySelector("h1[tabindex], a[href]")
  if (document.activeElement === document.body) next?.focus({ preventScroll: true })
  pressed = null
})
document.addEventListener("htmx:beforeSwap", event => {
  if (isPoll(event) && isOutdated(sentAt.get(event.detail.xhr), changedAt)) {
    event.detail.shouldSwap = false
  }
})
