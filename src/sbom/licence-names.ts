/**
 * What people write where an identifier of SPDX was meant: `The Apache Software License, Version 2.0`, `GPL-2+`, an address.
 * Only names that mean one licence are known; `BSD`, or `Apache License` without a version, mean several.
 */

/** Names with a version behind them, by the beginning of their identifiers. */
const VERSIONED = mapOf({
  'academic free': 'AFL',
  'affero general public': 'AGPL',
  agpl: 'AGPL',
  apache: 'Apache',
  'apache public': 'Apache',
  artistic: 'Artistic',
  boost: 'BSL',
  cddl: 'CDDL',
  'common development and distribution': 'CDDL',
  'common public': 'CPL',
  cpl: 'CPL',
  'eclipse public': 'EPL',
  epl: 'EPL',
  eupl: 'EUPL',
  'european union public': 'EUPL',
  'free documentation': 'GFDL',
  'general public': 'GPL',
  gfdl: 'GFDL',
  gpl: 'GPL',
  'lesser general public': 'LGPL',
  lgpl: 'LGPL',
  'mozilla public': 'MPL',
  mpl: 'MPL',
  'zope public': 'ZPL',
})

/** Others; Debian's `Expat` stands in its copyright format 1.0. */
const WHOLE = mapOf({
  'bsd 2 clause': 'BSD-2-Clause',
  'bsd 3 clause': 'BSD-3-Clause',
  '2 clause bsd': 'BSD-2-Clause',
  '3 clause bsd': 'BSD-3-Clause',
  'cc 0': 'CC0-1.0',
  'cc 0 1.0 universal': 'CC0-1.0',
  expat: 'MIT',
  isc: 'ISC',
  iscl: 'ISC',
  mit: 'MIT',
  'modified bsd': 'BSD-3-Clause',
  'new bsd': 'BSD-3-Clause',
  postgresql: 'PostgreSQL',
  'revised bsd': 'BSD-3-Clause',
  'simplified bsd': 'BSD-2-Clause',
  unlicense: 'Unlicense',
  zlib: 'Zlib',
})

/** These are stated as one version, or as it and later ones. */
const GNU: ReadonlySet<string> = new Set(['AGPL', 'GFDL', 'GPL', 'LGPL'])

const ADDRESSES: readonly [RegExp, (part: string) => string][] = [
  [/^apache\.org\/licenses\/license-(\d\.\d)$/, (version) => `Apache-${version}`],
  [/^eclipse\.org\/legal\/epl-v?(\d)\.?0$/, (version) => `EPL-${version}.0`],
  [/^(?:opensource|spdx)\.org\/licenses?\/([^/]+?)(?:-license)?$/, (id) => id],
]

const MAX_LENGTH = 200

/** The identifier that is meant, in any case of letters, and perhaps one that SPDX does not know; null where it is not clear. */
export function identifierMeant(name: string): string | null {
  if (name.length > MAX_LENGTH) return null
  const address = /^https?:\/\/(?:www\.)?(.+?)(?:\.(?:txt|html?|php))?\/?$/i.exec(name)?.[1]
  if (address !== undefined) return meantByAddress(address.toLowerCase())
  // `Mozilla Public License 2.0 (MPL 2.0)`
  const [, outside, inside] = /^(.+)\(([^()]+)\)$/.exec(name.trim()) ?? []
  if (outside !== undefined && inside !== undefined) {
    const meant = identifierMeant(outside)
    return meant === identifierMeant(inside) ? meant : null
  }
  const words = plainWords(name)
  const whole = WHOLE.get(words)
  if (whole !== undefined) return whole
  const {
    family = '',
    number = '',
    later,
  } = /^(?:gnu )?(?<family>[a-z ]+?) (?<number>\d+(?:\.\d+)?)(?<later>\+| or later| or any later)?$/.exec(
    words,
  )?.groups ?? {}
  const begin = VERSIONED.get(family)
  if (begin === undefined) return null
  // A missing zero is no difference: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/#license-short-name
  const identifier = `${begin}-${number.includes('.') ? number : `${number}.0`}`
  if (GNU.has(begin)) return `${identifier}-${later === undefined ? 'only' : 'or-later'}`
  return later === undefined ? identifier : null
}

function meantByAddress(address: string): string | null {
  for (const [pattern, identifierOf] of ADDRESSES) {
    const part = pattern.exec(address)?.[1]
    if (part !== undefined) return identifierOf(part)
  }
  return null
}

/** In lower case and without what does not tell licences apart: `apache 2.0`, `gpl 2+`. */
function plainWords(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/["',;:_\s-]+/g, ' ')
    .replaceAll(/\b(?:the|software|licen[cs]e|version)\b/g, ' ')
    .replaceAll(/\bv\.? ?(?=\d)/g, '')
    .replaceAll(/(?<=[a-z])v?(?=\d)/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

function mapOf(table: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(table))
}
