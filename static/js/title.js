// The tally lamp of the whole page: the tab's title and icon, and the product's mark.

import { words } from "./words.js"

const PREFIX = /^● .*? · /

export function show(count, language = document.documentElement.lang) {
  const plain = document.title.replace(PREFIX, "")
  const told = words("onAir", { count: new Intl.NumberFormat(language).format(count) })
  document.title = count ? `● ${told} · ${plain}` : plain
  document.documentElement.dataset.onAir = String(count > 0)
  const icon = document.querySelector("link[rel=icon]")
  const wanted = count ? icon.dataset.lampOn : icon.dataset.lampOff
  if (icon.getAttribute("href") !== wanted) icon.href = wanted
}

function read() {
  const status = document.getElementById("shell-status")
  if (status) show(Number(status.dataset.onAir))
}

document.addEventListener("htmx:afterSwap", read)
document.addEventListener("htmx:oobAfterSwap", read)
