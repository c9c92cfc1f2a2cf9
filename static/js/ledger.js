// The ledger's live tail: new lines come in at the top, and what is being read stays where it
// is on the screen. The export's links follow the filters.

export function mount(region) {
  const lines = region.querySelector("#ledger-lines")
  let held = null
  const before = event => {
    if (event.detail.target === lines) held = hold(lines)
  }
  const after = event => {
    if (event.detail.target !== lines || !held) return
    window.scrollBy({ top: held.line.getBoundingClientRect().top - held.top, behavior: "instant" })
    held = null
  }
  for (const link of document.querySelectorAll("[data-ledger-export]")) {
    link.href = region.dataset[link.dataset.ledgerExport]
  }
  document.addEventListener("htmx:oobBeforeSwap", before)
  document.addEventListener("htmx:oobAfterSwap", after)
  return () => {
    document.removeEventListener("htmx:oobBeforeSwap", before)
    document.removeEventListener("htmx:oobAfterSwap", after)
  }
}

/** The line to keep in place; null where the reader looks at the top and wants what is new. */
function hold(lines) {
  const reads = lines.querySelector("details[open]") || lines.contains(document.activeElement)
  if (!reads && lines.getBoundingClientRect().top > 0) return null
  const line = [...lines.children].find(each => each.getBoundingClientRect().bottom > 80)
  return line ? { line, top: line.getBoundingClientRect().top } : null
}
