/**
 * Archives of `.yarn/cache`: with Plug'n'Play, applications run out of them and have no node_modules. `.pnp.cjs` says only where
 * they are looked for; what lies here is there. https://yarnpkg.com/features/pnp
 */
import { GIB } from '../../model/bytes.ts'
import type { Cataloger } from '../cataloger.ts'
import { npmManifest } from '../languages/npm-manifest.ts'
import { inZip } from '../languages/zipped.ts'

/** Of the package itself, and not of what lies somewhere inside of it. */
const MANIFEST = /^node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$/

export const yarnCache: Cataloger = {
  id: 'yarn-cache',
  title: "archives that Plug'n'Play runs from",
  version: 1,
  selects: {
    endings: ['.zip'],
    // In the application, or for all of a user.
    accepts: (path) => /(?:^|\/)\.yarn\/(?:berry\/)?cache\/[^/]+\.zip$/.test(path),
  },
  maxBytes: GIB,
  reads: 'anywhere',
  catalog: (file) => inZip(file, MANIFEST, npmManifest),
}
