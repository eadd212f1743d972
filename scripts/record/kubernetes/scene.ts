import type { Played } from './node-view.ts'

/** Something that happens to a pod, and what is kept of it. */
export interface Scene {
  /** Also the namespace of its pods. */
  name: string
  play(stage: Stage): Promise<void>
}

/** Where it is played, and what can be kept of it there. */
export interface Stage {
  cluster: Played
  namespace: string
  image: string
  apply(object: object): Promise<void>
  /** Runs kubectl in the namespace of the scene. */
  kubectl(...args: string[]): Promise<string>
  /** Waits until the place of an object holds a value: `until('pod/web', '.status.phase', 'Failed')`. */
  until(object: string, place: string, value: string): Promise<void>
  /** Writes an object down as it is now. */
  keep(file: string, ...object: string[]): Promise<void>
  /** Writes down what the kubelet measures now. */
  keepFigures(): Promise<void>
  /** Writes down the memory groups of the subject as they are now, where its node can tell them. */
  keepGroups(): Promise<void>
  /** Writes down each state of the subject from now on, one after the other, to the end of the scene. */
  watch(): void
  /** Writes down what stands there at the end. */
  finish(): Promise<void>
  /** Makes room for others. */
  close(): Promise<void>
}

export interface ContainerWords {
  name?: string
  /** What our program does; see test/support/hog.c. */
  hog?: readonly string[]
  /** A shell's line in its place. */
  shell?: string
  limit?: string
  more?: object
}

/** The pod that a scene is about. */
export const SUBJECT = 'web'

export function container(image: string, words: ContainerWords): object {
  const { name = 'app', hog, shell, limit, more = {} } = words
  return {
    name,
    image,
    command: shell === undefined ? ['hog', ...(hog ?? [])] : ['sh', '-c', shell],
    ...(limit === undefined ? {} : { resources: { limits: { memory: limit } } }),
    ...more,
  }
}

export function pod(containers: readonly object[], spec: object = {}, name = SUBJECT): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name } },
    spec: { terminationGracePeriodSeconds: 2, containers, ...spec },
  }
}
