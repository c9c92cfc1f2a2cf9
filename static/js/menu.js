// A menu made of <details>: closes on Escape, on a click elsewhere, and when focus leaves it.

export function mount(menu) {
  const close = () => menu.removeAttribute("open")
  const onKey = event => {
    if (event.key !== "Escape" || !menu.open) return
    close()
    menu.querySelector("summary").focus()
  }
  const onPointer = event => {
    if (!menu.contains(event.target)) close()
  }
  const onFocusOut = event => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) close()
  }
  menu.addEventListener("keydown", onKey)
  menu.addEventListener("focusout", onFocusOut)
  document.addEventListener("pointerdown", onPointer)
  return () => {
    menu.removeEventListener("keydown", onKey)
    menu.removeEventListener("focusout", onFocusOut)
    document.removeEventListener("pointerdown", onPointer)
  }
}
