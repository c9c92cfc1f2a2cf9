// Faults that arrive without words of the server: no connection, or an answer not our own.

import { words } from "./words.js"

export function say(kind, sentence) {
  const toast = document.getElementById("toast-template").content.firstElementChild.cloneNode(true)
  toast.classList.replace("toast-fault", `toast-${kind}`)
  toast.querySelector("p").textContent = sentence
  const region = document.getElementById("toasts")
  region.append(toast)
  import("./main.js").then(({ mountAll }) => mountAll(region))
}

const isPoll = event => Boolean(event.detail.requestConfig?.elt?.dataset?.poll)

document.addEventListener("htmx:sendError", event => {
  if (!isPoll(event)) say("fault", words("noConnection"))
})
document.addEventListener("htmx:timeout", event => {
  if (!isPoll(event)) say("fault", words("noConnection"))
})
document.addEventListener("htmx:responseError", event => {
  const { xhr } = event.detail
  if (isPoll(event) || xhr.getResponseHeader("X-Fault")) return
  say("fault", words("answered", { status: xhr.status }))
})
