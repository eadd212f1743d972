/** Databases of packages that rpm itself wrote, and the same packages in the other kinds of databases that it has. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { must } from '../../scripts/lib/exec.ts'
import type { Found } from '../../src/sbom/cataloger.ts'

/** With and without an epoch, a header of many pages, a package of a module, a licence that is an expression. */
const SPEC = `Name: stella-tool
Epoch: 2
Version: 1.4.2
Release: 3%{?dist}
Summary: A tool
License: MIT and (Apache-2.0 or GPL-2.0-only)
BuildArch: noarch
ModularityLabel: stella:1:20260101:abcdef12
%description
A tool with many files.
%install
mkdir -p %{buildroot}/usr/share/stella-tool
for i in $(seq 1 120); do echo $i > %{buildroot}/usr/share/stella-tool/a-file-with-a-long-name-$i; done
%files
/usr/share/stella-tool
`

const SPEC_OF_LIBRARIES = `Name: stella-libs
Version: 0.9~rc1^git7
Release: 1
Summary: Libraries
License: BSD-3-Clause
%description
No files.
%files
`

/** Its last step takes longer than any test. */
const SPEC_THAT_HANGS = `Name: stella-hangs
Version: 1
Release: 1
Summary: Hangs
License: MIT
BuildArch: noarch
%description
Hangs.
%post -p <lua>
posix.sleep(600)
%files
`

const INSTALL = ['--install', '--nodeps', '--ignorearch']

/** What the tests and the recordings compare with. */
const SHOWN = [
  'NAME',
  'EPOCH',
  'VERSION',
  'RELEASE',
  'ARCH',
  'SOURCERPM',
  'LICENSE',
  'MODULARITYLABEL',
]
/** As Azure Linux writes it into images that have no database. */
const MANIFEST = [
  'NAME',
  'VERSION}-%{RELEASE',
  'INSTALLTIME',
  'BUILDTIME',
  'VENDOR',
  'EPOCH',
  'SIZE',
  'ARCH',
  'EPOCHNUM',
  'SOURCERPM',
]

/** Files of packages, below the folder. */
export async function buildRpms(folder: string): Promise<string[]> {
  const specs = { 'stella-tool': SPEC, 'stella-libs': SPEC_OF_LIBRARIES }
  return Promise.all(Object.entries(specs).map(([name, text]) => buildRpm(folder, name, text)))
}

async function buildRpm(folder: string, name: string, spec: string): Promise<string> {
  // Two that are built side by side must not make one folder.
  const top = join(folder, 'build', name)
  const settings = defines({
    _topdir: top,
    dist: '.fx1',
    _buildhost: 'localhost',
    _rpmdir: top,
    _build_name_fmt: '%%{NAME}.rpm',
  })
  mkdirSync(top, { recursive: true })
  const path = join(folder, `${name}.spec`)
  writeFileSync(path, spec)
  await must('rpmbuild', ['-bb', '--quiet', ...settings, path])
  return join(top, `${name}.rpm`)
}

/** Installs them into a system of their own, with a key beside them; gives the folder of its database. */
export async function installRpms(folder: string, files: readonly string[]): Promise<string> {
  const database = join(folder, 'root/var/lib/rpm')
  mkdirSync(database, { recursive: true })
  const rpm = ['--dbpath', database, ...defines({ _db_backend: 'sqlite' })]
  await must('rpm', [...rpm, '--initdb'])
  await must('rpm', [...rpm, '--import', await publicKey(folder)])
  await must('rpm', [...rpm, ...INSTALL, '--justdb', ...files])
  return database
}

/** A database whose rpm is killed after it wrote a package into it; gives its folder. */
export async function killRpm(folder: string): Promise<string> {
  const file = await buildRpm(folder, 'stella-hangs', SPEC_THAT_HANGS)
  const database = join(folder, 'killed')
  mkdirSync(database)
  const rpm = ['--dbpath', database, ...defines({ _db_backend: 'sqlite' })]
  await must('rpm', [...rpm, '--initdb'])
  const child = spawn('rpm', [...rpm, ...INSTALL, file])
  const ended = once(child, 'exit')
  try {
    for (let tries = 0; (await shownByRpm(database)) === '' && tries < 200; tries++) {
      await sleep(100)
    }
  } finally {
    child.kill('SIGKILL')
  }
  await ended
  return database
}

/** A line of fields for each package, as rpm reads them; `(none)` where nothing is stated. */
export function shownByRpm(database: string): Promise<string> {
  return query(database, SHOWN)
}

export function manifestOf(database: string): Promise<string> {
  return query(database, MANIFEST)
}

