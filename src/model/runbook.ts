/** A runbook: a document that reads well on any page, and can be run. */

/** In the order in which somebody goes through them. */
export const PHASES = [
  'symptoms',
  'impact',
  'quick-checks',
  'deep-diagnosis',
  'mitigation',
  'root-cause-fix',
  'verification',
  'prevention',
] as const
export type Phase = (typeof PHASES)[number]

/**
 * `check` only looks, `change` makes something different, `assert` has to become true, `manual` is for a person, `wait` lets
 * time pass, and `ask` wants a value from somebody.
 */
export const STEP_KINDS = ['check', 'change', 'assert', 'manual', 'wait', 'ask'] as const
export type StepKind = (typeof STEP_KINDS)[number]

export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const
export type Severity = (typeof SEVERITIES)[number]

/** What a value may look like; none can be read as an option, or end a word of a shell. */
export const PARAM_TYPES = [
  'text',
  'number',
  'size',
  'duration',
  'image',
  'job',
  'case',
  'pool',
  'worker',
  'container',
  'engine',
  'pid',
  'name',
] as const
export type ParamType = (typeof PARAM_TYPES)[number]

/** What a value of each looks like. */
export const PARAM_WORDS: Readonly<Record<ParamType, string>> = {
  text: 'one line that does not begin with -',
  number: 'a number in digits',
  size: 'a size: 512Mi, 8Gi, 16G',
  duration: 'a duration: 90s, 30m, 1h',
  image: 'an image: registry:host/name:tag, docker:name',
  job: 'the id of a job, or its beginning',
  case: 'the id of a case: c_1f2e3d4c',
  pool: 'the name of a pool: large-images',
  worker: 'the name of a worker: default-1',
  container: 'the name or id of a container',
  engine: 'docker or podman',
  pid: 'the number of a process',
  name: 'a name of letters, digits, . _ and -',
}

export interface Param {
  name: string
  type: ParamType
  /** What is asked for, as a few words. */
  asks: string
  /** Null: it has to be given. */
  usual: string | null
}

export interface Step {
  /** Of this runbook alone; the same as long as the document is. */
  id: string
  phase: Phase
  /** The case in which the step applies, as the document names it: "For base image reuse". */
  branch: string | null
  /** What it is for. */
  title: string
  kind: StepKind
  /** One command in each line, with its parameters as `${name}`; nothing where a person does it. */
  run: readonly string[]
  /** The line of the document, counted from 1. */
  line: number
  /** The author said what kind it is; otherwise it was found out from its commands, and each is asked for before it runs. */
  isDeclared: boolean
  timeoutMs: number | null
  /** What is taken from its output: name, how, and where. */
  capture: readonly Capture[]
  /** Makes its outcome a problem; see `Condition`. */
  problemIf: string | null
  /** It is left out where this does not hold. */
  when: string | null
  /** Of an assert. */
  expect: string | null
  retry: { times: number; everyMs: number } | null
  /** Words that are of interest where they stand in the output. */
  look: readonly string[]
  /** What the output is to be counted from. */
  since: 'change' | null
  risk: 'low' | 'medium' | 'high'
  /** How many have to approve it; 0: nobody. */
  approvals: number
  /** What takes it back; null: nothing is known. */
  undo: string | null
}

export interface Capture {
  name: string
  /** A path into JSON: `.manifest.layerCount`; `text` is the first line, `exit` the exit code. */
  from: { kind: 'json'; path: readonly string[] } | { kind: 'text' }
}

/** A point of a list that somebody goes through. */
export interface ChecklistItem {
  text: string
  line: number
}

/** What somebody said of a point of the prevention, the latest word alone. */
export interface PreventionMark {
  /** The id of its runbook. */
  runbook: string
  /** The key of the point. */
  item: string
  /** As it stood in the document then. */
  text: string
  isDone: boolean
  by: string
  /** RFC 3339. */
  at: string
  /** What shows it: a link, a change, a sentence. */
  evidence: string | null
}

export interface Runbook {
  id: string
  title: string
  /** Where it was read. */
  path: string
  about: RunbookAbout
  params: readonly Param[]
  steps: readonly Step[]
  symptoms: readonly ChecklistItem[]
  prevention: readonly ChecklistItem[]
  /** What had to be mended to read it, a sentence each. */
  repairs: readonly string[]
  /** The first that could not be read: nobody knows what its author meant, and it is not run. Null: all could. */
  broken: { line: number; says: string } | null
}

export interface RunbookAbout {
  component: string | null
  severity: Severity | null
  owner: string | null
  /** `2026-01-17`. */
  updated: string | null
  doctorChecks: readonly string[]
  alerts: readonly string[]
  /** Conditions: it is for a case for which one of them holds. */
  cases: readonly string[]
  /** What it was written for: a sprint, a ticket. */
  tracking: Readonly<Record<string, string>>
}
