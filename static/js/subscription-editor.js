// The subscription editor keeps up with the channel: when people come or go, or somebody else
// changes the lists, what the draft does is told anew. A draft is never thrown away; without
// one, theirs is shown at once. What is being typed is left alone by an answer to an earlier
// change. After a press the words of what came of it get the focus, and they stay until they
// are answered: the draft is told anew after that.

export function mount(root) {
  const find = id => document.getElementById(id)

  const follow = () => {
    const beat = find("subscription-beat")
    const editor = find("subscription")
    if (!beat || beat.dataset.digest === editor.dataset.digest || asks(editor)) return
    const isTheirs = beat.dataset.revision !== editor.dataset.revision
    if (isTheirs && !isDirty(editor)) show(root)
    else if (find("subscription-draft").hasAttribute("hx-post")) htmx.trigger(find("subscription-draft"), "refresh")
  }
  const tell = () => {
    const outcome = find("subscription-outcome")
    const how = outcome?.dataset.outcome
    if (how && how !== "applied" && how !== outcome.told) outcome.focus({ preventScroll: false })
    if (outcome) outcome.told = how
  }
  const onSwap = () => {
    follow()
    tell()
  }
  const forget = leaveTypingAlone()
  document.addEventListener("htmx:afterSettle", onSwap)
  return () => {
    document.removeEventListener("htmx:afterSettle", onSwap)
    forget()
  }
}

function leaveTypingAlone() {
  const callbacks = window.Idiomorph?.defaults.callbacks
  if (!callbacks) return () => {}
  const before = callbacks.beforeNodeMorphed
  callbacks.beforeNodeMorphed = (old, fresh) => !isBeingTyped(old) && before(old, fresh)
  return () => (callbacks.beforeNodeMorphed = before)
}

const isBeingTyped = node => node === document.activeElement && node.matches("textarea")

const isDirty = editor => editor.hasAttribute("data-dirty")

const asks = editor => !["", "applied"].includes(editor.dataset.outcome)

const show = root =>
  htmx.ajax("GET", location.pathname, { target: "#subscription", swap: "morph:outerHTML", source: root })