function query(database: string, fields: readonly string[]): Promise<string> {
  const format = `${fields.map((field) => `%{${field}}`).join('\\t')}\\n`
  const rpm = ['--dbpath', database, ...defines({ _db_backend: 'sqlite' })]
  return must('rpm', [...rpm, '--query', '--all', '--queryformat', format])
}

/** The same packages in a file of Berkeley DB, written by its own tool. */
export async function berkeleyOf(sqlite: string, to: string, pageBytes: number): Promise<void> {
  const packages = await blobsOf(sqlite)
  const counter = little(packages.at(-1)?.number ?? 0)
  const entries = [
    [little(0), counter] as const,
    ...packages.map(({ number, blob }) => [little(number), blob] as const),
  ]
  const lines = entries.flatMap((entry) => entry.map((bytes) => ` ${bytes.toString('hex')}`))
  const head = [
    'VERSION=3',
    'format=bytevalue',
    'type=hash',
    `db_pagesize=${pageBytes}`,
    'HEADER=END',
  ]
  const dump = `${to}.dump`
  writeFileSync(dump, `${[...head, ...lines, 'DATA=END'].join('\n')}\n`)
  await must('db5.3_load', ['-f', dump, to])
}

/**
 * The same packages as rpm's own kind of database would hold them. Made by hand, for Debian's rpm does not have that kind: the
 * layout follows rpm's lib/backend/ndb/rpmpkg.c and is understood by Trivy 0.74; its sums of blobs are left zero.
 */
export async function ndbOf(sqlite: string): Promise<Buffer> {
  const packages = await blobsOf(sqlite)
  const slotPages = Math.ceil((packages.length + 3) / 256)
  const slots = Buffer.alloc(slotPages * 4096)
  for (let slot = 0; slot < slots.length; slot += 16) slots.write('Slot', slot)
  slots.write('RpmP')
  ;[0, 1, slotPages, packages.length + 1].forEach((value, at) =>
    slots.writeUInt32LE(value, 4 + 4 * at),
  )
  const blobs: Buffer[] = []
  let block = slots.length / 16
  for (const [index, { number, blob }] of packages.entries()) {
    const size = Math.ceil((16 + blob.length + 12) / 16)
    const whole = Buffer.alloc(size * 16)
    whole.write('BlbS')
    ;[number, 1, blob.length].forEach((value, at) => whole.writeUInt32LE(value, 4 + 4 * at))
    blob.copy(whole, 16)
    whole.writeUInt32LE(blob.length, whole.length - 8)
    whole.write('BlbE', whole.length - 4)
    blobs.push(whole)
    // After the head a slot stays free, as where a package was taken away.
    const slot = 32 + 16 * (index + 1)
    ;[number, block, size].forEach((value, at) => slots.writeUInt32LE(value, slot + 4 + 4 * at))
    block += size
  }
  return Buffer.concat([slots, ...blobs])
}

async function blobsOf(sqlite: string): Promise<{ number: number; blob: Buffer }[]> {
  const rows = await must('sqlite3', [sqlite, 'select hnum, hex(blob) from Packages order by hnum'])
  return rows
    .trim()
    .split('\n')
    .map((row) => {
      const [number = '', hex = ''] = row.split('|')
      return { number: Number(number), blob: Buffer.from(hex, 'hex') }
    })
}

async function publicKey(folder: string): Promise<string> {
  const home = join(folder, 'gnupg')
  const key = join(folder, 'key.asc')
  mkdirSync(home, { mode: 0o700 })
  const gpg = ['--homedir', home, '--batch', '--no-autostart']
  await must('gpg', [
    '--homedir',
    home,
    '--batch',
    '--passphrase',
    '',
    '--quick-generate-key',
    'stella@localhost',
    'rsa2048',
    'sign',
    'never',
  ])
  writeFileSync(key, await must('gpg', [...gpg, '--armor', '--export']))
  await must('gpgconf', ['--homedir', home, '--kill', 'gpg-agent'])
  return key
}

function defines(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ['--define', `${name} ${value}`])
}

function little(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

/** What rpm shows of packages, but keys, as lines that can be compared. */
export function rpmTruth(shown: string): string[] {
  return shown
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('gpg-pubkey\t'))
    .toSorted()
}

/** The same of what was found. */
export function rpmTruthOf(found: readonly Found[]): string[] {
  return found
    .flatMap((one) => (one.kind === 'package' ? [one.package] : []))
    .map(({ name, version, qualifiers, licences }) => {
      const dash = version?.lastIndexOf('-') ?? -1
      const [epoch, arch, upstream, rpmmod] = ['epoch', 'arch', 'upstream', 'rpmmod'].map(
        (key) => qualifiers[key] ?? '(none)',
      )
      const versions = [version?.slice(0, dash), version?.slice(dash + 1)]
      return [name, epoch, ...versions, arch, upstream, ...licences, rpmmod].join('\t')
    })
    .toSorted()
}
