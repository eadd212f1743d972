import { shellWords } from '../documents/words.ts'
import type { Container, Word } from '../workload.ts'

/** The words of a variable that holds options, each at its place; none where it is not set or not known. */
export function variableWords(container: Container, name: string): Word[] {
  const variable = container.environment.get(name)
  if (typeof variable?.value !== 'string') return []
  const { value, place } = variable
  return shellWords({ text: value, place })
}

/** Whether a variable is set to something that the file does not say. */
export function isUnknown(container: Container, name: string): boolean {
  return container.environment.get(name)?.value === null
}

/** Name and tag of an image, without registry and digest: `docker.io/library/node:18-slim@sha256:…` is node, 18-slim. */
export function imageName(image: Word | null): { name: string; tag: string } {
  const path = (image?.text ?? '').split('@', 1)[0] ?? ''
  const last = path.slice(path.lastIndexOf('/') + 1)
  const colon = last.indexOf(':')
  return colon === -1
    ? { name: last, tag: '' }
    : { name: last.slice(0, colon), tag: last.slice(colon + 1) }
}

/** Whether an image is one of these, of the official ones or a well-known maker's. */
export function isOfficial(image: Word | null, names: readonly string[]): boolean {
  const path = (image?.text ?? '').split('@', 1)[0] ?? ''
  return (
    names.includes(imageName(image).name) &&
    /^(?:(?:docker\.io\/)?(?:library\/)?|docker\.io\/)[^/]+$/.test(path)
  )
}
