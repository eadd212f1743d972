import { expect, test } from 'vitest'
import { catalogFile, catalogFixture, packageFixture } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { osReleaseFiles } from './os-release.ts'

const OS_RELEASE = 'usr/lib/os-release'

async function read(path: string, text: string): Promise<string[]> {
  return shown(await catalogFile(osReleaseFiles, path, Buffer.from(text)))
}

test('Debian says what it is, now and as before os-release', async () => {
  expect(shown(await catalogFixture(osReleaseFiles, 'debian'))).toEqual([
    'debian 12 (Debian GNU/Linux 12 (bookworm))',
  ])
  expect(shown(await catalogFixture(osReleaseFiles, 'debian-before'))).toEqual([
    'debian 12 (Debian GNU/Linux 12.11)',
  ])
})

/** Written by hand, after what the distributions ship. */
test.each([
  [
    'quotes of either kind',
    `ID='alpine'\nVERSION_ID=3.21.3\nPRETTY_NAME="Alpine Linux v3.21"`,
    'alpine 3.21.3 (Alpine Linux v3.21)',
  ],
  [
    'what a shell takes for itself',
    'ID=x\nPRETTY_NAME="a \\"b\\" \\$c \\`d\\` \\\\e"',
    'x rolling (a "b" $c `d` \\e)',
  ],
  [
    'a rolling one',
    'NAME="Arch Linux"\nPRETTY_NAME="Arch Linux"\nID=arch\nBUILD_ID=rolling',
    'arch rolling (Arch Linux)',
  ],
  ['capitals', 'ID="RHEL"\r\nVERSION_ID="9.5"\r\nNAME="Red Hat"\r\n', 'rhel 9.5 (Red Hat)'],
  ['a name without ID', 'NAME=Thing', 'linux rolling (Thing)'],
  ['the last of two', 'ID=a\n# ID=b\nID=c', 'c rolling (c)'],
  ['nothing is run', 'ID=a\nVERSION_ID=$(reboot)', 'a rolling (a)'],
])('%s', async (_, text, expected) => {
  expect(await read(OS_RELEASE, text)).toEqual([expected])
})

test.each([
  [
    'etc/redhat-release',
    'CentOS release 6.10 (Final)\n',
    'centos 6.10 (CentOS release 6.10 (Final))',
  ],
  [
    'etc/redhat-release',
    'Red Hat Enterprise Linux Server release 7.9 (Maipo)',
    'rhel 7.9 (Red Hat Enterprise Linux Server release 7.9 (Maipo))',
  ],
  [
    'etc/system-release',
    'Amazon Linux release 2 (Karoo)',
    'amzn 2 (Amazon Linux release 2 (Karoo))',
  ],
  [
    'etc/oracle-release',
    'Oracle Linux Server release 8.10',
    'ol 8.10 (Oracle Linux Server release 8.10)',
  ],
  [
    'etc/lsb-release',
    'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=14.04\nDISTRIB_DESCRIPTION="Ubuntu 14.04.6 LTS"',
    'ubuntu 14.04 (Ubuntu 14.04.6 LTS)',
  ],
  ['etc/alpine-release', '3.2.3\n', 'alpine 3.2.3 (Alpine Linux 3.2.3)'],
  ['etc/debian_version', 'trixie/sid\n', 'debian rolling (Debian GNU/Linux trixie/sid)'],
  ['etc/arch-release', '', 'arch rolling (Arch Linux)'],
])('%s: %s', async (path, text, expected) => {
  expect(await read(path, text)).toEqual([expected])
})

test('an image without an operating system has an empty one; other words are told', async () => {
  expect(await read(OS_RELEASE, '')).toEqual([])
  expect(await read(OS_RELEASE, 'hello')).toEqual([
    'problem: os-release does not name an operating system',
  ])
})

test('the surest comes first', () => {
  const paths = osReleaseFiles.selects.paths ?? []
  expect(paths.slice(0, 2)).toEqual(['etc/os-release', 'usr/lib/os-release'])
  // Rocky has both, and so has Debian's descendant Ubuntu.
  expect(paths.indexOf('etc/rocky-release')).toBeLessThan(paths.indexOf('etc/redhat-release'))
  expect(paths.indexOf('etc/lsb-release')).toBeLessThan(paths.indexOf('etc/debian_version'))
})

test.each([...(osReleaseFiles.selects.paths ?? [])])('damaged: %s', async (path) => {
  const seeds = [
    ...packageFixture('os-release', 'debian').values(),
    Buffer.from('CentOS release 6.10'),
  ]
  await expectToSurvive(osReleaseFiles, path, seeds, 60)
})
