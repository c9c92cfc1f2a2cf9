// Times that move in the page: <time data-elapsed datetime> counts up by the second,
// <time data-when datetime> reads "3 min ago" and tells the absolute time on hover.

const language = () => document.documentElement.lang || "en"
const pad = number => String(number).padStart(2, "0")

export function elapsed(since, now = new Date()) {
  const whole = Math.max(0, Math.floor((now - since) / 1000))
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  return hours ? `${hours}:${pad(minutes)}:${pad(seconds)}` : `${minutes}:${pad(seconds)}`
}

const UNITS = [
  ["second", 60, 1],
  ["minute", 3600, 60],
  ["hour", 86400, 3600],
  ["day", Infinity, 86400],
]

export function relative(at, now = new Date()) {
  const passed = Math.max(0, (now - at) / 1000)
  const writer = new Intl.RelativeTimeFormat(language(), { numeric: "auto", style: "short" })
  if (passed < 10) return writer.format(0, "second")
  const [unit, , seconds] = UNITS.find(([, limit]) => passed < limit)
  return writer.format(-Math.floor(passed / seconds), unit)
}

export function absolute(at) {
  const format = { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" }
  return new Intl.DateTimeFormat(language() === "en" ? "en-GB" : language(), format).format(at)
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text
}

export function tick(root = document) {
  if (document.hidden) return
  const now = new Date()
  for (const element of root.querySelectorAll("time[data-elapsed]:not([data-stale] *)")) {
    write(element, elapsed(new Date(element.dateTime), now))
  }
  for (const element of root.querySelectorAll("time[data-when]")) {
    const at = new Date(element.dateTime)
    write(element, relative(at, now))
    element.title = absolute(at)
  }
}

document.addEventListener("htmx:afterSwap", () => tick())
document.addEventListener("visibilitychange", () => tick())
setInterval(tick, 1000, document)
tick()
