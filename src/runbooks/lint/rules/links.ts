import { referencesIn } from '../../document/references.ts'
import type { Rule } from '../finding.ts'

export const links: Rule = {
  id: 'dead-link',
  about: 'a link or a citation that leads nowhere',
  find: (_, { text, exists }) =>
    referencesIn(text).flatMap(({ kind, target, line }) => {
      if (kind === 'citation') {
        const says = `the citation [${target}] has no source`
        return [{ line, says, todo: 'add it to the sources, or take it away', isError: false }]
      }
      const [path = ''] = target.split('#')
      if (path === '' || /^[a-z]+:/i.test(path) || exists(path)) return []
      const says = `the link leads to ${path.slice(0, 80)}, which is not there`
      return [{ line, says, todo: 'mend the link', isError: false }]
    }),
}
