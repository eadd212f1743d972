/** What opkg has installed. OpenWrt and images that Yocto builds; their packages are called `deb` packages, as dpkg's are. */
import { MIB } from '../../model/bytes.ts'
import type { Cataloger } from '../cataloger.ts'
import { dpkgPackages } from '../distributions/dpkg.ts'

export const opkgStatus: Cataloger = {
  id: 'opkg-status',
  title: "opkg's database: OpenWrt, Yocto",
  version: 1,
  selects: {
    names: ['status'],
    endings: ['.control'],
    accepts: (path) => /(?:^|\/)lib\/opkg\/(?:status|info\/[^/]+\.control)$/.test(path),
  },
  maxBytes: 256 * MIB,
  reads: 'stream',
  open: dpkgPackages,
}
