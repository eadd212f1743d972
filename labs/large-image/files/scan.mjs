/**
 * The scanner. It is called with a folder in which an image lies: `manifest.json` names its layers, the lowest first, and each is a tar
 * packed by gzip. It gives how many files they hold, all layers together, and how many different contents these have.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

export async function scan(image) {
  const { layers } = JSON.parse(readFileSync(join(image, 'manifest.json'), 'utf8'))
  const unpacked = layers.map((name) => gunzipSync(readFileSync(join(image, name))))
  const files = unpacked.flatMap(filesIn)
  return { files: files.length, contents: new Set(files.map(digestOf)).size }
}

/** A tar is a header of 512 bytes for each file, its content, and zeros up to the next 512; headers of zeros end it. */
function filesIn(tar) {
  const files = []
  for (let at = 0; tar[at] !== 0;) {
    const size = parseInt(tar.toString('latin1', at + 124, at + 136), 8)
    files.push(tar.subarray(at + 512, at + 512 + size))
    at += 512 + Math.ceil(size / 512) * 512
  }
  return files
}

function digestOf(content) {
  return createHash('sha256').update(content).digest('hex')
}
