// Apply, discard, and what came of it. The draft is kept whatever the answer is.

export function applying(desk) {
  const form = desk.find("[data-apply-form]")
  let seen = document.getElementById("layout-outcome")

  const onSubmit = event => {
    const sends = event.target.closest?.("[data-apply-form]")
    if (sends && form.querySelector("[data-apply]").getAttribute("aria-disabled") === "true") {
      event.preventDefault()
      event.stopImmediatePropagation()
    }
  }
  /** Forms that send a draft take it as it is at that moment. */
  const onRequest = event => {
    const source = event.detail.elt
    if (source.querySelector?.("[data-draft]") || source === form) {
      event.detail.formData.set("document", JSON.stringify(desk.document))
    }
    if (source === form) event.detail.formData.set("revision", desk.base)
  }
  const onSwap = () => {
    const now = document.getElementById("layout-outcome")
    if (!now || now === seen) return
    seen = now
    settle(desk, now)
  }
  const onClick = event => {
    const button = event.target.closest("[data-discard], [data-take-theirs]")
    if (!button) return
    event.preventDefault()
    back(desk)
    clear(seen)
  }
  desk.root.addEventListener("submit", onSubmit, true)
  desk.root.addEventListener("htmx:configRequest", onRequest)
  document.addEventListener("htmx:afterSettle", onSwap)
  desk.root.addEventListener("click", onClick)
  return () => document.removeEventListener("htmx:afterSettle", onSwap)
}

/** The draft becomes what is applied now, and stands on it. */
function back(desk) {
  desk.base = desk.data.revision
  desk.take(desk.data.applied)
}

function clear(outcome) {
  outcome.replaceChildren()
  outcome.dataset.outcome = "none"
}

const ENDS = {
  applied(desk, { revision, document }) {
    const what = JSON.parse(document)
    Object.assign(desk.data, { revision: Number(revision), applied: what })
    desk.setApplied(what, Number(revision), { mine: true })
    desk.say("applied")
  },
  conflict(desk, { revision, document }) {
    const what = JSON.parse(document)
    Object.assign(desk.data, { revision: Number(revision), applied: what })
    desk.setApplied(what, Number(revision))
  },
  findings(desk, _facts, outcome) {
    desk.refuse([...outcome.querySelectorAll("[data-where]")].map(each => ({
      id: regionAt(desk, each.dataset.where), where: each.dataset.where, severity: "error", words: each.textContent.trim(),
    })))
  },
}

function settle(desk, outcome) {
  const how = outcome.dataset.outcome
  ENDS[how]?.(desk, outcome.dataset, outcome)
  if (how !== "applied") desk.say("refused")
  if (desk.data.urls.history && how !== "findings") refreshHistory(desk)
}

/** The region that a field belongs to. where: "regions.2.uid", or a field of the whole. */
function regionAt(desk, where) {
  const [, index] = where.match(/^regions\.(\d+)/) ?? []
  return desk.layout.regions[index]?.id ?? null
}

let refreshed = Promise.resolve()

/** One after the other: the answer of one replaces the place that the next would go to. */
function refreshHistory(desk) {
  const ask = () =>
    htmx.ajax("GET", desk.data.urls.history, { target: "#layout-history", swap: "outerHTML" })
  refreshed = refreshed.then(ask, ask)
}
