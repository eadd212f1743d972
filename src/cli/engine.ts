import type { Asked } from '../bill/asked.ts'
import type { NodePods } from '../investigate/cluster/node-pods.ts'
import type { Glance } from '../investigate/glance.ts'
import type { ClusterSurvey } from '../investigate/survey/cluster/survey-cluster.ts'
import type { Survey } from '../investigate/survey/survey.ts'
import type { Bill } from '../model/bill.ts'
import type { Case } from '../model/case.ts'
import type { World } from '../model/evidence.ts'
import type { ChangePlan, FixRecord, FixTarget } from '../model/fix.ts'
import type { Recording } from '../model/series.ts'
import type { SizingEvidence } from '../model/sizing.ts'
import type { Subject, Target } from '../model/subject.ts'
import type { Instant } from '../model/time.ts'
import type { PressureRecord } from '../pressure/journal.ts'
import type { PressurePlan } from '../pressure/plan.ts'
import type { SubjectSeen } from '../pressure/subject.ts'
import type { ManifestForm, PlanRequest } from '../remedy/driver.ts'
import type { FixOrder } from '../remedy/engine.ts'
import type { PrometheusQuery } from '../sources/prometheus/index.ts'
import type { RecordedSubject } from '../store/recordings.ts'
import type { Recorder } from '../watch/record/recorder.ts'
import type { Following, Verification, VerificationOrder } from '../verification/follow.ts'

/** The rooms below, as the commands use them. */
export interface Engine {
  /** Reads files and folders in any mix; `-` is standard input. */
  readFiles(
    paths: readonly string[],
    options: { stdin?: AsyncIterable<Uint8Array> },
  ): Promise<World>
  /** Asks the live sources about a target; a bare name comes back as what it was found to be. */
  collect(
    target: Target,
    options: { since: Instant | null },
  ): Promise<{ world: World; target: Target }>
  /** What this machine shows at a glance of deaths for want of memory. */
  glance(): Promise<Glance>
  /** The containers that engines of this machine know, as targets; none where nobody tells. */
  targets(): Promise<readonly string[]>
  /** Every process of this machine, without its command line. */
  processes(): Promise<World>
  /** What runs on this machine, as documents that can be judged. */
  survey(): Promise<Survey>
  /** What runs on the cluster that is named, likewise. */
  surveyCluster(): Promise<ClusterSurvey>
  /** The pods of a node of the cluster; null: its only one. */
  podsOfNode(node: string | null): Promise<NodePods>
  /** Asks for what a bill needs; `ask: false` looks at processes from outside alone. */
  collectBill(
    target: Target,
    options: { ask: boolean; earlier?: World | null },
  ): Promise<{ world: World; target: Target; asked: Asked }>
  bill(world: World, target: Target | null, asked: Asked): Bill
  /** What a target tells for its size; `path` is its group while it lives. */
  collectSizing(
    target: Target,
  ): Promise<{ evidence: SizingEvidence; target: Target; path: string | null }>
  /** Watches a living group for so many milliseconds. */
  watchGroup(
    path: string,
    milliseconds: number,
    options: { subject: Subject | null },
  ): Promise<Recording>
  /** What a Prometheus tells of the memory of one container or process. */
  queryPrometheus(query: PrometheusQuery): Promise<Recording>
  investigate(world: World, target: Target | null, options: { all: boolean }): readonly Case[]
  /** What stella changed, and how it changes more. */
  fixes(dataFolder: string): FixDesk
  /** Experiments under pressure, and what is kept of them. */
  experiments(dataFolder: string): ExperimentDesk
  /** What is recorded over time, and how more is. */
  recordings(dataFolder: string): RecordingDesk
  /** Follows a subject through its window, and judges whether a fix holds. */
  verify(
    order: VerificationOrder,
    options: Pick<Following, 'signal' | 'onProgress'>,
  ): Promise<Verification>
}

export interface FixDesk {
  /** Where the records are kept. */
  folder: string
  /** Newest first. */
  list(): readonly FixRecord[]
  read(id: string): FixRecord | null
  plan(request: PlanRequest): Promise<ChangePlan>
  /** The change as a file for somebody else's pipeline. */
  manifest(request: PlanRequest, form: ManifestForm): Promise<string>
  /** @param options.onStep what is being done, for people */
  apply(order: FixOrder, options: { onStep(says: string): void }): Promise<FixRecord>
  undo(which: string | FixTarget, options: { force: boolean }): Promise<FixRecord>
  /** Takes back what a stella that died left half-made. */
  recover(): Promise<readonly FixRecord[]>
}

export interface ExperimentDesk {
  /** Newest first. */
  list(): readonly PressureRecord[]
  read(id: string): PressureRecord | null
  /** What is to be pressed, as it is now. */
  see(named: string, target: Target): Promise<SubjectSeen>
  /** @param options.onSays what is going on, for people */
  run(
    plan: PressurePlan,
    options: { onSays(says: string): void; signal: AbortSignal },
  ): Promise<PressureRecord>
  /** Takes back what was left; null: of all of them. */
  recover(only: string | null): Promise<readonly PressureRecord[]>
}

export interface RecordingDesk {
  list(): readonly RecordedSubject[]
  read(subject: Subject): Recording | null
  /** Goes on with the recording of a target, or begins one. */
  open(target: Target): Promise<Recorder>
}
