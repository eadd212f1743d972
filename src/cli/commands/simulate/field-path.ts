/**
 * The path of a field in a document, as a person writes it.
 *
 * @example fieldPath(['pods', 2, 'requestBytes']) // "pods[2].requestBytes"
 */
export function fieldPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the document'
  const text = path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
  return text.replace(/^\./, '')
}
