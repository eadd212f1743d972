/** `Cargo.lock` of Rust, as Cargo writes it. https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html */
import { MIB } from '../../model/bytes.ts'
import type { Cataloger, Found, StreamCatalog } from '../cataloger.ts'
import { isOfApplication } from '../languages/declared.ts'
import { declaredPackage } from '../languages/package.ts'
import { readLines } from '../languages/read.ts'

const MAX_LINE_BYTES = 16 * 1024
/** The first Cargo put the application itself under `root`. */
const PACKAGE = /^\[(?:\[package\]|root)\]$/

export const cargoLock: Cataloger = {
  id: 'cargo-lock',
  title: '`Cargo.lock`',
  version: 1,
  selects: { names: ['Cargo.lock'], accepts: isOfApplication },
  maxBytes: 64 * MIB,
  reads: 'stream',
  open,
}

function open(): StreamCatalog {
  let entry: Map<string, string> | null = null
  const end = (): readonly Found[] => {
    const ended = entry
    entry = null
    if (ended === null) return []
    return declaredPackage({
      type: 'cargo',
      name: ended.get('name'),
      version: ended.get('version'),
    })
  }
  return readLines(MAX_LINE_BYTES, {
    line(text) {
      if (text.startsWith('[')) {
        const found = end()
        if (PACKAGE.test(text.trim())) entry = new Map()
        return found
      }
      const [, key, value] = /^(name|version)\s*=\s*"([^"]*)"/.exec(text) ?? []
      if (key !== undefined && value !== undefined) entry?.set(key, value)
      return undefined
    },
    end,
  })
}
