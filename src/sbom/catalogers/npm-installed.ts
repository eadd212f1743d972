/** `package.json`: of packages in node_modules, wherever that lies, and of applications. */
import { MIB } from '../../model/bytes.ts'
import type { Cataloger } from '../cataloger.ts'
import { npmManifest } from '../languages/npm-manifest.ts'

export const npmInstalled: Cataloger = {
  id: 'npm-installed',
  title: '`package.json` in `node_modules`, and of applications',
  version: 1,
  selects: { names: ['package.json'] },
  maxBytes: 256 * MIB,
  reads: 'stream',
  open: npmManifest,
}
