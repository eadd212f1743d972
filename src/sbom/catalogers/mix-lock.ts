/** `mix.lock` of Elixir: a package of Hex on each line. What is from a repository or a folder has no name there. */
import { MIB } from '../../model/bytes.ts'
import type { Cataloger } from '../cataloger.ts'
import { isOfApplication } from '../languages/declared.ts'
import { hexNamespace } from '../languages/hex.ts'
import { declaredPackage } from '../languages/package.ts'
import { readLines } from '../languages/read.ts'

const MAX_LINE_BYTES = 64 * 1024
/** `"cowboy": {:hex, :cowboy, "2.9.0", "…", [:rebar3], […], "hexpm", "…"},` */
const ENTRY = /^\s*"[^"]+":\s*\{:hex,\s*:"?([\w.-]+)"?,\s*"([^"]+)"(.*)$/
const REPOSITORY = /\],\s*"([^"]*)"(?:,\s*"[^"]*")?\s*\}/

export const mixLock: Cataloger = {
  id: 'mix-lock',
  title: '`mix.lock`',
  version: 1,
  selects: { names: ['mix.lock'], accepts: isOfApplication },
  maxBytes: 16 * MIB,
  reads: 'stream',
  open: () =>
    readLines(MAX_LINE_BYTES, {
      line(text) {
        const [, name, version, rest = ''] = ENTRY.exec(text) ?? []
        const namespace = hexNamespace(REPOSITORY.exec(rest)?.[1])
        return declaredPackage({ type: 'hex', namespace, name, version })
      },
    }),
}
