import type { Stage } from './stage.ts'

/** Something that happens to a pod, and what is kept of it. */
export interface Scene {
  /** Also the namespace of its pods. */
  name: string
  play(stage: Stage): Promise<void>
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
