/** What dpkg has installed. Debian, Ubuntu and all that descend from them. */
import { GIB } from '../../model/bytes.ts'
import type { Cataloger } from '../cataloger.ts'
import { dpkgPackages } from '../distributions/dpkg.ts'

export const dpkgStatus: Cataloger = {
  id: 'dpkg-status',
  title: "dpkg's database",
  version: 1,
  selects: {
    names: ['status'],
    // Below usr/ where a system keeps var/ empty.
    accepts: (path) => /(?:^|\/)lib\/dpkg\/status$/.test(path),
  },
  maxBytes: 2 * GIB,
  reads: 'stream',
  open: dpkgPackages,
}
