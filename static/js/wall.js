// The live wall tells when it has lost the thread: what was true a while ago must not look as
// if it were now. On a wall screen it also shows the time, fills the screen and keeps it awake.

import { show } from "./title.js"

const LATE_MS = 10_000
const LATE_POLLS = 4

/** So long after the last answer the wall is no longer live. */
export const patience = pollSeconds => Math.max(LATE_MS, LATE_POLLS * pollSeconds * 1000)

export function mount(page) {
  const wall = () => page.querySelector("#wall")
  const note = page.querySelector("[data-wall-stale]")
  let freshAt = Date.now()

  const tell = stale => {
    if (stale === "stale" in page.dataset) return
    if (stale) page.dataset.stale = ""
    else delete page.dataset.stale
    note.hidden = !stale
    if (stale) write(note.querySelector("[data-words]"), freshAt)
    show(stale ? 0 : Number(wall()?.dataset.onAir))
  }
  const check = () => {
    const seconds = Number(wall()?.dataset.poll ?? 0)
    if (!document.hidden) tell(Date.now() - freshAt > patience(seconds))
  }
  const onAnswer = event => {
    const { requestConfig, xhr } = event.detail
    if (requestConfig?.elt?.id !== "wall" || !(xhr?.status >= 200 && xhr.status < 400)) return
    freshAt = Date.now()
    tell(false)
    if ("kiosk" in page.dataset) show(Number(wall()?.dataset.onAir))
  }
  const timer = setInterval(check, 1000)
  document.addEventListener("htmx:afterRequest", onAnswer)
  const undo = "kiosk" in page.dataset ? standAlone(page) : () => {}
  return () => {
    clearInterval(timer)
    document.removeEventListener("htmx:afterRequest", onAnswer)
    undo()
  }
}

function write(place, at) {
  const time = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "medium", hourCycle: "h23" })
  place.textContent = place.dataset.words.replace("{time}", time.format(at))
}

// A screen that nobody sits at.
function standAlone(page) {
  const clock = page.querySelector("[data-clock]")
  const face = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
  const tick = () => (clock.textContent = face.format(new Date()))
  const fill = () => {
    if (document.fullscreenElement) document.exitFullscreen()
    else document.documentElement.requestFullscreen?.()
  }
  const stayAwake = () => {
    if (!document.hidden) navigator.wakeLock?.request("screen").catch(() => {})
  }
  tick()
  stayAwake()
  const timer = setInterval(tick, 1000)
  page.querySelector("[data-full-screen]").addEventListener("click", fill)
  document.addEventListener("visibilitychange", stayAwake)
  return () => {
    clearInterval(timer)
    document.removeEventListener("visibilitychange", stayAwake)
  }
}
