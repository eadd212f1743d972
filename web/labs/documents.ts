/** What the server says of labs, as the page takes it. */
import type * as z from 'zod/mini'
import type { LabAnswer, LabsAnswer } from '../../src/server/lab-contract.ts'

export type ShelvedLab = z.output<typeof LabsAnswer>['labs'][number]
export type LabDocument = z.output<typeof LabAnswer>
export type OpenLabDocument = NonNullable<LabDocument['open']>
export type CheckDocument = OpenLabDocument['checks'][number]
