import { expect, test } from 'vitest'
import { catalogFile } from '../../../test/support/cataloged.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { opkgStatus } from './opkg-status.ts'

/** Written by hand: no opkg is to be had. The fields are those of OpenWrt 23.05. */
const STATUS = `Package: libc
Version: 1.2.4-4
Depends: libgcc1
Status: install user installed
Architecture: x86_64
Installed-Time: 1696945021

Package: old
Version: 1
Status: deinstall ok not-installed
Architecture: x86_64
`
const CONTROL = `Package: base-files
Version: 1550-r23497-6637af95aa
Depends: libc, netifd
License: GPL-2.0
Section: base
Architecture: x86_64
Description:  This package contains a base filesystem
`

test.each([
  ['usr/lib/opkg/status', STATUS, ['deb libc 1.2.4-4 arch=x86_64']],
  [
    'usr/lib/opkg/info/base-files.control',
    CONTROL,
    ['deb base-files 1550-r23497-6637af95aa arch=x86_64 [GPL-2.0]'],
  ],
])('%s', async (path, text, expected) => {
  expect(opkgStatus.selects.accepts?.(path)).toBe(true)
  expect(shown(await catalogFile(opkgStatus, path, Buffer.from(text)))).toEqual(expected)
})

test('control files of others are left alone', () => {
  expect(opkgStatus.selects.accepts?.('usr/share/desktop/a.control')).toBe(false)
})
