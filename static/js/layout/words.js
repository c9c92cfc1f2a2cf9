// Filling sentences. They come translated from the page, in Python's form: "%(uid)s moves."

/**
 * @param {string} template with %(name)s, %(name)d and %% for a percent sign
 * @param {Record<string, string | number | null>} values
 */
export function fill(template, values) {
  return template.replace(/%\((\w+)\)[sd]|%%/g, (found, name) => name ? values[name] : "%")
}
