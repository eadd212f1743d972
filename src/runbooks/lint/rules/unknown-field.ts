import { meantWord } from '../../../parsers/nearest-word.ts'
import {
  frontMatterFields,
  readFrontMatter,
  splitFrontMatter,
} from '../../document/front-matter.ts'
import type { Rule } from '../finding.ts'

export const unknownField: Rule = {
  id: 'unknown-field',
  about: 'a field of the front matter that nobody knows',
  find(_, { text }) {
    const { unknown } = readFrontMatter(splitFrontMatter(text).frontMatter)
    const known = frontMatterFields()
    return unknown.map(({ name, line }) => ({
      line,
      says: `nobody knows the field '${name.slice(0, 60)}'`,
      todo: meantWord(name, known, `use one of ${known.join(', ')}`),
      isError: false,
    }))
  },
}
