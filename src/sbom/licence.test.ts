import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyText } from '../../test/support/sbom-documents.ts'
import { parseExpression } from '../../test/support/spdx-expression.ts'
import { allOf, licencesOf, textOf } from './licence.ts'

const anyExpression = fc
  .array(
    fc.constantFrom(
      ...[
        'MIT',
        'gpl-2.0',
        'Apache-2.0',
        'GPL-2.0+',
        'GPL-2',
        'LicenseRef-a.b',
        'LicenseRef-',
        'Expat',
      ],
      ...['AND', 'or', 'With', 'WITH', '(', ')', '+', 'classpath-exception-2.0', 'DocumentRef-a:'],
    ),
    { maxLength: 9 },
  )
  .map((words) => words.join(' '))

const { grammatical } = fc.letrec<{ grammatical: string }>((tie) => ({
  grammatical: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      'MIT',
      'GPL-2.0',
      'Apache-2.0+',
      'LicenseRef-a.b',
      'GPL-2.0-only WITH mif-exception',
    ),
    fc.tuple(tie('grammatical'), tie('grammatical')).map((sides) => sides.join(' AND ')),
    fc.tuple(tie('grammatical'), tie('grammatical')).map((sides) => sides.join(' OR ')),
    tie('grammatical').map((inside) => `(${inside})`),
  ),
}))

describe('licencesOf', () => {
  it.each([
    ['MIT', 'MIT'],
    [' apache-2.0\n', 'Apache-2.0'],
    ['GPL-2.0', 'GPL-2.0'],
    ['bsd-2-clause-freebsd', 'BSD-2-Clause-FreeBSD'],
    ['Apache License, Version 2.0', 'Apache-2.0'],
    ['GPL-2+', 'GPL-2.0-or-later'],
    ['LGPL-2.1+', 'LGPL-2.1-or-later'],
  ])('reads %j as an id of the list', (stated, id) => {
    expect(licencesOf([stated])).toEqual([{ kind: 'id', id }])
  })

  it.each([
    ['MIT OR Apache-2.0', 'MIT OR Apache-2.0'],
    ['(mit  or\tapache-2.0)', '(MIT OR Apache-2.0)'],
    ['Apache-1.1+', 'Apache-1.1+'],
    ['gpl-2.0-only with classpath-exception-2.0', 'GPL-2.0-only WITH Classpath-exception-2.0'],
    ['GPL-2+ or Expat', 'GPL-2.0-or-later OR MIT'],
    ['MIT AND (ISC OR (BSD-3-Clause))', 'MIT AND (ISC OR (BSD-3-Clause))'],
  ])('reads %j as an expression', (stated, expression) => {
    expect(licencesOf([stated])).toEqual([{ kind: 'expression', expression, references: [] }])
  })

  it('knows which licences an expression brings itself', () => {
    expect(licencesOf(['MIT AND LicenseRef-Fedora-Public-Domain'])).toEqual([
      {
        kind: 'expression',
        expression: 'MIT AND LicenseRef-Fedora-Public-Domain',
        references: ['LicenseRef-Fedora-Public-Domain'],
      },
    ])
  })

  it.each([
    'BSD License',
    'GPL-2+ with OpenSSL exception',
    'MIT/Apache-2.0',
    'MIT AND',
    'AND MIT',
    '(MIT',
    'MIT)',
    '()',
    'MIT Apache-2.0',
    'MIT (Apache-2.0)',
    '(MIT) WITH Classpath-exception-2.0',
    'MIT WITH Apache-2.0',
    'MIT And Apache-2.0',
    'DocumentRef-a:LicenseRef-b',
    'SEE LICENSE IN LICENSE.md',
    `${'MIT AND '.repeat(1_000)}MIT`,
  ])('leaves %j as a name', (name) => {
    expect(licencesOf([name])).toEqual([{ kind: 'name', name }])
  })

  it('says each thing once, and nothing where nothing is stated', () => {
    expect(licencesOf(['MIT', 'mit', '', ' ', 'NOASSERTION', 'Own', 'Own ']).map(textOf)).toEqual([
      'MIT',
      'Own',
    ])
  })

  it('finds an expression only where another implementation finds it, too, with the same meaning', () => {
    fc.assert(
      fc.property(fc.oneof(anyExpression, anyText), (stated) => {
        for (const licence of licencesOf([stated])) {
          if (licence.kind === 'name') continue
          expect(() => parseExpression(textOf(licence))).not.toThrow()
          expect(licencesOf([textOf(licence)])).toEqual([licence])
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('finds every expression that the grammar allows', () => {
    fc.assert(
      fc.property(grammatical, (stated) => {
        expect(() => parseExpression(stated)).not.toThrow()
        expect(licencesOf([stated]).map(textOf)).toEqual([stated])
        expect(licencesOf([stated]).map(({ kind }) => kind)).not.toContain('name')
      }),
    )
  })
})

describe('allOf', () => {
  it('keeps a choice together', () => {
    expect(allOf(['MIT'])).toBe('MIT')
    expect(allOf(['MIT OR ISC'])).toBe('MIT OR ISC')
    expect(allOf(['MIT OR ISC', 'Zlib', 'A AND B'])).toBe('(MIT OR ISC) AND Zlib AND A AND B')
  })
})
