// Asking before what cannot be taken back. A form, or the button that sends it, carries
// data-confirm (names the thing), -effect (what will happen), -verb (what the button says).
// Without scripts the form simply works.

const agreed = new WeakSet()

document.addEventListener("submit", askFirst, true)

function askFirst(event) {
  const form = event.target
  const button = event.submitter
  const asks = button?.dataset.confirm ? button : form.dataset.confirm ? form : null
  if (!asks || agreed.delete(form)) return
  event.preventDefault()
  event.stopImmediatePropagation()
  ask(asks.dataset).then(yes => {
    if (!yes || !form.isConnected) return
    agreed.add(form)
    form.requestSubmit(button?.isConnected ? button : null)
  })
}

function ask(data) {
  const dialog = document.getElementById("confirm")
  const yes = dialog.querySelector("[data-confirm-yes]")
  document.getElementById("confirm-title").textContent = data.confirm
  document.getElementById("confirm-effect").textContent = data.confirmEffect ?? ""
  yes.textContent = data.confirmVerb || yes.dataset.words
  yes.classList.toggle("button-stop", data.confirmKind === "stop")
  yes.classList.toggle("button-primary", data.confirmKind !== "stop")
  dialog.returnValue = ""
  dialog.showModal()
  return new Promise(resolve => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true })
  })
}
