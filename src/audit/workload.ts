import type { Excerpt } from './documents/excerpt.ts'
import type { Place } from './documents/place.ts'
import type { Mapping } from './documents/value.ts'

/** Who reads the file, and so in which dialect its sizes are written; `docker` is a dump of what an engine runs. */
export type Platform =
  | 'kubernetes'
  | 'compose'
  | 'dockerfile'
  | 'marathon'
  | 'docker'
  | 'systemd'
  | 'quadlet'

/** What an engine is told about memory beyond its sizes, as an option of its command line. */
export type EngineOption =
  | 'ipc'
  | 'kernel-memory'
  | 'memory-swappiness'
  | 'oom-kill-disable'
  | 'oom-score-adj'

/** A word of a file, and where it stands. */
export interface Word {
  text: string
  place: Place
}

/** A size of a file. */
export interface Size extends Word {
  /** Null where it is not known (`${MEMORY}`), or where its dialect does not take it. */
  bytes: number | null
}

/** A variable of the environment. */
export interface Variable {
  /** Null where it comes from elsewhere: a secret, a field of the pod, the shell. */
  value: string | null
  /** The value, or where it is said to come from. */
  place: Place
  name: Place
  /** Of Kubernetes: `limits.memory` and its divisor. */
  resource: { name: string; divisor: string } | null
}

/** Memory that is a file system: a page of it stays charged until its file is gone. */
export interface MemoryMount {
  /** Where the container sees it; null where it mounts it nowhere that is known. */
  path: string | null
  size: Size | null
  place: Place
  /** Several containers mount it, or this one may not write: then nobody knows whom its pages are charged to. */
  isShared: boolean
}

/** A command that is run beside the program: a probe, a hook. */
export interface Probe {
  /** Its answer is asked for; a hook only has to be run. */
  isCheck: boolean
  words: readonly Word[]
  place: Place
}

/** Something that a container sees at a path: a file, or a folder with all that is below it. */
export interface FileMount {
  /** Absolute, without a slash at its end; empty for the root. */
  path: string
  /** The text of what lies there, by its path from here (empty for a file itself); null where it is not known. */
  read(below: string): Excerpt | null
  /** The names in a folder, as far as they are known. */
  names(below: string): readonly string[]
}

/** What is known of the files that a container sees. */
export interface ContainerFiles {
  /** Where relative paths begin; null where only the image knows. */
  workingDirectory: string | null
  /** Of two that cover a path the deeper one counts; among equals the last. */
  mounts: readonly FileMount[]
}

/** One container as its file describes it: what all rules read, whatever the file is. */
export interface Container {
  workload: Workload
  name: string
  /** Where something is reported that is missing. */
  place: Place
  /** False for a fragment that is laid over another file: what is missing there stands elsewhere. */
  isWhole: boolean
  role: 'main' | 'init' | 'sidecar'
  image: Word | null
  limit: Size | null
  /** What the scheduler counts with. */
  request: Size | null
  /** The limit that holds: its own, the pod's, or the namespace's default. */
  effectiveLimit: Size | null
  /** Of Compose: what it is said to need at least. */
  reservation: Size | null
  /** Of Compose: memory and swap together. */
  memorySwap: Size | null
  /** Of Compose: /dev/shm. */
  sharedMemory: Size | null
  memoryMounts: readonly MemoryMount[]
  /** As the engine would be told on its command line, whatever the file calls it. */
  options: ReadonlyMap<EngineOption, Word>
  environment: ReadonlyMap<string, Variable>
  /** False where files or config maps add variables that are not known. */
  environmentIsWhole: boolean
  /** The program and its arguments, scripts of a shell taken apart. */
  words: readonly Word[]
  /** The program is named here, and not by the image alone. */
  namesProgram: boolean
  probes: readonly Probe[]
  /** Absent where nothing is known of them. */
  files?: ContainerFiles
  /** The mapping it was read from; null for a Dockerfile. */
  root: Mapping | null
}

/** Containers that live and die together. */
export interface Workload {
  platform: Platform
  /** `Deployment`, `service`, `image`, `app`, `container`. */
  kind: string
  name: string
  namespace: string
  place: Place
  /** The API object or the service. */
  root: Mapping | null
  /** Of Kubernetes: the pod's specification. */
  spec: Mapping | null
  containers: Container[]
}
