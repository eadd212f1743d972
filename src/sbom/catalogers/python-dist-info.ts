/** What pip and its kin have installed: `NAME-VERSION.dist-info/METADATA`. */
import { MIB } from '../../model/bytes.ts'
import type { Cataloger } from '../cataloger.ts'
import { pythonMetadata } from '../languages/python.ts'

export const pythonDistInfo: Cataloger = {
  id: 'python-dist-info',
  title: 'what pip and its kin have installed',
  version: 1,
  selects: { names: ['METADATA'], accepts: (path) => /\.?dist-info\/METADATA$/i.test(path) },
  maxBytes: 16 * MIB,
  reads: 'stream',
  open: pythonMetadata,
}
