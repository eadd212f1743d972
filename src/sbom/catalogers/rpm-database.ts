/** What rpm has installed: the descendants of Red Hat and SUSE, Amazon Linux, Photon. */
import { GIB } from '../../model/bytes.ts'
import type { Cataloger, Found, RandomFile } from '../cataloger.ts'
import { installed } from '../distributions/package.ts'
import { berkeley } from '../rpm/berkeley.ts'
import { type RpmHeader, RpmHeaderReader } from '../rpm/header.ts'
import { ndb } from '../rpm/ndb.ts'
import type { Record } from '../rpm/record.ts'
import { sqlite } from '../rpm/sqlite.ts'

const KINDS = [sqlite, ndb, berkeley]
const BEGINNING_BYTES = 64
/** A log of SQLite without changes. */
const EMPTY_LOG_BYTES = 32
/** After so many, nothing good is to be expected, and much time to be lost. */
const MAX_DAMAGES = 10_000
/** Keys that packages are signed with are kept as packages. */
const KEY = 'gpg-pubkey'

export const rpmDatabase: Cataloger = {
  id: 'rpm-database',
  title: "rpm's database, in each of its three forms",
  version: 1,
  selects: {
    names: ['Packages', 'Packages.db', 'rpmdb.sqlite', 'rpmdb.sqlite-wal'],
    accepts: (path) => /(?:^|\/)(?:var\/lib|usr\/lib\/sysimage|usr\/share)\/rpm\/[^/]+$/.test(path),
  },
  maxBytes: 2 * GIB,
  reads: 'anywhere',
  *catalog(file) {
    if (file.path.endsWith('-wal')) yield* unwritten(file)
    else if (file.size > 0) yield* packagesIn(file)
  },
}

/**
 * rpm writes changes to a log beside its database, and moves them over when it ends: in images the log has 0 bytes. One that has
 * more belongs to an rpm that runs, or was killed.
 */
function* unwritten(file: RandomFile): Iterable<Found> {
  if (file.size <= EMPTY_LOG_BYTES) return
  yield {
    kind: 'problem',
    says: 'rpm did not close its database: changes in this log are not counted, where they are not in rpmdb.sqlite too',
  }
}

function* packagesIn(file: RandomFile): Iterable<Found> {
  const beginning = Uint8Array.from(file.read(0, BEGINNING_BYTES))
  const kind = KINDS.find((one) => one.recognises(beginning))
  if (kind === undefined) {
    yield { kind: 'problem', says: 'it is none of the kinds of databases that rpm has' }
    return
  }
  const damages = { count: 0, first: '' }
  function damage(says: string): void {
    damages.first ||= says
    damages.count++
  }
  for (const record of kind.records(file)) {
    const header = 'says' in record ? null : headerOf(record)
    const one = header === null ? null : packageOf(header)
    if ('says' in record) damage(record.says)
    else if (one === null) damage('a record is none of a package')
    else if (header?.name !== KEY) yield one
    if (damages.count >= MAX_DAMAGES) break
  }
  if (damages.count > 0) {
    const more = damages.count > 1 ? `, and ${damages.count - 1} more like it` : ''
    yield { kind: 'problem', says: `${damages.first}${more}` }
  }
}

function headerOf(record: Record): RpmHeader | null {
  const reader = new RpmHeaderReader()
  for (const piece of record) {
    reader.push(piece)
    if (reader.isDone) break
  }
  return reader.header
}

/** The epoch is no part of the version in purls. https://github.com/package-url/purl-spec, rpm */
function packageOf(header: RpmHeader): Found | null {
  const { name, version, release, arch, epoch, license, sourceRpm, modularityLabel } = header
  return installed({
    type: 'rpm',
    name,
    version: release === '' ? version : `${version}-${release}`,
    arch,
    upstream: sourceRpm,
    licences: [license],
    qualifiers: { epoch, rpmmod: modularityLabel },
  })
}
