import { expect, test } from 'vitest'
import { catalogFile, catalogFixture, packageFixture } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { dpkgCopyright } from './dpkg-copyright.ts'

const PATH = 'usr/share/doc/a/copyright'

async function licences(text: string): Promise<string[]> {
  return shown(await catalogFile(dpkgCopyright, PATH, Buffer.from(text), 7))
}

test('what copyright files of Debian state', async () => {
  expect(shown(await catalogFixture(dpkgCopyright, 'debian'))).toEqual([
    'bash: GPL-3+, GPL-3+ with Bison exception, GPL-2+, GFDL-NIV-1.3, Latex2e, BSD-4-clause-UC and MIT-like, BSD-4-clause-UC, MIT-like, permissive',
    'libacl1: GPL-2+, LGPL-2+',
    'libgmp10: GPL-2+ or LGPL-3+, GPL-3+, GPL-3+ with Bison exception, GPL-2+, LGPL-3+',
    'libmpfr6: LGPL-3, GFDL-1.2',
    'zlib1g: Zlib',
  ])
})

test('a machine-readable one states each once, in its order, and what it points at are their texts', async () => {
  const text = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
License: GPL-2+ or Artistic

Files: b
License:
 some text
License: Expat
License: GPL-2+ or Artistic
 On Debian systems, the text is in /usr/share/common-licenses/GPL-2.
`
  expect(await licences(text)).toEqual(['a: GPL-2+ or Artistic, Expat'])
})

test('a free one names texts that all systems have, and names, but no sentences', async () => {
  const text = `This package was debianized by somebody.
License: Permission to use, copy and modify
License: MIT
    See \`/usr/share/common-licenses/LGPL-2.1', or "/usr/share/common-licenses/GPL-2".
`
  expect(await licences(text)).toEqual(['a: MIT, LGPL-2.1, GPL-2'])
})

test('a machine-readable one that states none points at one', async () => {
  expect(await licences('Format: x\n see /usr/share/common-licenses/BSD.\n')).toEqual(['a: BSD'])
})

test('nothing is said where nothing is stated', async () => {
  expect(await licences('All rights reserved\n')).toEqual([])
})

test('more than any package has are cut', async () => {
  const lines = Array.from({ length: 2000 }, (_, at) => `License: L-${at}\n`)
  const [found] = await catalogFile(
    dpkgCopyright,
    PATH,
    Buffer.from(`Format: x\n${lines.join('')}`),
  )
  expect(found?.kind === 'licences' && found.licences.length).toBe(500)
})

test('copies in folders of examples are none of the package', () => {
  expect(dpkgCopyright.selects.accepts?.('usr/share/doc/a/examples/debian/copyright')).toBe(false)
  expect(dpkgCopyright.selects.accepts?.('usr/share/doc/libstdc++6/copyright')).toBe(true)
})

test('damaged ones', async () => {
  await expectToSurvive(dpkgCopyright, PATH, [
    ...packageFixture('dpkg-copyright', 'debian').values(),
  ])
})
