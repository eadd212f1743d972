import { anchorsIn } from '../../document/anchors.ts'
import { referencesIn } from '../../document/references.ts'
import type { Rule, Surroundings } from '../finding.ts'

export const links: Rule = {
  id: 'dead-link',
  about: 'a link or a citation that leads nowhere, in this document or in another one',
  find(_, around) {
    const own = anchorsIn(around.text)
    return referencesIn(around.text).flatMap(({ kind, target, line }) => {
      const says =
        kind === 'citation'
          ? `the citation [${target}] has no source`
          : deadEnd(target, own, around)
      if (says === null) return []
      const todo = kind === 'citation' ? 'add it to the sources, or take it away' : 'mend the link'
      return [{ line, says, todo, isError: false }]
    })
  },
}

/** Null: there is something, or nobody here can know. */
function deadEnd(target: string, own: ReadonlySet<string>, around: Surroundings): string | null {
  if (/^[a-z]+:/i.test(target)) return null
  const [path = '', anchor = ''] = target.split('#')
  if (path !== '' && !around.exists(path))
    return `the link leads to ${path.slice(0, 80)}, which is not there`
  const anchors = path === '' ? own : around.anchorsOf(path)
  if (anchor === '' || anchors === null || anchors.has(decoded(anchor))) return null
  const where = path === '' ? 'this document' : path.slice(0, 80)
  return `the link leads to #${anchor.slice(0, 80)}, which ${where} does not have`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
