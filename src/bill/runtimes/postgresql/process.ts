import type { ProcessState } from '../../../model/facts.ts'
import type { Role } from './roles.ts'

/** One process with what it does. */
export interface PostgresProcess {
  process: ProcessState
  role: Role
}
