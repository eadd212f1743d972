/** A program: makes the folder of the embedded database. It takes hundreds of megabytes for a moment, and then it is gone. */
import { readFileSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { EMBEDDED_SETTINGS } from './settings.ts'

const [dataDir = '', seed = ''] = process.argv.slice(2)
const packed = seed === '' ? {} : { loadDataDir: new Blob([readFileSync(seed)]) }
const lite = await PGlite.create({ dataDir, postgresqlconf: [...EMBEDDED_SETTINGS], ...packed })
await lite.close()
