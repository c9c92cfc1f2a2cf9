// Starts what every page needs, and mounts behaviours where the page asks for them.
//
// <element data-behaviour="copy"> loads ./copy.js and calls its mount(element). What mount
// returns is called when the element has left the page. Several names: separated by spaces.

import "./polling.js"
import "./times.js"
import "./toasts.js"
import "./confirm.js"
import "./keys.js"
import "./title.js"

const mounted = new Map() // element -> Map of name -> undo

export function mountAll(root = document) {
  const wanted = [...root.querySelectorAll("[data-behaviour]")]
  if (root instanceof Element && root.matches("[data-behaviour]")) wanted.push(root)
  wanted.forEach(mountOne)
}

async function mountOne(element) {
  const names = element.dataset.behaviour.split(" ").filter(name => /^[a-z-]+$/.test(name))
  const undos = mounted.get(element) ?? new Map()
  mounted.set(element, undos)
  for (const name of names) {
    if (undos.has(name)) continue
    undos.set(name, () => {})
    const { mount } = await import(`./${name}.js`)
    if (element.isConnected) undos.set(name, mount(element) ?? (() => {}))
  }
}

function unmountGone() {
  for (const [element, undos] of mounted) {
    if (element.isConnected) continue
    undos.forEach(undo => undo())
    mounted.delete(element)
  }
}

function afterSwap() {
  unmountGone()
  mountAll()
}

document.addEventListener("htmx:afterSwap", afterSwap)
document.addEventListener("htmx:oobAfterSwap", afterSwap)
document.addEventListener("click", event => {
  const opener = event.target.closest("[data-opens]")
  if (opener) document.getElementById(opener.dataset.opens)?.showModal()
})

rememberZone()
keepOpenThings()
mountAll()

// The server writes absolute times in the reader's zone.
function rememberZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  if (zone) document.cookie = `zone=${zone};path=/;max-age=31536000;samesite=lax`
}

// A refresh must not close what somebody opened.
function keepOpenThings() {
  if (!window.Idiomorph) return
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) =>
    !(name === "open" && (node.tagName === "DETAILS" || node.tagName === "DIALOG"))
}
