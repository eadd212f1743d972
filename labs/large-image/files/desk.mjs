/**
 * A desk that has images scanned: node desk.mjs IMAGES MIB UNTIL LAB
 * Each image is made anew, and no two are alike: three layers of MIB each, of files that are mostly copies of one another. A process of its own
 * scans it, with the `scan` of scan.mjs. IMAGES right answers in a row are wanted, and each one afterwards.
 */
import { fork } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { createWriteStream, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as rest } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createGzip } from 'node:zlib'

const IMAGE = fileURLToPath(new URL('image', import.meta.url))
const LAYERS = ['base.tar.gz', 'system.tar.gz', 'app.tar.gz']
const PATIENCE_MS = 20_000
const [images, mib, until] = process.argv.slice(2).map(Number)

if (process.send === undefined) await haveScanned()
else await scanOne()

async function scanOne() {
  writeFileSync('/proc/self/comm', 'scan')
  process.on('disconnect', () => process.exit(0))
  const { scan } = await import('./scan.mjs')
  process.send(await scan(IMAGE))
}

async function haveScanned() {
  setTimeout(() => process.exit(0), until * 1_000 - Date.now())
  for (let right = 0; ;) {
    console.log(`batch ${right} of ${images}`)
    const truth = await makeImage()
    const wrong = await whatIsWrong(truth)
    if (wrong !== null) console.log(`not scanned: ${wrong}`)
    right = wrong === null ? Math.min(right + 1, images) : 0
    await rest(500)
  }
}

/** Gives what a scan has to say of it. */
async function makeImage() {
  rmSync(IMAGE, { recursive: true, force: true })
  mkdirSync(IMAGE)
  const kinds = Array.from({ length: randomInt(50, 100) }, kindOfFile)
  const truth = { files: 0, kinds: new Set() }
  for (const name of LAYERS) {
    const layer = Readable.from(layerOf(kinds, truth), { objectMode: false })
    await pipeline(layer, createGzip({ level: 1 }), createWriteStream(join(IMAGE, name)))
  }
  writeFileSync(join(IMAGE, 'manifest.json'), JSON.stringify({ layers: LAYERS }))
  return { files: truth.files, contents: truth.kinds.size }
}

function kindOfFile() {
  return Buffer.alloc(randomInt(32, 128) * 1_024 + randomInt(1_024), randomBytes(512))
}

function* layerOf(kinds, truth) {
  for (let left = mib * 2 ** 20; left > 0;) {
    const content = kinds[randomInt(kinds.length)]
    truth.files++
    truth.kinds.add(content)
    left -= content.length
    yield headerOf(`usr/lib/part-${truth.files}`, content.length)
    yield content
    yield Buffer.alloc(-content.length & 511)
  }
  yield Buffer.alloc(1_024)
}

function headerOf(name, size) {
  const header = Buffer.alloc(512)
  header.write(name, 0)
  header.write('0000644\0', 100)
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  header.write('0', 156)
  header.write('ustar\x0000', 257)
  header.fill(' ', 148, 156)
  const sum = header.reduce((all, byte) => all + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

/** Null: nothing. */
async function whatIsWrong(truth) {
  const scanner = fork(fileURLToPath(import.meta.url), process.argv.slice(2))
  try {
    const said = await answerOf(scanner)
    if (groupOf(scanner.pid) !== groupOf('self'))
      return 'it has left its group, and with it the limit'
    if (said?.files === truth.files && said.contents === truth.contents) return null
    return `it says ${JSON.stringify(said)?.slice(0, 200)}, and there are ${JSON.stringify(truth)}`
  } catch (error) {
    return error.message
  } finally {
    scanner.kill('SIGKILL')
  }
}

function answerOf(scanner) {
  return new Promise((resolve, reject) => {
    scanner.once('message', resolve)
    scanner.once('exit', (code, signal) =>
      reject(new Error(`it ended by ${signal ?? `exit ${code}`}`)),
    )
    setTimeout(() => reject(new Error('it does not come to an end')), PATIENCE_MS).unref()
  })
}

function groupOf(pid) {
  return readFileSync(`/proc/${pid}/cgroup`, 'utf8')
}
