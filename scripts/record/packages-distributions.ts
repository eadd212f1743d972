/**
 * Records databases of packages that dpkg, rpm and pacman write, and beside each what its own tool reads out of it:
 * `node scripts/record/packages-distributions.ts`. Needs root on Debian, and the packages rpm, db5.3-util, sqlite3, gnupg,
 * pacman-package-manager, makepkg and libarchive-tools. Writes fixtures/packages/CATALOGER/CASE/; takes half a minute.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { must } from '../lib/exec.ts'
import { REPO } from '../lib/repo.ts'
import {
  berkeleyOf,
  buildRpms,
  installRpms,
  manifestOf,
  ndbOf,
  shownByRpm,
} from '../../test/support/rpm-databases.ts'

const FIXTURES = join(REPO, 'fixtures/packages')
/** With epochs, sources of other names and versions, a rebuild, and none of a script that would have to be run. */
const DEBIAN = [
  'gcc-12-base',
  'libgcc-s1',
  'libgmp10',
  'zlib1g',
  'libacl1',
  'libmpfr6',
  'bash',
  'netbase',
]
const DISTROLESS = ['zlib1g', 'netbase']

const folder = mkdtempSync('/var/tmp/stella-packages-')
try {
  await recordDpkg(join(folder, 'dpkg'))
  await recordRpm(join(folder, 'rpm'))
  await recordPacman(join(folder, 'pacman'))
} finally {
  rmSync(folder, { recursive: true })
}

async function recordDpkg(room: string): Promise<void> {
  mkdirSync(room)
  await must('apt-get', ['download', '-q', '-o', 'APT::Sandbox::User=root', ...DEBIAN], {
    cwd: room,
  })
  const root = join(room, 'root')
  const admin = join(root, 'var/lib/dpkg')
  mkdirSync(join(admin, 'info'), { recursive: true })
  mkdirSync(join(admin, 'updates'))
  for (const file of ['status', 'available']) writeFileSync(join(admin, file), '')
  const dpkg = ['--root', root, '--force-all', '--log=/dev/null']
  const packages = (await must('sh', ['-c', 'ls *.deb'], { cwd: room })).trim().split('\n')
  await must('dpkg', [...dpkg, '--unpack', ...packages], { cwd: room })
  // Those with scripts stay unpacked.
  await must('dpkg', [...dpkg, '--configure', ...DEBIAN.slice(0, 6)])
  // As bazel's rules for distroless images lay them there: the control file of each package, and its sums of files.
  for (const name of DISTROLESS) {
    const file = packages.find((one) => one.startsWith(`${name}_`)) ?? ''
    const to = `dpkg-status-d/distroless/var/lib/dpkg/status.d/${name}`
    write(to, await must('dpkg-deb', ['--field', join(room, file)]))
    write(
      `${to}.md5sums`,
      readFileSync(join(admin, 'info', `${name}${name === 'zlib1g' ? ':amd64' : ''}.md5sums`)),
    )
  }
  for (const name of ['libacl1', 'bash', 'zlib1g', 'libgmp10', 'libmpfr6']) {
    const path = `usr/share/doc/${name}/copyright`
    write(`dpkg-copyright/debian/${path}`, readFileSync(join(root, path)))
  }
  // One is taken away again: its settings stay.
  await must('dpkg', [...dpkg, '--remove', 'netbase'])

  const status = join(admin, 'status')
  write('dpkg-status/debian/var/lib/dpkg/status', readFileSync(status))
  const format = `${[
    'db:Status-Status',
    'Package',
    'Version',
    'Architecture',
    'source:Package',
    'source:Version',
  ]
    .map((field) => `\${${field}}`)
    .join('\\t')}\\n`
  write(
    'dpkg-status/debian.dpkg-query.tsv',
    await must('dpkg-query', ['--admindir', admin, '--show', '--showformat', format]),
  )
  write('os-release/debian/usr/lib/os-release', readFileSync('/usr/lib/os-release'))
  write('os-release/debian-before/etc/debian_version', readFileSync('/etc/debian_version'))
}

async function recordRpm(room: string): Promise<void> {
  mkdirSync(room)
  const database = await installRpms(room, await buildRpms(room))
  write('rpm-database/rpm-qa.tsv', await shownByRpm(database))
  write('rpm-manifest/mariner/var/lib/rpmmanifest/container-manifest-2', await manifestOf(database))

  const sqlite = join(database, 'rpmdb.sqlite')
  for (const bytes of [4096, 16_384]) {
    const path = join(room, `Packages-${bytes}`)
    await berkeleyOf(sqlite, path, bytes)
    write(`rpm-database/berkeley-${bytes}/var/lib/rpm/Packages`, readFileSync(path))
  }
  write('rpm-database/ndb-by-hand/usr/lib/sysimage/rpm/Packages.db', await ndbOf(sqlite))

  // Without the tables that packages are searched by, which are most of it.
  const others = await must('sqlite3', [
    sqlite,
    "select name from sqlite_schema where type = 'table' and name not in ('Packages', 'sqlite_sequence')",
  ])
  const drops = others
    .trim()
    .split('\n')
    .map((name) => `drop table "${name}";`)
  await must('sqlite3', [sqlite, `${drops.join('')} vacuum;`])
  write('rpm-database/sqlite/usr/lib/sysimage/rpm/rpmdb.sqlite', readFileSync(sqlite))
}

async function recordPacman(room: string): Promise<void> {
  const build = join(room, 'build')
  const root = join(room, 'root')
  const database = join(root, 'var/lib/pacman')
  mkdirSync(build, { recursive: true })
  mkdirSync(database, { recursive: true })
  writeFileSync(
    join(build, 'PKGBUILD'),
    `pkgbase=stella
pkgname=(stella-tool stella-libs)
pkgver=2.3
pkgrel=4
arch=(any)
license=('MIT' 'custom:Stella License')
package_stella-tool() { install -Dm644 /dev/null "$pkgdir/usr/share/stella/tool"; }
package_stella-libs() { license=(GPL); install -Dm644 /dev/null "$pkgdir/usr/share/stella/libs"; }
`,
  )
  // makepkg does not run as root.
  await must('chown', ['-R', 'nobody', room])
  await must('chmod', ['755', folder, room])
  await must('setpriv', ['--reuid=65534', '--clear-groups', 'makepkg', '--nodeps', '--skipinteg'], {
    cwd: build,
    env: { ...process.env, HOME: build, PACKAGER: 'Stella <stella@localhost>', PKGEXT: '.pkg.tar' },
  })
  const pacman = ['--root', root, '--dbpath', database, '--noconfirm']
  const files = (await must('sh', ['-c', 'ls *.pkg.tar'], { cwd: build })).trim().split('\n')
  await must('pacman', [...pacman, '--upgrade', ...files], { cwd: build })
  write('alpm-desc/pacman.query.txt', await must('pacman', [...pacman, '--query']))
  cpSync(join(database, 'local'), join(FIXTURES, 'alpm-desc/pacman/var/lib/pacman/local'), {
    recursive: true,
    filter: (path) => !/\/(?:mtree|files|ALPM_DB_VERSION)$/.test(path),
  })
}

function write(path: string, content: string | Uint8Array): void {
  const to = join(FIXTURES, path)
  mkdirSync(dirname(to), { recursive: true })
  writeFileSync(to, content)
}
