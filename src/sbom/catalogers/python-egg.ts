/**
 * `NAME-VERSION-pyX.Y.egg` as an archive, which easy_install did not unpack.
 * https://setuptools.pypa.io/en/latest/deprecated/python_eggs.html
 */
import { GIB } from '../../model/bytes.ts'
import type { Cataloger } from '../cataloger.ts'
import { pythonMetadata } from '../languages/python.ts'
import { inZip } from '../languages/zipped.ts'

const METADATA = /^EGG-INFO\/PKG-INFO$/i

export const pythonEgg: Cataloger = {
  id: 'python-egg',
  title: 'eggs that are one file',
  version: 1,
  selects: { endings: ['.egg'] },
  maxBytes: GIB,
  reads: 'anywhere',
  catalog: (file) => inZip(file, METADATA, pythonMetadata),
}
