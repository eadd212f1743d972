/** What operating system an image says it is. */
import { KIB } from '../../model/bytes.ts'
import type { Distribution } from '../../model/package.ts'
import { baseName } from '../../parsers/lines.ts'
import type { Cataloger, Found } from '../cataloger.ts'
import { textOf } from '../distributions/paragraphs.ts'

/**
 * The surest first. os-release(5) gives etc/ precedence, where mostly a link to the one in usr/lib is. The others are what
 * distributions had before; descendants of Red Hat have etc/redhat-release too, and those of Debian etc/debian_version.
 */
const READERS: Readonly<Record<string, (text: string) => Distribution | null>> = {
  'etc/os-release': osRelease,
  'usr/lib/os-release': osRelease,
  'etc/lsb-release': lsbRelease,
  'etc/oracle-release': redHatRelease,
  'etc/rocky-release': redHatRelease,
  'etc/almalinux-release': redHatRelease,
  'etc/centos-release': redHatRelease,
  'etc/fedora-release': redHatRelease,
  'etc/redhat-release': redHatRelease,
  'etc/system-release': redHatRelease,
  'etc/alpine-release': alpineRelease,
  'etc/debian_version': debianVersion,
  'etc/arch-release': archRelease,
}

export const osReleaseFiles: Cataloger = {
  id: 'os-release',
  title: 'which operating system it is',
  version: 1,
  selects: { paths: Object.keys(READERS) },
  maxBytes: 64 * KIB,
  reads: 'whole',
  catalog({ path, bytes }): Found[] {
    const distribution = READERS[path]?.(textOf(bytes)) ?? null
    if (distribution !== null) return [{ kind: 'distribution', distribution }]
    // Images without an operating system have an empty one.
    if (textOf(bytes) === '') return []
    return [{ kind: 'problem', says: `${baseName(path)} does not name an operating system` }]
  },
}

/** os-release(5): assignments as of a shell, of which nothing is run. */
function osRelease(text: string): Distribution | null {
  const values = assignments(text)
  const name = values.get('PRETTY_NAME') || values.get('NAME')
  // The manual gives `linux` to those that have a name and no ID.
  const id = idOf(values.get('ID') ?? (name ? 'linux' : ''))
  if (id === null) return null
  return { id, version: versionOf(values.get('VERSION_ID')), name: name || id }
}

function lsbRelease(text: string): Distribution | null {
  const values = assignments(text)
  const id = idOf(values.get('DISTRIB_ID') ?? '')
  if (id === null) return null
  return {
    id,
    version: versionOf(values.get('DISTRIB_RELEASE')),
    name: values.get('DISTRIB_DESCRIPTION') || (values.get('DISTRIB_ID') ?? id),
  }
}

/** What the first words of `CentOS release 6.10 (Final)` are called in os-release files. */
const RED_HAT_IDS: readonly [RegExp, string][] = [
  [/^Red Hat/, 'rhel'],
  [/^CentOS/, 'centos'],
  [/^Fedora/, 'fedora'],
  [/^Rocky/, 'rocky'],
  [/^AlmaLinux/, 'almalinux'],
  [/^Oracle/, 'ol'],
  [/^Amazon/, 'amzn'],
  [/^Scientific/, 'scientific'],
  [/^Enterprise Linux/, 'ol'],
]

function redHatRelease(text: string): Distribution | null {
  const [line = ''] = text.split('\n')
  const [, version] = /\brelease (\d[\w.]*)/.exec(line) ?? []
  const [, id] = RED_HAT_IDS.find(([words]) => words.test(line)) ?? []
  return id === undefined ? null : { id, version: version ?? null, name: line.trim() }
}

function alpineRelease(text: string): Distribution | null {
  const [, version] = /^(\d+\.\d[\w.]*)$/.exec(text) ?? []
  return version === undefined ? null : { id: 'alpine', version, name: `Alpine Linux ${version}` }
}

/** `12.5`, or `trixie/sid` where there is no number yet. */
function debianVersion(text: string): Distribution | null {
  const [, word] = /^([\w./-]+)$/.exec(text) ?? []
  if (word === undefined) return null
  const [, major] = /^(\d+)(?:\.\d+)*$/.exec(word) ?? []
  return { id: 'debian', version: major ?? null, name: `Debian GNU/Linux ${word}` }
}

function archRelease(): Distribution {
  return { id: 'arch', version: null, name: 'Arch Linux' }
}

function assignments(text: string): Map<string, string> {
  const values = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, name, value] = /^\s*([A-Z][A-Z0-9_]*)=(.*)/.exec(line) ?? []
    if (name !== undefined && value !== undefined) values.set(name, unquoted(value.trimEnd()))
  }
  return values
}

function unquoted(value: string): string {
  const [, single] = /^'([^']*)'$/.exec(value) ?? []
  if (single !== undefined) return single
  const [, double = value] = /^"(.*)"$/.exec(value) ?? []
  return double.replaceAll(/\\([$"'`\\])/g, '$1')
}

/** As it stands in purls; some write capitals where the manual has none. */
function idOf(text: string): string | null {
  const id = text.trim().toLowerCase()
  return /^[a-z0-9][a-z0-9._-]{0,63}$/.test(id) ? id : null
}

function versionOf(text: string | undefined): string | null {
  return text !== undefined && /^[\w.+~-]{1,64}$/.test(text) ? text : null
}
