/** A program: makes the folder of the embedded database. It takes hundreds of megabytes for a moment, and then it is gone. */
import { PGlite } from '@electric-sql/pglite'
import { EMBEDDED_SETTINGS } from './settings.ts'

const [dataDir = ''] = process.argv.slice(2)
const lite = await PGlite.create({ dataDir, postgresqlconf: [...EMBEDDED_SETTINGS] })
await lite.close()
