/** What the doctor says of this server, its machine and its scanner. */
import * as z from 'zod/mini'
import { CHECK_SEVERITIES, CHECK_STATUSES } from '../doctor/check.ts'
import { CHECKS } from '../doctor/checks/index.ts'
import { doctorDocument } from '../doctor/document.ts'
import { checksNamed } from '../doctor/find-check.ts'
import { StellaError } from '../model/errors.ts'
import { readInput } from './route.ts'
import type { Route } from './route.ts'

const Query = z.object({
  /** An id, or what several begin with: `check.scanner.queue`, `host`. */
  check: z.optional(z.string()),
})

const plain = z.union([z.string(), z.number(), z.boolean(), z.null()])

const DoctorView = z.object({
  /** What `stella doctor --json` prints, and `GET /api/doctor` answers. */
  schema: z.literal('stella.doctor/1'),
  checks: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      severity: z.enum(CHECK_SEVERITIES),
      status: z.enum(CHECK_STATUSES),
      says: z.string(),
      /** The next step. */
      do: z.string(),
      problems: z.array(
        z.object({
          status: z.enum(['warn', 'fail']),
          says: z.string(),
          do: z.string(),
          /** The command that plans what stella can mend of it. */
          fix: z.nullable(z.string()),
        }),
      ),
      /** Where to read on: a path in the package. */
      runbook: z.string(),
      /** Figures by name: sizes in bytes, shares as parts of 1. */
      evidence: z.record(z.string(), z.union([plain, z.array(z.record(z.string(), plain))])),
    }),
  ),
})

export const DOCTOR_ROUTES: readonly Route[] = [
  {
    method: 'get',
    path: '/api/doctor',
    summary: 'What is wrong with the scanner, the machine of this server, and what it keeps',
    input: Query,
    output: DoctorView,
    async answer({ examine }, { input }) {
      const read = readInput(Query, input)
      if (!read.ok) return read.answer
      const { check } = read.data
      try {
        const checks = check === undefined ? CHECKS : checksNamed(check)
        return { status: 200, body: doctorDocument(await examine(checks)) }
      } catch (error) {
        if (!(error instanceof StellaError)) throw error
        return { status: 400, problem: { error: error.message, todo: error.todo, where: 'check' } }
      }
    },
  },
]
