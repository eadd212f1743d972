import type { Bill, ToolFigure } from '../../model/bill.ts'
import type { ContainerState, HostMemory, ProcessState } from '../../model/facts.ts'
import type { GroupFigures } from '../figures.ts'

/** What the tools read, at the moment of the bill. */
export interface ToolInputs {
  scope: Bill['scope']
  chargeBytes: number
  /** Null: a single process, or the machine. */
  group: GroupFigures | null
  processes: readonly ProcessState[]
  container: ContainerState | null
  host: HostMemory | null
  /** Of a Kubernetes pod's container, where that is known. */
  inPod: boolean
  /** `4.3.1`: of the engine that made the container, where it is known. */
  engineVersion?: string | null
}

/** One tool that people compare with: which figure it shows, and why. */
export interface Tool {
  /** As people call it: `docker stats`. */
  name: string
  /** Null where the tool has nothing to do with this subject. */
  figure(inputs: ToolInputs): ToolFigure | null
}
