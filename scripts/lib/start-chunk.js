// Plain JavaScript, for the build runs with the Node that npm runs with.

/**
 * In which file a module lies that the program loads before it knows what is asked of it: help would take longer to find forty files
 * than to be shown. `base` is what other programs and threads of ours need as well, so that they do not load the rest with it.
 *
 * @param {{ getModuleInfo(id: string): { importedIds: string[] } | null }} bundle
 * @param {string} entry
 * @param {readonly string[]} others
 * @returns {(id: string) => 'start' | 'base' | null} null: wherever the bundler lays it
 */
export function startFiles(bundle, entry, others) {
  const start = reachedFrom(bundle, [entry])
  const elsewhere = reachedFrom(bundle, others)
  return (id) => {
    if (!start.has(id)) return null
    return elsewhere.has(id) ? 'base' : 'start'
  }
}

/** What is imported at once, and not when it is needed. */
function reachedFrom(bundle, entries) {
  const reached = new Set(entries)
  // A set tells of what is added while it is walked.
  for (const id of reached) {
    for (const imported of bundle.getModuleInfo(id)?.importedIds ?? []) reached.add(imported)
  }
  return reached
}
