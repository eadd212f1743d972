/**
 * Programs that were built by `cargo auditable`: their crates, as JSON in a section.
 * https://github.com/rust-secure-code/cargo-auditable/blob/master/PARSING.md
 */
import { inflateSync } from 'node:zlib'
import * as z from 'zod/mini'
import { GIB, MIB } from '../../model/bytes.ts'
import type { Package } from '../../model/package.ts'
import type { Cataloger, Found } from '../cataloger.ts'
import { openPrograms } from '../programs/open.ts'
import { sectionOf, type Part, type Program } from '../programs/program.ts'
import { bytesAt } from '../random-file.ts'

const SECTION = '.dep-v0'
/** More than of a thousand crates. */
const MAX_COMPRESSED_BYTES = MIB
const MAX_JSON_BYTES = 2 * MIB

const AUDIT = z.object({ packages: z.array(z.unknown()) })
/** Crates that only the build needed, as code generators, are not in the program. */
const CRATE = z.object({
  name: z.string().check(z.minLength(1)),
  version: z.string().check(z.minLength(1)),
  kind: z._default(z.string(), 'runtime'),
})

export const rustBinary: Cataloger = {
  id: 'rust-binary',
  title: 'the crates in programs that `cargo auditable` built',
  version: 1,
  selects: { programs: true },
  maxBytes: 4 * GIB,
  reads: 'anywhere',
  *catalog(file) {
    for (const program of openPrograms(file)) {
      const section = sectionOf(program, SECTION)
      if (section !== null) yield* cratesOf(program, section)
    }
  },
}

function* cratesOf(program: Program, section: Part): Generator<Found> {
  const audit = AUDIT.safeParse(auditOf(program, section))
  if (!audit.success) {
    yield { kind: 'problem', says: `its section ${SECTION} is damaged or too large` }
    return
  }
  for (const one of audit.data.packages) {
    const crate = CRATE.safeParse(one)
    if (!crate.success || crate.data.kind !== 'runtime') continue
    const { name, version } = crate.data
    const found: Package = {
      type: 'cargo',
      namespace: null,
      name,
      version,
      qualifiers: {},
      licences: [],
    }
    yield { kind: 'package', package: found }
  }
}

/** Null where it is no JSON, or more of it than fits. */
function auditOf(program: Program, { at, bytes }: Part): unknown {
  if (bytes > MAX_COMPRESSED_BYTES) return null
  try {
    const json = inflateSync(bytesAt(program.file, at, bytes), { maxOutputLength: MAX_JSON_BYTES })
    return JSON.parse(json.toString('utf8'))
  } catch {
    return null
  }
}
