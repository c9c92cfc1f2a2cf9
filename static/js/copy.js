// A button that puts data-copy on the clipboard.

import { say } from "./toasts.js"
import { words } from "./words.js"

export function mount(button) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy)
    } catch {
      if (!copyBySelection(button.dataset.copy)) return
    }
    say("done", words("copied"))
  }
  button.addEventListener("click", copy)
  return () => button.removeEventListener("click", copy)
}

// Browsers keep the clipboard to https; plain http on a machine's own network has this way.
function copyBySelection(text) {
  const field = document.createElement("textarea")
  field.value = text
  field.className = "seen-by-readers"
  document.body.append(field)
  field.select()
  const worked = document.execCommand("copy")
  field.remove()
  return worked
}
