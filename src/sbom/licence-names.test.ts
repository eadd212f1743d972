import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import currentIds from 'spdx-license-ids/index.json' with { type: 'json' }
import { anyText } from '../../test/support/sbom-documents.ts'
import { identifierMeant } from './licence-names.ts'

describe('identifierMeant', () => {
  // Names as they stand in packages of Maven Central, PyPI and Debian.
  it.each([
    ['The Apache Software License, Version 2.0', 'Apache-2.0'],
    ['Apache Software License - Version 2.0', 'Apache-2.0'],
    ['Apache Public License 2.0', 'Apache-2.0'],
    ['Apache 2', 'Apache-2.0'],
    ['The MIT License', 'MIT'],
    ['Expat', 'MIT'],
    ['BSD 2-Clause License', 'BSD-2-Clause'],
    ['New BSD License', 'BSD-3-Clause'],
    ['Eclipse Public License - v 2.0', 'EPL-2.0'],
    ['Eclipse Public License v. 2.0', 'EPL-2.0'],
    ['EPL 2.0', 'EPL-2.0'],
    ['Common Public License Version 1.0', 'CPL-1.0'],
    ['Mozilla Public License 2.0 (MPL 2.0)', 'MPL-2.0'],
    ['GPL-2', 'GPL-2.0-only'],
    ['GPL-2+', 'GPL-2.0-or-later'],
    ['GPLv2', 'GPL-2.0-only'],
    ['LGPL v3', 'LGPL-3.0-only'],
    ['LGPL-2.1+', 'LGPL-2.1-or-later'],
    ['GNU General Public License v3 or later (GPLv3+)', 'GPL-3.0-or-later'],
    ['GNU Affero General Public License v3', 'AGPL-3.0-only'],
    ['GFDL-1.2+', 'GFDL-1.2-or-later'],
    ['GNU Free Documentation License v1.3', 'GFDL-1.3-only'],
    ['CC0', 'CC0-1.0'],
    ['ISC License (ISCL)', 'ISC'],
    ['The Unlicense (Unlicense)', 'Unlicense'],
    ['http://www.apache.org/licenses/LICENSE-2.0.txt', 'Apache-2.0'],
    ['http://www.eclipse.org/legal/epl-v10.html', 'EPL-1.0'],
    ['https://www.eclipse.org/legal/epl-2.0/', 'EPL-2.0'],
  ])('knows what %j means', (name, identifier) => {
    expect(identifierMeant(name)).toBe(identifier)
    expect(currentIds).toContain(identifier)
  })

  it.each([
    'https://opensource.org/licenses/MIT',
    'http://www.opensource.org/licenses/mit-license.php',
    'https://spdx.org/licenses/MIT.html',
  ])('knows the address %s', (address) => {
    expect(identifierMeant(address)?.toUpperCase()).toBe('MIT')
  })

  it.each([
    'BSD',
    'Apache License',
    'Apache Software License',
    'GPL',
    'GNU Lesser General Public License',
    'GNU Library or Lesser General Public License (LGPL)',
    'GNU General Public License, version 2 with the GNU Classpath Exception',
    'GNU General Public License v3 (GPLv3+)',
    'Apache License 2.0 (without patents)',
    'Similar to Apache License 2.0',
    'Expat (MIT/X11)',
    'Public Domain',
    'https://www.apache.org/licenses/',
    'https://example.com/licenses/MIT',
    'constructor',
    '',
  ])('leaves %j open, which may mean several', (name) => {
    expect(identifierMeant(name)).toBeNull()
  })

  it('answers to any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(identifierMeant(text) ?? '').toMatch(/^[\x21-\x7e\u0080-\uffff]*$/)
      }),
    )
  })
})
