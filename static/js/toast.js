// One toast: goes by itself unless it tells a fault, or is being read.

const STAYS_MS = 6000

export function mount(toast) {
  let timer
  const go = () => toast.remove()
  const start = () => {
    if (!toast.classList.contains("toast-fault")) timer = setTimeout(go, STAYS_MS)
  }
  const hold = () => clearTimeout(timer)
  toast.querySelector("[data-toast-close]").addEventListener("click", go)
  toast.addEventListener("pointerenter", hold)
  toast.addEventListener("pointerleave", start)
  toast.addEventListener("focusin", hold)
  toast.addEventListener("focusout", start)
  start()
  return hold
}
