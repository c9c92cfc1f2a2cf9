// Panels beside the canvas; on a phone the lists are panels, too.

export function tabs(desk) {
  const bar = desk.find("[role=tablist]")
  const all = [...bar.querySelectorAll("[role=tab]")]
  const shown = () => all.filter(tab => tab.offsetParent)

  const choose = (name, focus = false) => {
    desk.root.dataset.tab = name
    all.forEach(tab => {
      const isChosen = tab.dataset.shows === name
      tab.setAttribute("aria-selected", String(isChosen))
      tab.tabIndex = isChosen ? 0 : -1
      if (isChosen && focus) tab.focus()
    })
  }
  const onKey = event => {
    const list = shown()
    const at = list.indexOf(document.activeElement)
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: list.length - 1 }[event.key]
    if (at < 0 || to === undefined) return
    event.preventDefault()
    choose(list[(to + list.length) % list.length].dataset.shows, true)
  }
  bar.addEventListener("click", event => {
    const name = event.target.closest("[role=tab]")?.dataset.shows
    if (name) choose(name)
  })
  bar.addEventListener("keydown", onKey)
  choose(first(desk, all))
  const undos = [
    desk.on("tab", ({ detail }) => choose(detail.name, detail.focus)),
    desk.on("picked", () => desk.root.dataset.tab === "whole" && choose("region")),
  ]
  return () => undos.forEach(undo => undo())
}

/** A preset is changed as a whole; regions one by one; who only looks sees what was applied. */
function first(desk, all) {
  const wanted = !desk.mayEdit ? "history" : desk.isCustom ? "region" : "whole"
  return (all.find(tab => tab.dataset.shows === wanted) ?? all[0]).dataset.shows
}
