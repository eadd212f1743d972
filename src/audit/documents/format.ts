import type { Cluster } from '../cluster.ts'
import type { Machine } from '../machine.ts'
import type { Workload } from '../workload.ts'
import type { Beside } from './beside.ts'
import type { Variables } from './interpolate.ts'
import type { KubernetesObject } from './object.ts'
import type { SourceFile } from './place.ts'
import type { Unit } from './unit.ts'
import type { Value } from './value.ts'

/** What a file brings for the rules to look at. */
export interface Holding {
  workloads?: readonly Workload[]
  /** Objects of Kubernetes make workloads only together: a LimitRange holds for all of its namespace. */
  objects?: readonly KubernetesObject[]
  machines?: readonly Machine[]
  clusters?: readonly Cluster[]
  /** Units make workloads only together: drop-ins are laid over them, and slices bound them. */
  units?: readonly Unit[]
}

/**
 * Whether a text is of a kind, told without taking it apart. A certain one is judged even where nothing in it can be wrong; one
 * that is read when it is named only says what others leave open, as a ConfigMap does.
 */
export type Look = 'certain' | 'nothing in it' | 'when named' | 'possible' | 'none'

/** A kind of document in YAML or JSON. */
export interface DocumentFormat {
  /** For a sentence: `Compose files`. */
  name: string
  look(text: string, file: SourceFile): Look
  /** Null where the document is of another kind after all. */
  read(value: Value, variables: Variables, beside: Beside): Holding | null
  /** It tells what is, not what shall be: to change it mends nothing. */
  isDump?: true
}

/** A kind of file of a syntax of its own. */
export interface TextFormat {
  name: string
  isMine(file: SourceFile): boolean
  read(file: SourceFile, beside: Beside): Holding
}
