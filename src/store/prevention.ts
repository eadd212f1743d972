/** What was done to keep things from happening again: one file for all runbooks. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { errorCode } from '../model/error-code.ts'
import { unreachableError } from '../model/errors.ts'
import type { PreventionMark } from '../model/runbook.ts'
import { privateFolder, writeDurably } from './durable.ts'
import { takeLockSoon } from './lock.ts'
import { storeProblem } from './problems.ts'

const Mark: z.ZodMiniType<PreventionMark> = z.object({
  runbook: z.string(),
  item: z.string(),
  text: z.string(),
  isDone: z.boolean(),
  by: z.string(),
  at: z.string(),
  evidence: z.nullable(z.string()),
})
const Marks = z.object({ schema: z.literal('stella.prevention/1'), marks: z.array(Mark) })

export interface PreventionStore {
  /** Of one runbook. @throws StellaError (unreachable) where the file cannot be read */
  marksOf(runbook: string): readonly PreventionMark[]
  /**
   * Keeps the latest word of a point; it is on the disk when this resolves.
   *
   * @throws StellaError (unreachable) where it cannot be written, or another one is writing
   */
  keep(mark: PreventionMark): Promise<void>
}

/** Far more than all runbooks of somebody have; the oldest go first. */
const MOST_MARKS = 10_000

export function preventionStore(dataFolder: string): PreventionStore {
  const path = join(dataFolder, 'prevention.json')
  return {
    marksOf: (runbook) => marksIn(path).filter((mark) => mark.runbook === runbook),
    async keep(mark) {
      privateFolder(dataFolder)
      const lock = await takeLockSoon(path, { purpose: 'prevention', at: Date.parse(mark.at) })
      try {
        const others = marksIn(path).filter(
          ({ runbook, item }) => runbook !== mark.runbook || item !== mark.item,
        )
        const marks = [...others, mark].slice(-MOST_MARKS)
        const held: z.infer<typeof Marks> = { schema: 'stella.prevention/1', marks }
        writeDurably(path, `${JSON.stringify(held, null, 2)}\n`)
      } catch (error) {
        throw storeProblem(error, path, 'the list of what was done')
      } finally {
        lock.release()
      }
    },
  }
}

function marksIn(path: string): readonly PreventionMark[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw storeProblem(error, path, 'the list of what was done')
  }
  const read = Marks.safeParse(jsonIn(text))
  if (read.success) return read.data.marks
  // To write over it would lose what somebody has done.
  throw unreachableError(
    'this is no list of what was done, or one of another version of stella',
    path,
    'put it back from a backup, or move it away to begin anew',
  )
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
