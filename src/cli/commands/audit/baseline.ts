import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import * as z from 'zod/mini'
import { lineOf, type SourceFile } from '../../../audit/documents/place.ts'
import type { Audit, Finding } from '../../../audit/engine.ts'
import { unreachableError, usageError } from '../../../model/errors.ts'
import { unreadInput } from '../../../model/unread-input.ts'
import { errorCode } from '../../../model/error-code.ts'
import { STDIN } from '../../evidence-flags.ts'

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
  const nameOf = namesFrom(dirname(resolve(path)))
  if (text === null) return written(audit, path, nameOf)
  const left = new Map<string, number>()
  const entries = entriesOf(text, path)
  for (const entry of entries) left.set(keyOf(entry), (left.get(keyOf(entry)) ?? 0) + 1)
  const findings = audit.findings.filter((finding) => {
    const key = keyOf(entryOf(finding, nameOf))
    const count = left.get(key) ?? 0
    left.set(key, count - 1)
    return count <= 0
  })
  const judged = new Set(audit.files.map(nameOf))
  const files = new Map(entries.map((entry) => [keyOf(entry), entry.file]))
  const gone = [...files]
    .filter(([, file]) => judged.has(file))
    .reduce((sum, [key]) => sum + Math.max(0, left.get(key) ?? 0), 0)
  const count = audit.findings.length - findings.length
  const old = gone === 0 ? '' : `, which has ${gone} more that nobody finds any longer`
  return { audit: { ...audit, findings }, count, says: `${count} known from ${path}${old}` }
}

type Names = (file: SourceFile) => string

/** Files are named from the folder of the baseline, wherever stella is run. */
function namesFrom(folder: string): Names {
  return ({ path }) => (path === STDIN ? path : relative(folder, resolve(path)))
}

async function written(audit: Audit, path: string, nameOf: Names): Promise<Known> {
  const findings = audit.findings.map((finding) => entryOf(finding, nameOf))
  const document = {
    /** The file that `stella audit --baseline` keeps: findings that are known. */
    schema: 'stella.audit-baseline/1',
    findings,
  }
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
  if (errorCode(error) === 'ENOENT') return null
  throw unreadInput(error, path, 'name the file of a baseline')
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
function entryOf({ rule, place, line }: Finding, nameOf: Names): Entry {
  const text = lineOf(place.file, line).trim()
  return {
    rule: rule.id,
    file: nameOf(place.file),
    line: createHash('sha256').update(text).digest('hex').slice(0, 16),
  }
}

function keyOf({ rule, file, line }: Entry): string {
  return JSON.stringify([rule, file, line])
}
