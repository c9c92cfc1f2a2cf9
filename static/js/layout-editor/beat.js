// What the server tells every few seconds: who is there, what is applied, who else edits.

export function beat(desk) {
  let seen = document.getElementById("layout-beat")
  const onSwap = () => {
    const now = document.getElementById("layout-beat")
    if (!now || now === seen) return
    seen = now
    take(desk, JSON.parse(now.dataset.beat))
  }
  document.addEventListener("htmx:afterSettle", onSwap)
  return () => document.removeEventListener("htmx:afterSettle", onSwap)
}

function take(desk, facts) {
  const isNew = facts.revision !== desk.data.revision
  const { people, ...rest } = facts
  Object.assign(desk.data, rest)
  desk.live = facts.live
  desk.root.toggleAttribute("data-live", facts.live)
  desk.setPeople(people)
  if (!isNew) return desk.emit("applied", {})
  const stays = desk.isDirty
  desk.setApplied(facts.applied, facts.revision)
  desk.say(stays ? "theirs" : "followed", { who: facts.by ?? desk.words("someone") })
}
