// Sentences for people come from the page, in their language; none stand in scripts.

export function words(name, values = {}) {
  const template = document.getElementById("words")?.dataset[name] ?? ""
  return template.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole)
}
