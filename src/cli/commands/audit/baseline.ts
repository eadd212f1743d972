import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import * as z from 'zod/mini'
import { lineOf } from '../../../audit/documents/place.ts'
import type { Audit, Finding } from '../../../audit/engine.ts'
import { unreachableError, usageError } from '../../../model/errors.ts'

/** The findings without those that a baseline knows. */
export interface Known {
  audit: Audit
  count: number
  says: string
}

const shape = z.object({
  schema: z.literal('stella.audit-baseline/1'),
  findings: z
    .array(z.object({ rule: z.string(), file: z.string(), line: z.string() }))
    .check(z.maxLength(1_000_000)),
})

type Entry = z.infer<typeof shape>['findings'][number]

/**
 * Takes away what a baseline knows, each as often as it stands there. A finding is known by its rule, its file and the text of
 * its line, so that lines may move. Where there is no such file yet, it is written from what was found.
 *
 * @throws StellaError 2 where the file is no baseline, 3 where it cannot be written
 */
export async function withoutKnown(audit: Audit, path: string): Promise<Known> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => missing(error, path))
  if (text === null) return written(audit, path)
  const left = new Map<string, number>()
  for (const entry of entriesOf(text, path))
    left.set(keyOf(entry), (left.get(keyOf(entry)) ?? 0) + 1)
  const findings = audit.findings.filter((finding) => {
    const key = keyOf(entryOf(finding))
    const count = left.get(key) ?? 0
    left.set(key, count - 1)
    return count <= 0
  })
  const count = audit.findings.length - findings.length
  return { audit: { ...audit, findings }, count, says: `${count} known from ${path}` }
}

async function written(audit: Audit, path: string): Promise<Known> {
  const document = { schema: 'stella.audit-baseline/1', findings: audit.findings.map(entryOf) }
  try {
    await writeFile(path, `${JSON.stringify(document, null, 2)}\n`, { flag: 'wx' })
  } catch (error) {
    throw unreachableError('cannot be written', path, 'name a file in a folder that exists', {
      cause: error,
    })
  }
  const count = audit.findings.length
  return {
    audit: { ...audit, findings: [] },
    count,
    says: `${count} written to ${path}: they are known from now on`,
  }
}

function missing(error: unknown, path: string): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
  throw unreachableError('cannot be read', path, 'check its permissions', { cause: error })
}

function entriesOf(text: string, path: string): readonly Entry[] {
  try {
    return z.parse(shape, JSON.parse(text)).findings
  } catch {
    throw usageError(
      'is no baseline',
      path,
      'name a file that --baseline wrote, or one that does not exist yet',
    )
  }
}

/** The line stands as a hash: it may hold a secret. */
function entryOf({ rule, place, line }: Finding): Entry {
  const text = lineOf(place.file, line).trim()
  return {
    rule: rule.id,
    file: place.file.path.replace(/^\.\//, ''),
    line: createHash('sha256').update(text).digest('hex').slice(0, 16),
  }
}

function keyOf({ rule, file, line }: Entry): string {
  return JSON.stringify([rule, file, line])
}
