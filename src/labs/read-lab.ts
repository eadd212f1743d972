/** Reads the file of a lab. */
import { parse } from 'yaml'
import * as z from 'zod/mini'
import { EXIT, StellaError } from '../model/errors.ts'
import { CHECK_TYPES } from './checks/index.ts'
import { Size } from './checks/check-type.ts'
import { OPTIONS } from './document.ts'
import { BACKENDS } from './backend-id.ts'
import { NEEDS, SIGHTS } from './lab.ts'
import type { Check, Lab } from './lab.ts'

/** For each backend, or one for all. */
const Shell = z.pipe(
  z.union([z.string(), z.partialRecord(z.enum(BACKENDS), z.string())]),
  z.transform((given) =>
    typeof given === 'string' ? Object.fromEntries(BACKENDS.map((id) => [id, given])) : given,
  ),
)

const Workload = z.strictObject({
  name: z.string(),
  limit: z._default(z.nullable(Size), null),
  reservation: z._default(z.nullable(Size), null),
  swap: z._default(z.nullable(z.union([z.literal(['unsaid', 'endless']), Size])), null),
  oomKill: z._default(z.boolean(), true),
  restarts: z._default(z.boolean(), false),
  adj: z._default(z.number(), 1_000),
  tmpfs: z._default(z.nullable(z.strictObject({ cap: z._default(z.nullable(Size), null) })), null),
  diskSpeed: z._default(z.nullable(Size), null),
  settings: z._default(z.record(z.string(), z.string()), {}),
  program: z.array(z.string()),
})

/** What a check is beside the figures of its kind. */
const CheckHead = z.looseObject({
  name: z.string(),
  title: z.string(),
  todo: z.string(),
  check: z.string(),
})

const File = z.strictObject({
  id: z.string(),
  title: z.string(),
  teaches: z.string(),
  minutes: z.number(),
  difficulty: z.number(),
  backends: z.array(z.enum(BACKENDS)),
  needs: z._default(z.array(z.enum(NEEDS)), []),
  programs: z._default(z.array(z.string()), []),
  budget: z._default(Size, 0),
  ttlMinutes: z._default(z.number(), 120),
  stableSeconds: z._default(z.number(), 0),
  workloads: z._default(z.array(Workload), []),
  files: z._default(z.array(z.string()), []),
  faults: z._default(z.array(z.strictObject({ id: z.string(), run: Shell })), []),
  ready: z._default(
    z.array(
      z.strictObject({
        workload: z.string(),
        sees: z.enum(SIGHTS),
      }),
    ),
    [],
  ),
  questions: z._default(
    z.array(
      z.strictObject({
        id: z.string(),
        asks: z.string(),
        choices: z._default(z.array(z.string()), []),
      }),
    ),
    [],
  ),
  checks: z.array(CheckHead),
  cheats: z.array(
    z.strictObject({
      name: z.string(),
      run: Shell,
      fails: z.string(),
      ruins: z._default(z.boolean(), false),
    }),
  ),
})

/**
 * @param path for errors
 * @throws StellaError (usage) where it is no lab
 */
export function readLab(text: string, path: string): Lab {
  try {
    const { budget, workloads, checks, ...file } = File.parse(parse(text, OPTIONS))
    return {
      ...file,
      budgetBytes: budget,
      workloads: workloads.map(({ limit, reservation, tmpfs, diskSpeed, ...workload }) => ({
        ...workload,
        limitBytes: limit,
        reservationBytes: reservation,
        diskBytesPerSecond: diskSpeed,
        tmpfs: tmpfs === null ? null : { capBytes: tmpfs.cap },
      })),
      checks: checks.map(readCheck),
    }
  } catch (error) {
    const says = error instanceof z.core.$ZodError ? z.prettifyError(error) : String(error)
    throw new StellaError({
      exitCode: EXIT.usage,
      what: `it is no lab: ${says.replaceAll(/\s+/g, ' ').slice(0, 500)}`,
      where: path,
      todo: 'mend it there',
    })
  }
}

function readCheck(file: z.infer<typeof CheckHead>): Check {
  const { name, title, todo, check, ...parameters } = file
  const type = CHECK_TYPES.find(({ id }) => id === check)
  if (type === undefined) throw new Error(`nobody knows the check '${check}'`)
  return { name, title, todo, watches: type.watches, ...type.read(parameters) }
}
