// Makes an empty database of the embedded engine, packed: a new server unpacks it in half a second and a fraction of the memory
// that making one takes. Plain JavaScript, for it runs with the Node that npm runs with.
//   node --liftoff-only scripts/database-seed.js FILE
import crypto from 'node:crypto'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { dirname } from 'node:path'

/** 2023-11-14 22:13:20 UTC */
const FIXED_TIME_MS = 1_700_000_000_000

holdTimeAndChance()
const { PGlite } = await import('@electric-sql/pglite')
const [file] = process.argv.slice(2)
const lite = await PGlite.create()
const packed = await lite.dumpDataDir('gzip')
await lite.close()
mkdirSync(dirname(file), { recursive: true })
writeFileSync(`${file}.new`, Buffer.from(await packed.arrayBuffer()))
renameSync(`${file}.new`, file)

/**
 * The same bytes wherever it is made: a database is stamped with the time, and with random numbers that would keep from a stranger
 * which accounts have passwords. This one has neither accounts nor strangers: it listens nowhere.
 */
function holdTimeAndChance() {
  Date.now = () => FIXED_TIME_MS
  globalThis.Date = class extends Date {
    constructor(...parts) {
      if (parts.length === 0) super(FIXED_TIME_MS)
      else super(...parts)
    }
  }
  let state = 1
  function fill(view) {
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
    for (const at of bytes.keys()) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff
      bytes[at] = state >> 16
    }
    return view
  }
  crypto.webcrypto.getRandomValues = fill
  crypto.randomFillSync = fill
  syncBuiltinESMExports()
}
