/** What pacman has installed: Arch Linux and its descendants. One file for each package, of `%FIELD%` and lines. */
import { MIB } from '../../model/bytes.ts'
import type { Cataloger, Found } from '../cataloger.ts'
import { installed } from '../distributions/package.ts'
import { textOf } from '../distributions/paragraphs.ts'

export const alpmDesc: Cataloger = {
  id: 'alpm-desc',
  title: "pacman's database",
  version: 1,
  selects: {
    names: ['desc'],
    accepts: (path) => /(?:^|\/)var\/lib\/pacman\/local\/[^/]+\/desc$/.test(path),
  },
  maxBytes: MIB,
  reads: 'whole',
  catalog({ bytes }): Found[] {
    const fields = fieldsIn(textOf(bytes))
    const field = (name: string): string => fields.get(name)?.at(0) ?? ''
    const base = field('BASE')
    const one = installed({
      type: 'alpm',
      name: field('NAME'),
      version: field('VERSION'),
      arch: field('ARCH'),
      upstream: base === field('NAME') ? '' : base,
      licences: fields.get('LICENSE') ?? [],
    })
    return one === null ? [{ kind: 'problem', says: 'no %NAME% of a package is in it' }] : [one]
  },
}

/** A field is its name, its lines, and an empty line. */
function fieldsIn(text: string): Map<string, string[]> {
  const fields = new Map<string, string[]>()
  for (const block of text.split(/\r?\n\r?\n/)) {
    const [title = '', ...lines] = block.trim().split(/\r?\n/)
    const [, name] = /^%([A-Z0-9_]+)%$/.exec(title) ?? []
    if (name !== undefined && !fields.has(name)) fields.set(name, lines)
  }
  return fields
}
