/**
 * What setuptools has installed, the older way, and what distributions have: `NAME.egg-info` as a file or as a folder, or
 * `EGG-INFO` in an egg that is a folder. https://setuptools.pypa.io/en/latest/deprecated/python_eggs.html
 */
import { MIB } from '../../model/bytes.ts'
import type { Cataloger } from '../cataloger.ts'
import { pythonMetadata } from '../languages/python.ts'

export const pythonEggInfo: Cataloger = {
  id: 'python-egg-info',
  title: 'what setuptools and distributions have installed',
  version: 1,
  selects: {
    names: ['PKG-INFO', 'METADATA'],
    endings: ['.egg-info'],
    accepts: (path) => /egg-info(?:\/(?:PKG-INFO|METADATA))?$/i.test(path),
  },
  maxBytes: 16 * MIB,
  reads: 'stream',
  open: pythonMetadata,
}
