/**
 * Distroless images have no dpkg, but keep what it would know in one file for each package.
 * https://github.com/GoogleContainerTools/distroless/blob/main/PACKAGE_METADATA.md
 */
import { MIB } from '../../model/bytes.ts'
import type { Cataloger } from '../cataloger.ts'
import { dpkgPackages } from '../distributions/dpkg.ts'

export const dpkgStatusD: Cataloger = {
  id: 'dpkg-status-d',
  title: "dpkg's database in distroless images, one file for each package",
  version: 1,
  selects: {
    folders: ['var/lib/dpkg/status.d', 'usr/lib/dpkg/status.d'],
    // Sums of files of the package of that name lie beside it.
    accepts: (path) => !path.endsWith('.md5sums'),
  },
  maxBytes: 16 * MIB,
  reads: 'stream',
  open: dpkgPackages,
}
