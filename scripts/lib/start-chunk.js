// Plain JavaScript, for the build runs with the Node that npm runs with.

/**
 * Which modules the program loads before it knows what is asked of it: those lie in one file, for forty take longer to be found and
 * read than help takes to be shown. What programs and threads of their own load as well stays apart: they would have to take it all.
 *
 * @param {{ getModuleInfo(id: string): { importedIds: string[] } | null }} bundle
 * @param {string} entry
 * @param {readonly string[]} others
 * @returns {ReadonlySet<string>} their paths
 */
export function startModules(bundle, entry, others) {
  const elsewhere = reachedFrom(bundle, others)
  return new Set([...reachedFrom(bundle, [entry])].filter((id) => !elsewhere.has(id)))
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
