// Keys for those who would rather not reach for the mouse; `?` shows them.

const GO_WINDOW_MS = 1200
let goUntil = 0

document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return
  if (handle(event.key, event.target)) event.preventDefault()
})

function handle(key, target) {
  if (Date.now() < goUntil) {
    goUntil = 0
    return go(key)
  }
  const actions = {
    "/": () => focus(document.querySelector("[data-search]")),
    "?": () => document.getElementById("keys")?.showModal() ?? true,
    g: () => (goUntil = Date.now() + GO_WINDOW_MS),
    s: () => startOrStop(target),
  }
  return actions[key]?.()
}

function go(letter) {
  const link = [...document.querySelectorAll("[data-key]")].find(
    each => each.dataset.key[0] === letter,
  )
  link?.click()
  return link
}

// The button marked data-key-s: in the row that has the focus, else the page's only one.
function startOrStop(target) {
  const row = target.closest("tr, li, [data-row]")
  const inRow = row?.querySelector("[data-key-s]")
  const all = document.querySelectorAll("[data-key-s]")
  const button = inRow ?? (all.length === 1 ? all[0] : null)
  button?.click()
  return button
}

function focus(field) {
  field?.focus()
  field?.select()
  return field
}

function isTyping(element) {
  return element.matches?.("input, textarea, select, [contenteditable]")
}
